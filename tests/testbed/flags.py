"""A controller with other flags: its process *and* its Deployment, which is where operators and health checks look."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from .readiness import wait_until
from .testbed import Testbed

_PLACE = ("-n", "flux-system")


def add_flags(bed: Testbed, cluster: str, name: str, flags: str) -> None:
    _replace_flags(bed, cluster, name, (), flags.split())


def remove_flags(bed: Testbed, cluster: str, name: str, flags: str) -> None:
    _replace_flags(bed, cluster, name, flags.split(), ())


def _replace_flags(
    bed: Testbed, cluster: str, name: str, old: list[str] | tuple[()], new: list[str] | tuple[()]
) -> None:
    process = f"{cluster}.{name}"
    spec = bed.processes.spec(process)
    bed.processes.stop([process], grace=3.0)
    bed.processes.start(replace(spec, argv=_with(spec.argv, old, new)))
    deployment = _deployment(bed, cluster, name)
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    changed = {"name": container["name"], "args": _with(container["args"], old, new)}
    patch = json.dumps({"spec": {"template": {"spec": {"containers": [changed]}}}})
    bed.cluster(cluster).kubectl(*_PLACE, "patch", "deployment", name, "-p", patch)
    wait_until(lambda: _is_rolled_out(_deployment(bed, cluster, name)), 30, f"the pod of {name} on {cluster}")


def _with(words: Any, old: Any, new: Any) -> list[str]:
    return [word for word in words if word not in old] + [word for word in new if word not in words]


def _deployment(bed: Testbed, cluster: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = bed.cluster(cluster).get(f"/apis/apps/v1/namespaces/flux-system/deployments/{name}")
    return found


def _is_rolled_out(deployment: dict[str, Any]) -> bool:
    status, wanted = deployment["status"], deployment["spec"]["replicas"]
    counts = {status.get(field, 0) for field in ("replicas", "updatedReplicas", "readyReplicas")}
    return counts == {wanted} and status.get("observedGeneration") == deployment["metadata"]["generation"]
