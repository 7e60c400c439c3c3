"""How objects are after the end, against how they were."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.comparison import compared

from tests.unit.flux_objects import NEWER, REVISION, condition, git_repository, kustomization, ready, records

APP = "Kustomization/flux-system/app"
FAILED = (ready("False", "BuildFailed", "kustomize build failed"),)
OURS = {"spec": {"suspend": True}, "annotations": {"gitops.flux/suspended-change": "CHG-7"}}
THEIRS = {"spec": {"suspend": True}}


def told(
    role: str, status: str | None, *conditions: Any, taken: str = "start", **now: Any
) -> tuple[str | None, dict[str, int]]:
    """The outcome of one object, and the counts."""
    row = {APP: {"status": status, "revision": REVISION}}
    kept = {"change": "CHG-7", "taken": taken, "objects": {}, "dependents": {}, role: row}
    found = compared(kept, records(git_repository(), kustomization("app", *conditions, **now)))
    return (found["rows"][0]["outcome"] if found["rows"] else None), found["counts"]


@pytest.mark.parametrize(
    ("status", "conditions", "now", "outcome"),
    [
        ("ready", (), {}, None),
        ("ready", FAILED, {}, "newly_failing"),
        ("progressing", FAILED, {}, "newly_failing"),
        ("failed", FAILED, {}, "still_failing"),
        ("blocked", FAILED, {}, "still_failing"),
        ("failed", (), {}, None),
        (None, FAILED, {}, "unsure"),
        (None, (), {}, None),
        ("ready", (), OURS, "still_paused"),
        ("ready", (), THEIRS, "suspended_again"),
    ],
)
def test_of_an_object(status: str | None, conditions: Any, now: dict[str, Any], outcome: str | None) -> None:
    assert told("objects", status, *conditions, **now)[0] == outcome


@pytest.mark.parametrize(
    ("status", "taken", "conditions", "now", "outcome"),
    [
        ("ready", "start", FAILED, {}, "newly_failing"),
        ("failed", "start", FAILED, {}, "still_failing"),
        # Before this end it failed; whether it did at the start nobody knows.
        ("failed", "end", FAILED, {}, "unsure"),
        ("ready", "end", FAILED, {}, "newly_failing"),
        ("ready", "start", (), THEIRS, "newly_suspended"),
        ("suspended", "start", (), THEIRS, None),
        ("suspended", "start", (), {}, None),
    ],
)
def test_of_what_hangs_on_it(
    status: str, taken: str, conditions: Any, now: dict[str, Any], outcome: str | None
) -> None:
    assert told("dependents", status, *conditions, taken=taken, **now)[0] == outcome


def test_a_run_that_has_not_ended_is_not_well() -> None:
    running = (ready("Unknown", "Progressing"), condition("Reconciling", "True", "Progressing"))
    assert told("objects", "ready", *running)[0] == "newly_failing"


def test_what_is_not_there_any_more_is_gone() -> None:
    kept = {"change": "CHG-7", "taken": "start", "objects": {APP: {"status": "ready", "revision": REVISION}}}
    found = compared(kept | {"dependents": {}}, [])
    assert [(row["name"], row["status"], row["outcome"]) for row in found["rows"]] == [("app", None, "gone")]
    assert found["ended"]


def test_steps_are_told_once_for_all_who_took_them() -> None:
    names = ("a", "b", "c")
    before = {f"Kustomization/flux-system/{name}": {"status": "ready", "revision": REVISION} for name in names}
    now = [kustomization(name, status={"lastAppliedRevision": REVISION if name == "c" else NEWER}) for name in names]
    kept = {"change": "CHG-7", "taken": "start", "objects": before, "dependents": {}}
    moves = compared(kept, records(git_repository(artifact=NEWER), *now))["moves"]
    objects = ["Kustomization/flux-system/a", "Kustomization/flux-system/b"]
    assert moves == [{"from": REVISION, "to": NEWER, "objects": objects}]
