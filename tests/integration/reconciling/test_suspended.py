"""Suspended objects are listed and left alone, and what their rest will hold up is said beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.reconciling.conftest import MakeScene
from tests.integration.reconciling.scene import Scene, git_repository, kustomization, rows, verdicts

OBJECTS = (git_repository(), kustomization("held"), kustomization("waits", needs=["held"]), kustomization("free"))
PAUSE = '{"spec":{"suspend":true},"metadata":{"annotations":{"gitops.flux/suspended-by":"ops-user",'
PAUSE += '"gitops.flux/suspended-reason":"disk swap"}}}'


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    names = ("held", "waits", "free")
    with make_scene("resting", OBJECTS, names, ready=[f"kustomization/{name}" for name in names]) as scene:
        scene.cluster.kubectl("-n", "resting", "patch", "kustomization", "held", "--type=merge", "-p", PAUSE)
        yield scene


def version(scene: Scene) -> str:
    return str(scene.read("kustomization", "held")["metadata"]["resourceVersion"])


def test_while_nothing_moves_a_suspended_one_holds_up_nobody(scene: Scene) -> None:
    before = version(scene)
    result = scene.reconcile()
    assert not result["failed"]
    assert verdicts(result) == {
        "source": "reconciled",
        "held": "suspended",
        "waits": "reconciled",
        "free": "reconciled",
    }
    row = rows(result)["held"]
    assert row["message"] == "is suspended by ops-user: disk swap"
    assert (row["suspended"]["by"], row["suspended"]["reason"]) == ("ops-user", "disk swap")
    assert not row["requested"]
    assert version(scene) == before
    assert scene.read("kustomization", "held")["spec"]["suspend"] is True


def test_that_it_would_hold_up_others_is_said_before_the_source_moves(scene: Scene) -> None:
    [result] = scene.reconciles({}, check_mode=True)
    [notice] = result["notices"]
    assert notice.startswith("Kustomization/resting/held is suspended: when GitRepository/resting/source moves, ")
    assert notice.endswith("it will block 1: Kustomization/resting/waits")


def test_it_can_be_counted_as_bad(scene: Scene) -> None:
    result = scene.reconcile(fail_on_suspended=True)
    assert result["failed"]
    assert "1 suspended" in result["msg"]
    assert [row["name"] for row in result["verdicts"] if row["bad"]] == ["held"]


def test_once_its_source_has_moved_it_blocks_its_dependents(scene: Scene) -> None:
    before = version(scene)
    revision = scene.publish(held="second", waits="second", free="second")
    result = scene.reconcile()
    found = rows(result)
    assert result["failed"]
    assert verdicts(result) == {"source": "reconciled", "held": "suspended", "waits": "blocked", "free": "reconciled"}
    assert found["waits"]["blocked_by"] == "Kustomization/resting/held"
    assert found["free"]["revision_after"] == revision
    assert version(scene) == before
    assert result["seconds"] < 30
