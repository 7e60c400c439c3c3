"""When a rollback ends, what it is refused for, and what is taken off the HelmRelease."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.both_ends import ends_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.desired import Verdict
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.ending import (
    GUARDED,
    ending_digest,
    ending_steps,
    guarding,
    letting_go,
    refusal_of,
    refuse_stranger,
    require_finishable,
    require_guardable,
    something_new,
    unguarding,
    uninstalls_first,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import values_digest

from tests.unit.stored_revisions import revision

WEB = Ref("HelmRelease", "apps", "web")
REF = {"revision": 1, "chart": "web", "chart_version": "1.0.1"}


def note(**more: Any) -> Note:
    source = {"revision": 2, "chart": "web", "chart_version": "1.0.2"}
    known: dict[str, Any] = {"phase": "rolled_back", "strategy": "helm", "at": "2026-11-21T19:00:00Z", "plan": "x"}
    return Note(**known | {"source": source, "target": REF} | more)


def item(spec: Any = None, **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": "apps", "annotations": annotations},
        "spec": {"suspend": True} if spec is None else spec,
    }


def verdict(still_bad: bool = True, **more: Any) -> Verdict:
    empty: dict[str, Any] = {"is_target": False, "differs": (), "remains": (), "unverified": (), "news": ()}
    return Verdict(still_bad=still_bad, **empty | more)


@pytest.mark.parametrize(
    ("found", "accepted", "fetched", "said"),
    [
        (
            verdict(remains=("chart version",)),
            False,
            False,
            "Git still asks for the bad state: unchanged is chart version",
        ),
        (verdict(remains=("chart version",), unverified=("values",)), True, True, "unchanged is chart version"),
        (verdict(False, differs=("chart version",)), False, True, None),
        (
            verdict(False, differs=("chart version",), unverified=("values",)),
            False,
            True,
            "Values unverified: forbidden",
        ),
        (verdict(unverified=("values",)), False, True, "Values unverified: forbidden"),
        (verdict(unverified=("values",)), True, True, None),
        # What a range finds is not known before the chart is there.
        (verdict(unverified=("chart version",), remains=("values at a",)), False, False, None),
        (verdict(unverified=("chart version",)), False, True, "Nobody can tell whether"),
        (verdict(), False, True, "Git still asks for the bad state"),
    ],
)
def test_it_is_refused(found: Verdict, accepted: bool, fetched: bool, said: str | None) -> None:
    why = refusal_of(found, "forbidden", accepted=accepted, fetched=fetched)
    assert (said is None) == (why is None)
    assert (said or "") in (why or "")


def test_many_paths_are_cut() -> None:
    paths = tuple(f"values at {letter}" for letter in "abcdefgh")
    assert str(refusal_of(verdict(remains=paths), None, accepted=False, fetched=True)).endswith(
        "values at e and 3 more"
    )


def test_what_is_going_to_be_deployed_is_said() -> None:
    assert something_new(verdict(False, is_target=True), 1) == "Git asks for what revision 1 was"
    assert something_new(verdict(False, news=("chart version",)), 1).endswith(
        "other than in revision 1 is chart version"
    )


def test_a_release_that_moves_is_uninstalled_first() -> None:
    assert uninstalls_first(verdict(False, news=("chart version",))) is None
    assert str(uninstalls_first(verdict(False, news=("chart version", "releaseName")))).endswith("its new releaseName")


def test_one_patch_takes_everything_off() -> None:
    notes = {
        "gitops.flux/rollback": "{}",
        "gitops.flux/suspended-by": "alice",
        "gitops.flux/suspended-change": "helm-rollback",
        "fluxcd.controlplane.io/suspendedBy": "alice",
        "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
        "example.com/theirs": "stays",
    }
    found = item({"suspend": True, "dependsOn": GUARDED}, **notes)
    operations = letting_go(found, stand_of(found), "token")
    gone = {each["path"] for each in operations if each["op"] == "remove"}
    assert gone == {
        "/metadata/annotations/gitops.flux~1rollback",
        "/metadata/annotations/gitops.flux~1suspended-by",
        "/metadata/annotations/gitops.flux~1suspended-change",
        "/metadata/annotations/fluxcd.controlplane.io~1suspendedBy",
        "/metadata/annotations/kustomize.toolkit.fluxcd.io~1reconcile",
        "/spec/suspend",
        "/spec/dependsOn",
    }
    assert {each["value"] for each in operations if each["op"] == "add"} == {"token"}


def test_what_git_says_of_suspend_stays() -> None:
    found = item({"suspend": False})
    assert "/spec/suspend" not in [each["path"] for each in letting_go(found, stand_of(found), "token")]


def test_the_guard_takes_no_place_that_is_taken() -> None:
    assert guarding(item({}))[0]["value"] == GUARDED
    assert guarding(item({"dependsOn": [{"name": "db"}]})) == []
    assert unguarding(item({"dependsOn": [{"name": "db"}]})) == []


@pytest.mark.parametrize("force", [False, True])
def test_git_that_sets_both_can_only_be_forced(force: bool) -> None:
    both = item({"suspend": False, "dependsOn": [{"name": "db"}]})
    if force:
        require_guardable(note(git_suspend=True), both, WEB, force=True)
    else:
        with pytest.raises(InvalidInput, match=r"spec\.dependsOn as well"):
            require_guardable(note(git_suspend=True), both, WEB, force=False)
    require_guardable(note(git_suspend=True), item({"dependsOn": GUARDED}), WEB, force=False)
    require_guardable(note(), both, WEB, force=False)


def test_half_a_rollback_is_carried_on_first() -> None:
    with pytest.raises(InvalidInput, match="interrupted while Helm was at it"):
        require_finishable(note(phase="rolling_back"), WEB)
    for phase in ("holding", "rolled_back", "pinning", "pinned", "finishing"):
        require_finishable(note(phase=phase), WEB)


def test_a_strangers_pause_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"suspended by alice under change CHG-7 \(disk swap\)"):
        refuse_stranger(
            stand_of(
                item(
                    **{
                        "gitops.flux/suspended-by": "alice",
                        "gitops.flux/suspended-change": "CHG-7",
                        "gitops.flux/suspended-reason": "disk swap",
                    }
                )
            )
        )
    refuse_stranger(stand_of(item({})))


def test_the_digest_is_of_the_rollback() -> None:
    assert ending_digest(note(), "uid") == ending_digest(note(phase="finishing", kept_in="secret"), "uid")
    assert len({ending_digest(each, "uid") for each in (note(), note(at="later"), note(git_suspend=True))}) == 3


def test_the_steps_name_what_is_restored() -> None:
    owner = Ref("Kustomization", "flux-system", "apps")
    assert "restore what the rollback has changed, as Secret held has it" in ending_steps(
        note(kept_in="held"), WEB, owner
    )
    assert not any("restore" in step for step in ending_steps(note(), WEB, None))


STORED = [revision(3, "deployed", chart_version="1.0.1"), revision(2, "superseded"), revision(1, "superseded")]


def test_the_ends_are_those_of_helms_storage() -> None:
    ends = ends_of(note(), STORED)
    assert (ends.source_revision, ends.target_revision) == (STORED[1], STORED[2])
    assert ends.is_bad(STORED[1])
    assert not ends.is_bad(STORED[0])


def test_what_helm_has_dropped_comes_from_the_note() -> None:
    ends = ends_of(note(), [STORED[0]])
    assert (ends.source_revision.chart_version, ends.bad.version.number, ends.bad.config) == ("1.0.2", "1.0.2", None)


@pytest.mark.parametrize(
    ("generation", "version", "config", "tried"),
    [(4, "1.0.2", {}, True), (3, "1.0.2", {}, False), (4, "1.0.3", {}, False), (4, "1.0.2", {"a": 1}, False)],
)
def test_the_bad_state_is_seen_when_it_is_begun(generation: int, version: str, config: Any, tried: bool) -> None:
    status = {
        "lastAttemptedGeneration": generation,
        "lastAttemptedRevision": version,
        "lastAttemptedConfigDigest": values_digest(config),
    }
    assert ends_of(note(), STORED).is_tried_again({"metadata": {"generation": 4}, "status": status}) is tried
