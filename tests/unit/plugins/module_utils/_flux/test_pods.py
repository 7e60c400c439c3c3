"""Pods that are not well, without anything of their environment."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.pods import logged, pod_rows

from tests.unit.flux_objects import Item, ago
from tests.unit.stories import crashing_pod

UNSCHEDULED = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "Unschedulable",
    "message": "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
}


def pod(name: str, *containers: Item, phase: str = "Running", ready: str = "False", **status: Any) -> Item:
    conditions = [{"type": "Ready", "status": ready}]
    return crashing_pod(name, phase=phase, conditions=conditions, containerStatuses=list(containers), **status)


def container(name: str = "app", **state: Item) -> Item:
    return {"name": name, "image": "x", "ready": False, "restartCount": 0, "state": state}


def test_a_container_that_ends_again_and_again() -> None:
    (row,) = pod_rows([crashing_pod()])
    (found,) = row["containers"]
    assert (row["phase"], row["node"], row["message"]) == ("Running", "node-1", "ContainersNotReady: [app]")
    assert (found["state"], found["reason"], found["restarts"]) == ("waiting", "CrashLoopBackOff", 7)
    assert (found["last"]["exit_code"], found["last"]["reason"]) == (1, "Error")
    assert logged(row["containers"]) == [("app", False), ("app", True)]
    assert "s3cr3t" not in json.dumps(row)


def test_a_pod_without_a_node_says_why_and_has_no_log() -> None:
    waiting = crashing_pod(phase="Pending", conditions=[UNSCHEDULED], containerStatuses=[])
    (row,) = pod_rows([waiting])
    assert row["message"] == f"Unschedulable: {UNSCHEDULED['message']}"
    assert row["containers"] == []
    assert logged(row["containers"]) == []


def test_an_image_that_cannot_be_pulled_has_no_log() -> None:
    (row,) = pod_rows([pod("web-1", container(waiting={"reason": "ImagePullBackOff", "message": "not found"}))])
    assert row["containers"][0]["reason"] == "ImagePullBackOff"
    assert logged(row["containers"]) == []


def test_only_what_is_not_well_is_shown() -> None:
    fine = container("sidecar", running={"startedAt": ago(60)}) | {"ready": True}
    done: dict[str, Any] = {"initContainerStatuses": [container("setup", terminated={"exitCode": 0})]}
    (row,) = pod_rows([
        pod("web-1", fine, container(running={"startedAt": ago(5)}), **done),
        pod("web-2", ready="True"),
        pod("job-1", phase="Succeeded"),
    ])  # fmt: skip
    assert [each["name"] for each in row["containers"]] == ["app"]
    assert logged(row["containers"]) == [("app", False)]


def test_an_init_container_that_failed() -> None:
    failed: dict[str, Any] = {
        "initContainerStatuses": [container("setup", terminated={"exitCode": 2, "reason": "Error"})]
    }
    (row,) = pod_rows([pod("web-1", container(waiting={"reason": "PodInitializing"}), phase="Pending", **failed)])
    assert [(each["name"], each["init"]) for each in row["containers"]] == [("setup", True), ("app", False)]
    assert logged(row["containers"]) == [("setup", False)]


def test_those_that_can_tell_most_come_first() -> None:
    new = container(waiting={"reason": "ContainerCreating"})
    rows = pod_rows(
        [pod("creating", new), crashing_pod("crashing"), pod("pulling", container(waiting={"reason": "ErrImagePull"}))]
    )
    assert [row["name"] for row in rows] == ["crashing", "pulling", "creating"]


def test_what_a_container_leaves_behind_is_redacted_and_short() -> None:
    left = container(terminated={"exitCode": 1, "message": "password=hunter2 " + "x" * 5000})
    (row,) = pod_rows([pod("web-1", left)])
    message = row["containers"][0]["message"]
    assert "hunter2" not in message
    assert len(message) < 700
