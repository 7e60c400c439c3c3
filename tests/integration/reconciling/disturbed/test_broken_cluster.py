"""What happens to the cluster itself while a run waits."""

from __future__ import annotations

import time
from collections.abc import Callable

from .conftest import CLUSTER, NAMESPACE, Scene, held, kustomization, rows, verdicts

Move = Callable[[str], str]


def test_an_api_server_that_starts_again_costs_nothing_but_time(scene: Scene, moved: Move) -> None:
    """Its watches break, its clients lose it, and what it said before is not asked again."""
    scene.fetch(moved("slow"))
    with scene.kustomizations(held("slow"), kustomization("plain")):
        scene.wait_for("slow", Reconciling="True")
        with scene.reconciling(timeout=150) as running:
            scene.wait_asked("slow")
            with scene.bed.fault("apiserver_stopped", cluster=CLUSTER):
                pass
            scene.open_gate()
            result = running.result()
    scene.close_gate()
    assert not result["failed"], result["msg"]
    assert verdicts(result) == {"source": "reconciled", "slow": "reconciled", "plain": "reconciled"}


def test_a_controller_that_dies_and_comes_back_is_waited_for(scene: Scene, moved: Move) -> None:
    scene.fetch(moved("slow"))
    process = f"{CLUSTER}.kustomize-controller"
    with scene.kustomizations(held("slow")):
        scene.wait_for("slow", Reconciling="True")
        with scene.reconciling(timeout=120) as running:
            scene.wait_asked("slow")
            scene.bed.testbed.processes.kill(process)
            time.sleep(2)  # its ports are free only when the last of its threads has ended
            scene.bed.testbed.processes.restart(process)
            scene.open_gate()
            result = running.result()
    scene.close_gate()
    assert not result["failed"], result["msg"]
    assert verdicts(result)["slow"] == "reconciled"


def test_a_controller_that_is_gone_is_said_within_seconds(scene: Scene) -> None:
    with scene.kustomizations(kustomization("plain"), kustomization("after", dependsOn=[{"name": "plain"}])):
        scene.wait_for("after", Ready="True")
        with scene.bed.fault("controller_stopped", cluster=CLUSTER, name="kustomize-controller"):
            result = scene.reconcile(timeout=120)
    assert result["failed"]
    found = rows(result)
    blamed = "Deployment/flux-system/kustomize-controller"
    assert (found["plain"]["verdict"], found["plain"]["blocked_by"]) == ("blocked", blamed)
    assert (found["after"]["verdict"], found["after"]["blocked_by"]) == ("blocked", blamed)
    assert found["source"]["verdict"] == "reconciled"
    assert found["plain"]["cause"]["class"] == "controller_down"
    assert result["seconds"] < 30
    assert any(text.startswith(blamed) for text in result["notices"])


def test_a_shard_nobody_watches_is_said_at_once(scene: Scene) -> None:
    sharded = kustomization("lost").replace(
        '"name": "lost"', '"labels": {"sharding.fluxcd.io/key": "nine"}, "name": "lost"', 1
    )
    with (
        scene.bed.fault(
            "controller_flags",
            cluster=CLUSTER,
            name="kustomize-controller",
            flags="--watch-label-selector=!sharding.fluxcd.io/key",
        ),
        scene.kustomizations(sharded, kustomization("plain")),
    ):
        result = scene.reconcile(timeout=120)
    row = rows(result)["lost"]
    assert (row["verdict"], row["blocked_by"]) == ("blocked", "Deployment/flux-system/kustomize-controller-nine")
    assert "no controller watches sharding.fluxcd.io/key nine" in row["message"]
    assert rows(result)["plain"]["verdict"] == "reconciled"
    assert result["seconds"] < 20


def test_a_run_that_was_killed_is_finished_by_the_next_with_its_token(scene: Scene, moved: Move) -> None:
    """What it had asked is not asked again: the audit log holds one request for each object."""
    scene.fetch(moved("slow"))
    with scene.kustomizations(held("slow"), kustomization("last", dependsOn=[{"name": "slow"}])):
        scene.wait_for("slow", Reconciling="True")
        mark = scene.bed.mark(CLUSTER)
        first = scene.reconcile(timeout=4, token="run-17")
        assert first["failed"]
        assert verdicts(first) == {"source": "reconciled", "slow": "timed_out", "last": "blocked"}
        scene.open_gate()
        second = scene.reconcile(timeout=60, token="run-17")
    scene.close_gate()
    assert not second["failed"], second["msg"]
    assert set(verdicts(second).values()) == {"reconciled"}
    patches = [request for request in scene.bed.audit(CLUSTER, mark) if request.verb == "patch"]
    assert sorted(request.name for request in patches) == ["last", "slow", "source"]
    assert {request.namespace for request in patches} == {NAMESPACE}
