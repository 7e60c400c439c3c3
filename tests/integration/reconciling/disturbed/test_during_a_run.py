"""What others do to the objects of a run while it waits."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.testbed.readiness import wait_until

from .conftest import Scene, held, kustomization, rows, verdicts

Move = Callable[[str], str]


@pytest.mark.usefixtures("fetched")
def test_an_object_deleted_meanwhile_is_removed(scene: Scene) -> None:
    scene.open_gate()
    with scene.kustomizations(held("slow"), kustomization("plain")):
        scene.wait_for("slow", Ready="True")
        scene.close_gate()
        with scene.reconciling() as running:
            scene.wait_asked("slow")
            scene.cluster.kubectl("-n", "disturbed", "delete", "kustomization", "slow", "--wait=false")
            result = running.result()
    assert not result["failed"]
    assert verdicts(result) == {"source": "reconciled", "slow": "removed", "plain": "reconciled"}
    assert rows(result)["slow"]["message"] == "was deleted"


@pytest.mark.usefixtures("fetched")
def test_one_suspended_by_somebody_meanwhile_is_left_to_them(scene: Scene) -> None:
    with scene.kustomizations(held("slow"), kustomization("plain")):
        scene.wait_for("slow", Reconciling="True")
        with scene.reconciling() as running:
            scene.wait_asked("slow")
            scene.patch("slow", {"spec": {"suspend": True}})
            result = running.result()
        assert verdicts(result)["slow"] == "suspended"
        assert not result["failed"]
        assert rows(result)["slow"]["suspended"]["by"] == "somebody"
        assert scene.read("slow")["spec"]["suspend"] is True
        scene.open_gate()
    scene.close_gate()


@pytest.mark.usefixtures("fetched")
def test_a_newer_request_takes_over_and_its_outcome_is_told(scene: Scene) -> None:
    with scene.kustomizations(held("slow")):
        scene.wait_for("slow", Reconciling="True")
        with scene.reconciling() as running:
            scene.wait_asked("slow")
            scene.patch("slow", {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": "somebody-else"}}})
            scene.open_gate()
            result = running.result()
    scene.close_gate()
    row = rows(result)["slow"]
    assert (row["verdict"], row["outcome"], row["bad"]) == ("superseded", "reconciled", False)
    assert not result["failed"]


@pytest.mark.usefixtures("fetched")
def test_a_spec_changed_meanwhile_is_judged_by_its_new_generation(scene: Scene) -> None:
    """The old spec would never have got ready: the verdict must not be that of the run that was under way."""
    with scene.kustomizations(held("slow", gate="never")):
        scene.wait_for("slow", Reconciling="True")
        with scene.reconciling() as running:
            scene.wait_asked("slow")
            scene.patch("slow", {"spec": {"healthChecks": None, "path": "./disturbed/plain"}})
            result = running.result()
        item = scene.read("slow")
    assert verdicts(result)["slow"] == "reconciled"
    assert item["status"]["observedGeneration"] == item["metadata"]["generation"]


def test_a_commit_in_the_middle_ends_with_everything_at_it(scene: Scene, moved: Move) -> None:
    moved("slow")
    scene.open_gate()
    with scene.kustomizations(
        held("slow"), kustomization("plain"), kustomization("last", dependsOn=[{"name": "slow"}])
    ):
        scene.wait_for("last", Ready="True")
        scene.close_gate()
        first = moved("plain")
        with scene.reconciling() as running:
            wait_until(lambda: first in scene.read("plain")["status"]["lastAppliedRevision"], 30, "the first commit")
            second = moved("plain")
            scene.bed.reconcile(scene.cluster.name, "gitrepository", "disturbed", "source")
            wait_until(lambda: second in scene.read("plain")["status"]["lastAppliedRevision"], 30, "the second commit")
            scene.open_gate()
            result = running.result()
    scene.close_gate()
    assert not result["failed"], result["msg"]
    assert {row["revision_after"] for row in result["verdicts"]} == {f"main@sha1:{second}"}


def test_children_that_appear_join_and_pruned_ones_are_removed(scene: Scene) -> None:
    scene.fetch(scene.commit("parent", kustomization("old")))
    with scene.kustomizations(kustomization("parent", "parent", targetNamespace=None)):
        scene.wait_for("parent", Ready="True")
        wait_until(lambda: scene.read("old")["status"].get("lastAppliedRevision") is not None, 30, "the old child")
        scene.commit("parent", kustomization("young"))
        result = scene.reconcile()
    found = rows(result)
    assert not result["failed"], result["msg"]
    assert (found["young"]["verdict"], found["young"]["role"]) == ("reconciled", "child")
    assert found["old"]["verdict"] == "removed"
    assert found["old"]["message"] == "was removed by Kustomization/disturbed/parent"
    assert found["parent"]["verdict"] == "reconciled"


def test_a_child_that_its_parent_changes_is_judged_anew(scene: Scene) -> None:
    """The parent applies a child that no longer builds: "reconciled" of a moment before would be a lie."""
    scene.commit("broken", "this is: [no manifest")
    scene.fetch(scene.commit("parent", kustomization("child")))
    with scene.kustomizations(kustomization("parent", "parent", targetNamespace=None)):
        scene.wait_for("parent", Ready="True")
        wait_until(lambda: scene.read("child")["status"].get("lastAppliedRevision") is not None, 30, "the child")
        scene.commit("parent", kustomization("child", "broken"))
        result = scene.reconcile()
    assert result["failed"]
    assert verdicts(result)["child"] == "failed"
    assert verdicts(result)["parent"] == "reconciled"
    scene.bed.repository.remove("disturbed/broken")
    scene.bed.repository.publish("Nothing broken any more")


def test_a_parent_that_waits_for_its_children_is_no_deadlock(scene: Scene) -> None:
    scene.fetch(scene.commit("parent", kustomization("child")))
    with scene.kustomizations(kustomization("parent", "parent", targetNamespace=None, wait=True)):
        scene.wait_for("parent", Ready="True")
        scene.commit("parent", kustomization("child", interval="23h"))
        began = time.monotonic()
        result = scene.reconcile()
    assert not result["failed"], result["msg"]
    assert set(verdicts(result).values()) == {"reconciled"}
    assert time.monotonic() - began < 60


@pytest.mark.usefixtures("fetched")
def test_busy_objects_are_named_with_the_latest_end(scene: Scene) -> None:
    with scene.kustomizations(held("slow", gate="never")):
        scene.wait_for("slow", Reconciling="True")
        result = scene.reconcile(timeout=12)
    assert verdicts(result)["slow"] == "timed_out"
    assert any("Kustomization/disturbed/slow is busy" in text and "at most" in text for text in result["notices"])
