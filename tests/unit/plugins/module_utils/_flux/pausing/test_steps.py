"""What is done to one object: the patch, or why it is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import (
    Intent,
    refuse_other_changes,
    step_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import Until

from tests.unit.flux_objects import Item, flux
from tests.unit.held_releases import held
from tests.unit.paused_objects import (
    BY,
    CHANGE,
    FOUND,
    NOTES,
    REASON,
    REQUEST,
    TICKET,
    UNTIL,
    WEB,
    disabled,
    paused,
    resuming,
    running,
    stand,
    step,
    suspending,
    written,
)

BY_SPEC = [name for name, kind in KINDS.items() if kind.suspend == "spec"]
BY_ANNOTATION = [name for name, kind in KINDS.items() if kind.suspend not in (None, "spec")]


@pytest.mark.parametrize("kind", BY_SPEC)
def test_most_kinds_have_a_field(kind: str) -> None:
    done = step(running(kind), suspending())
    assert done.patch == {"spec": {"suspend": True}, "metadata": {"annotations": {**NOTES, REQUEST: "t1"}}}
    assert step(paused(kind), resuming()).patch == {
        "spec": {"suspend": None},
        "metadata": {"annotations": dict.fromkeys(NOTES)},
    }


@pytest.mark.parametrize("kind", BY_ANNOTATION)
def test_some_kinds_have_an_annotation(kind: str) -> None:
    key = str(KINDS[kind].suspend)
    done = step(running(kind), suspending())
    assert done.patch == {"metadata": {"annotations": {key: "disabled", **NOTES, REQUEST: "t1"}}}
    # Only source-watcher does not notice that the annotation is gone.
    asked: dict[str, Any] = {REQUEST: "t1"} if kind == "ArtifactGenerator" else {}
    assert step(disabled(kind), resuming()).patch == {
        "metadata": {"annotations": {key: None, **dict.fromkeys(NOTES), **asked}}
    }


def test_every_kind_but_one_can_be_paused() -> None:
    assert [name for name in KINDS if name not in (*BY_SPEC, *BY_ANNOTATION)] == ["ExternalArtifact"]
    assert set(BY_ANNOTATION) == {
        "ArtifactGenerator", "ResourceSet", "ResourceSetInputProvider", "FluxInstance", "FluxReport",
    }  # fmt: skip


@pytest.mark.parametrize("item", [flux("ExternalArtifact"), flux("HelmRepository", spec={"type": "oci"})])
def test_what_cannot_be_paused_is_left(item: Item) -> None:
    done = step(item, suspending())
    assert (done.state, done.patch) == ("left", None)
    assert "cannot be paused" in str(done.why_left)


def test_what_is_being_deleted_is_left() -> None:
    done = step(running(deletionTimestamp="2026-11-21T03:00:00Z", finalizers=["x"]), suspending())
    assert (done.state, done.patch, done.why_left) == ("left", None, "it is being deleted")


def test_everything_that_is_noted() -> None:
    intent = suspending(ticket="OPS-1", until=Until("2026-11-21T18:00:00Z", from_now=False), reason='dïsk "swap" 🔥')
    done = step_for(stand(running()), intent, {"status": "failed", "revision": "main@sha1:1", "kind": "x"})
    assert done.patch is not None
    assert done.patch["metadata"]["annotations"] == {
        BY: "alice",
        REASON: 'dïsk "swap" 🔥',
        TICKET: "OPS-1",
        UNTIL: "2026-11-21T18:00:00Z",
        CHANGE: "CHG-7",
        FOUND: '{"status": "failed", "revision": "main@sha1:1"}',
        WEB: "alice",
        REQUEST: "t1",
    }


def test_notes_left_by_an_earlier_pause_do_not_survive_in_the_next() -> None:
    stale = running(annotations={TICKET: "OLD-1", UNTIL: "2020-01-01T00:00:00Z", FOUND: "{}"})
    done = step(stale, suspending(change=None))
    assert done.patch is not None
    annotations = done.patch["metadata"]["annotations"]
    assert {key: annotations[key] for key in (TICKET, UNTIL, FOUND)} == dict.fromkeys((TICKET, UNTIL, FOUND))
    assert CHANGE not in annotations


def test_the_same_again_changes_nothing() -> None:
    done = step(paused(), suspending())
    assert (done.state, done.patch, done.why_left) == ("suspended", None, None)
    by_hand_of_the_same = paused(annotations={BY: "alice", REASON: "disk swap", WEB: "alice"})
    assert step(by_hand_of_the_same, suspending(change=None)).state == "suspended"


@pytest.mark.parametrize(
    ("intent", "patch"),
    [
        ({"reason": "two disks"}, {REASON: "two disks"}),
        ({"ticket": "OPS-2"}, {TICKET: "OPS-2"}),
        ({"until": Until("2026-11-22T00:00:00Z", from_now=False)}, {UNTIL: "2026-11-22T00:00:00Z"}),
        ({"until": Until("2026-11-22T00:00:00Z", from_now=True)}, {UNTIL: "2026-11-22T00:00:00Z"}),
        # Whoever of the team runs the change again: it stays the pause of the first.
        ({"by": "bob"}, None),
    ],
)
def test_notes_of_the_same_change_are_kept_up_to_date(intent: dict[str, Any], patch: dict[str, str] | None) -> None:
    done = step(paused(), suspending(**intent))
    assert done.state == "suspended"
    assert done.patch == (None if patch is None else {"metadata": {"annotations": patch}})


def test_a_duration_does_not_move_an_end_that_is_there() -> None:
    item = paused(annotations={**NOTES, UNTIL: "2026-11-21T07:00:00Z"})
    assert step(item, suspending(until=Until("2026-11-21T07:12:07Z", from_now=True))).patch is None
    moved = step(item, suspending(until=Until("2026-11-21T07:12:07Z", from_now=False)))
    assert moved.patch == {"metadata": {"annotations": {UNTIL: "2026-11-21T07:12:07Z"}}}


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (paused(manager="flux"), "suspended by flux"),
        (paused(manager="flux", annotations={WEB: "carol"}), "suspended by carol"),
        (paused(annotations={**NOTES, CHANGE: "CHG-8"}), "suspended by alice under change CHG-8 (disk swap)"),
        # Ours of before; then somebody resumed it, and somebody suspended it again.
        (paused(manager="flux", annotations=NOTES), "suspended by flux"),
        (paused(annotations={BY: "alice", REASON: "looking"}), "suspended by alice (looking)"),
    ],
)
def test_a_pause_of_somebody_else_is_left(item: Item, why: str) -> None:
    for intent in (suspending(), resuming("CHG-7")):
        done = step(item, intent)
        assert (done.state, done.patch, done.why_left) == ("left", None, why)


def test_without_a_change_whatever_is_selected_is_resumed() -> None:
    assert step(paused(manager="flux"), resuming()).patch == {"spec": {"suspend": None}}
    assert step(paused(manager="flux", annotations={WEB: "carol"}), resuming()).patch == {
        "spec": {"suspend": None},
        "metadata": {"annotations": {WEB: None}},
    }


def test_what_runs_is_not_resumed() -> None:
    for intent in (resuming(), resuming("CHG-7")):
        done = step(running(annotations={"team": "storage"}), intent)
        assert (done.state, done.patch) == ("resumed", None)


def test_notes_somebody_left_behind_are_taken_away() -> None:
    """Otherwise they would claim the next pause, whoever makes it."""
    item = running(annotations=dict(NOTES))
    cleared = {"metadata": {"annotations": dict.fromkeys(NOTES)}}
    assert step(item, resuming()).patch == cleared
    assert step(item, resuming("CHG-7")).patch == cleared
    assert step(item, resuming("CHG-8")).patch is None


def test_a_pause_that_git_shares_is_still_ours() -> None:
    item = paused(managedFields=[written("gitops.flux"), written("kustomize-controller", age=5)])
    assert step(item, resuming("CHG-7")).state == "resumed"


def test_the_other_change_is_named() -> None:
    other = paused(annotations={**NOTES, CHANGE: "CHG-8"})
    with pytest.raises(InvalidInput, match="suspended by alice under change CHG-8") as error:
        refuse_other_changes([stand(running()), stand(other)], suspending())
    assert error.value.details == {"change": "CHG-8", "objects": ["Kustomization/flux-system/app"]}
    assert "Nothing was written" in error.value.message


@pytest.mark.parametrize(
    "item", [paused(), paused(manager="flux"), running(annotations=NOTES), paused(manager="x", annotations=NOTES)]
)
def test_nobody_else_is_refused(item: Item) -> None:
    refuse_other_changes([stand(item)], suspending())


@pytest.mark.parametrize("phase", ["rolled_back", "rolling_back", "pinned"])
@pytest.mark.parametrize(
    "intent", [resuming(), resuming("helm-rollback"), suspending(change="helm-rollback"), suspending()]
)
def test_what_a_rollback_holds_is_its_own_to_let_go(phase: str, intent: Intent) -> None:
    done = step(held(phase, suspended=phase != "pinned"), intent)
    assert (done.state, done.patch) == ("left", None)
    assert "gitops.flux.helm_rollback" in str(done.why_left)
