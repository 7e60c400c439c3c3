"""Workloads: which are not well, and why."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.workloads import selector_of, trouble_of

from tests.unit.stories import workload

LATE = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "has timed out"}
QUOTA = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: few"}
DONE = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}
FAILED = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached its limit"}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "trouble"),
    [
        ("Deployment", {"replicas": 2}, DONE, None),
        ("Deployment", {"replicas": 0}, {"observedGeneration": 1}, None),
        ("Deployment", {"replicas": 2}, DONE | {"availableReplicas": 1}, "1 of 2 available"),
        ("Deployment", {}, {"updatedReplicas": 1}, "0 of 1 available"),
        ("Deployment", {"replicas": 2}, DONE | {"updatedReplicas": 1}, "1 of 2 of the newest spec"),
        ("Deployment", {"replicas": 2}, DONE | {"replicas": 3}, "1 old replicas are still there"),
        ("Deployment", {}, DONE | {"observedGeneration": 0}, "its newest spec has not been looked at yet"),
        (
            "Deployment",
            {},
            {"updatedReplicas": 1, "conditions": [LATE]},
            "0 of 1 available: ProgressDeadlineExceeded has timed out",
        ),
        ("Deployment", {}, {"conditions": [QUOTA]}, "0 of 1 available: FailedCreate exceeded quota: few"),
        ("StatefulSet", {"replicas": 3}, {"readyReplicas": 1}, "1 of 3 ready"),
        ("StatefulSet", {"replicas": 1}, {"readyReplicas": 1, "currentRevision": "a", "updateRevision": "a"}, None),
        (
            "StatefulSet",
            {"replicas": 2},
            {"readyReplicas": 2, "currentRevision": "a", "updateRevision": "b", "updatedReplicas": 1},
            "1 of 2 of the newest spec",
        ),
        ("DaemonSet", {}, {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2}, "0 of 2 available"),
        ("DaemonSet", {}, {"desiredNumberScheduled": 0}, None),
        ("ReplicaSet", {"replicas": 1}, {"availableReplicas": 1}, None),
        ("ReplicaSet", {"replicas": 1}, {"conditions": [QUOTA]}, "0 of 1 available: FailedCreate exceeded quota: few"),
        ("Job", {}, {"conditions": [{"type": "Complete", "status": "True"}]}, None),
        ("Job", {}, {"conditions": [FAILED]}, "failed: BackoffLimitExceeded Job has reached its limit"),
        ("Job", {}, {"active": 1, "failed": 2}, "has not finished: 1 running, 2 failed"),
        ("Pod", {}, {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, None),
        ("Pod", {}, {"phase": "Succeeded"}, None),
        ("Pod", {}, {"phase": "Running"}, "runs and is not ready"),
        ("Pod", {}, {"phase": "Failed", "reason": "Evicted"}, "is Failed: Evicted"),
    ],
)
def test_trouble(kind: str, spec: dict[str, Any], status: dict[str, Any], trouble: str | None) -> None:
    assert trouble_of(workload(kind, spec=spec, status=status)) == trouble


def test_one_that_is_being_deleted_is_not_well() -> None:
    gone = workload("Deployment", status=DONE, metadata={"deletionTimestamp": "2026-11-21T03:00:00Z"})
    assert trouble_of(gone) == "is being deleted"


def test_credentials_in_a_condition_are_redacted() -> None:
    said = QUOTA | {"message": "webhook https://user:hunter2@example.invalid refused"}
    found = trouble_of(workload("Deployment", status={"conditions": [said]}))
    assert found is not None
    assert "hunter2" not in found


def test_a_selector_is_written_as_a_list_request_takes_it() -> None:
    selector = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["a", "b"]},
            {"key": "canary", "operator": "DoesNotExist"},
        ],
    }
    assert selector_of(workload("Deployment", spec={"selector": selector})) == "app=web,tier in (a,b),!canary"
    assert selector_of(workload("Pod", spec={"selector": None})) is None
