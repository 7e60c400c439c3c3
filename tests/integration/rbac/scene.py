"""Objects for every right to be needed once: all kinds of Flux, and all kinds of workloads that explain looks at."""

from __future__ import annotations

import json
from typing import Any

import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.testbed.cluster import Cluster
from tests.testbed.record import FIXTURES

NAMESPACE = "scene"
# The only name a FluxInstance may have.
NAME = "flux"
LABELS = {"app": "down"}
POD = {"containers": [{"name": "app", "image": "example.invalid/app:1.0"}]}
_TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
_SPEC = {"selector": {"matchLabels": LABELS}, "template": _TEMPLATE}
_WORKLOADS: dict[str, tuple[str, dict[str, Any]]] = {
    "Deployment": ("apps", _SPEC),
    "StatefulSet": ("apps", _SPEC | {"serviceName": "down"}),
    "DaemonSet": ("apps", _SPEC),
    "ReplicaSet": ("apps", _SPEC),
    "Job": ("batch", {"template": _TEMPLATE | {"spec": POD | {"restartPolicy": "Never"}}}),
    "Pod": ("", POD),
}
_CRASHED = {
    "name": "app", "image": "example.invalid/app:1.0", "imageID": "", "ready": False, "restartCount": 4,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
    "lastState": {"terminated": {"exitCode": 3, "reason": "Error"}},
}  # fmt: skip


def objects_of_every_kind(cluster: Cluster) -> None:
    """One recorded spec of each kind under one name. Nobody reconciles them."""
    cluster.kubectl("create", "namespace", NAMESPACE)
    cluster.apply(yaml.safe_dump_all(_recorded(kind) for kind in KINDS))


def _recorded(kind: str) -> dict[str, Any]:
    found = min((FIXTURES / kind.lower()).glob("*.yaml"))
    recorded = yaml.safe_load(found.read_text())["object"]
    metadata = {"name": NAME, "namespace": NAMESPACE}
    spec = {key: value for key, value in recorded["spec"].items() if key != "suspend"}
    return {"apiVersion": recorded["apiVersion"], "kind": kind, "metadata": metadata, "spec": spec}


def workloads(cluster: Cluster) -> None:
    """One of each kind in the inventory of the Kustomization, none of them well, and one pod that has crashed."""
    cluster.apply(yaml.safe_dump_all(_workload(kind) for kind in _WORKLOADS))
    _write_status(cluster, "pod", {"phase": "Running", "containerStatuses": [_CRASHED]})
    _write_status(
        cluster,
        "daemonset",
        {"desiredNumberScheduled": 1, "currentNumberScheduled": 0, "numberReady": 0, "numberMisscheduled": 0},
    )
    entries = [{"id": f"{NAMESPACE}_{NAME}_{group}_{kind}", "v": "v1"} for kind, (group, _spec) in _WORKLOADS.items()]
    _write_status(cluster, "kustomization", {"inventory": {"entries": entries}, "observedGeneration": 1})


def _workload(kind: str) -> dict[str, Any]:
    group, spec = _WORKLOADS[kind]
    metadata = {"name": NAME, "namespace": NAMESPACE, "labels": LABELS}
    return {"apiVersion": f"{group}/v1".lstrip("/"), "kind": kind, "metadata": metadata, "spec": spec}


def _write_status(cluster: Cluster, resource: str, status: dict[str, Any]) -> None:
    options = ("--subresource=status", "--type=merge", "-p", json.dumps({"status": status}))
    cluster.kubectl("-n", NAMESPACE, "patch", resource, NAME, *options)
