# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments and their like: whether each is what it should be, and in few words why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, rows

Item = Mapping[str, Any]
_LONGEST = 600


@dataclass(frozen=True)
class WorkloadKind:
    """A kind that runs pods, and where it is listed."""

    name: str
    group: str
    path: str
    plural: str


WORKLOADS: Mapping[str, WorkloadKind] = {
    kind.name: kind
    for kind in (
        WorkloadKind("Deployment", "apps", "/apis/apps/v1", "deployments"),
        WorkloadKind("StatefulSet", "apps", "/apis/apps/v1", "statefulsets"),
        WorkloadKind("DaemonSet", "apps", "/apis/apps/v1", "daemonsets"),
        WorkloadKind("ReplicaSet", "apps", "/apis/apps/v1", "replicasets"),
        WorkloadKind("Job", "batch", "/apis/batch/v1", "jobs"),
        WorkloadKind("Pod", "", "/api/v1", "pods"),
    )
}


def is_workload(group: str, kind: str) -> bool:
    """Whether objects of this kind run pods and say how they fare."""
    known = WORKLOADS.get(kind)
    return known is not None and known.group == group


def workload_ref(item: Item) -> Ref:
    """The name of a workload as the API returns it."""
    metadata = mapping(item.get("metadata"))
    return Ref(str(item.get("kind")), str(metadata.get("namespace") or ""), str(metadata.get("name") or ""))


def trouble_of(item: Item) -> str | None:
    """What keeps a workload from being well, None when nothing does. Under way counts as not well yet."""
    if mapping(item.get("metadata")).get("deletionTimestamp"):
        return "is being deleted"
    status = mapping(item.get("status"))
    generation = mapping(item.get("metadata")).get("generation") or 0
    if "observedGeneration" in status and status["observedGeneration"] < generation:
        return "its newest spec has not been looked at yet"
    found = _RULES[str(item.get("kind"))](mapping(item.get("spec")), status)
    return found and " ".join(redact(found).split())[:_LONGEST]


def selector_of(item: Item) -> str | None:
    """The label selector of a workload's pods as a list request takes it; None where it has none."""
    selector = mapping(mapping(item.get("spec")).get("selector"))
    parts = [f"{key}={value}" for key, value in mapping(selector.get("matchLabels")).items()]
    parts += [part for row in rows(selector.get("matchExpressions")) if (part := _expression(row))]
    return ",".join(parts) or None


def _expression(row: Item) -> str:
    key, values = str(row.get("key")), ",".join(map(str, row.get("values") or ()))
    forms = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key, "DoesNotExist": f"!{key}"}
    return forms.get(str(row.get("operator")), "")


def _of_deployment(spec: Item, status: Item) -> str | None:
    wanted = _replicas(spec)
    for kind, state in (("ReplicaFailure", "True"), ("Progressing", "False")):
        said = _condition(status, kind, state)
        if said:
            return f"{_shortage(wanted, status.get('availableReplicas'), 'available')}: {said}"
    if (status.get("updatedReplicas") or 0) < wanted:
        return _shortage(wanted, status.get("updatedReplicas"), "of the newest spec")
    if (status.get("availableReplicas") or 0) < wanted:
        return _shortage(wanted, status.get("availableReplicas"), "available")
    old = (status.get("replicas") or 0) - (status.get("updatedReplicas") or 0)
    return f"{old} old replicas are still there" if old > 0 else None


def _of_stateful_set(spec: Item, status: Item) -> str | None:
    wanted = _replicas(spec)
    if (status.get("readyReplicas") or 0) < wanted:
        return _shortage(wanted, status.get("readyReplicas"), "ready")
    rolling = mapping(spec.get("updateStrategy")).get("type") != "OnDelete"
    partition = mapping(mapping(spec.get("updateStrategy")).get("rollingUpdate")).get("partition") or 0
    updated = status.get("updatedReplicas") or 0
    if rolling and status.get("updateRevision") != status.get("currentRevision") and updated < wanted - partition:
        return _shortage(wanted - partition, updated, "of the newest spec")
    return None


def _of_daemon_set(_spec: Item, status: Item) -> str | None:
    wanted = status.get("desiredNumberScheduled") or 0
    for key, words in (("updatedNumberScheduled", "of the newest spec"), ("numberAvailable", "available")):
        if (status.get(key) or 0) < wanted:
            return _shortage(wanted, status.get(key), words)
    return None


def _of_replica_set(spec: Item, status: Item) -> str | None:
    wanted = _replicas(spec)
    said = _condition(status, "ReplicaFailure", "True")
    if said or (status.get("availableReplicas") or 0) < wanted:
        short = _shortage(wanted, status.get("availableReplicas"), "available")
        return f"{short}: {said}" if said else short
    return None


def _of_job(spec: Item, status: Item) -> str | None:
    failed = _condition(status, "Failed", "True")
    if failed:
        return f"failed: {failed}"
    if any(_condition(status, kind, "True") for kind in ("Complete", "SuccessCriteriaMet")):
        return None
    if spec.get("suspend"):
        return "is suspended"
    return f"has not finished: {status.get('active') or 0} running, {status.get('failed') or 0} failed"


def _of_pod(_spec: Item, status: Item) -> str | None:
    phase = str(status.get("phase") or "Unknown")
    if phase == "Succeeded" or (phase == "Running" and _condition(status, "Ready", "True") is not None):
        return None
    said = status.get("reason") or status.get("message")
    return f"is {phase}{f': {said}' if said else ''}" if phase != "Running" else "runs and is not ready"


_RULES: Mapping[str, Callable[[Item, Item], str | None]] = {
    "Deployment": _of_deployment,
    "StatefulSet": _of_stateful_set,
    "DaemonSet": _of_daemon_set,
    "ReplicaSet": _of_replica_set,
    "Job": _of_job,
    "Pod": _of_pod,
}


def _replicas(spec: Item) -> int:
    wanted = spec.get("replicas")
    return 1 if wanted is None else int(wanted)


def _shortage(wanted: int, found: object, words: str) -> str:
    return f"{found or 0} of {wanted} {words}"


def _condition(status: Item, kind: str, state: str) -> str | None:
    """What a condition that is in this state says; None when it is not."""
    for row in rows(status.get("conditions")):
        if (row.get("type"), row.get("status")) == (kind, state):
            said = (str(row.get("reason") or ""), str(row.get("message") or ""))
            return " ".join(part for part in said if part) or kind
    return None


def missing_of(wanted: Iterable[Ref], found: Iterable[Item]) -> list[Ref]:
    """The workloads an inventory names and the cluster does not have."""
    there = {workload_ref(item) for item in found}
    return [ref for ref in wanted if ref not in there]
