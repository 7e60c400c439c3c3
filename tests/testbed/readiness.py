"""Is everything Flux does on a cluster done and well?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .cluster import Cluster
from .errors import TestbedError
from .progress import say

_KINDS = (
    ("source.toolkit.fluxcd.io/v1", "gitrepositories"),
    ("source.toolkit.fluxcd.io/v1", "helmrepositories"),
    ("source.toolkit.fluxcd.io/v1", "helmcharts"),
    ("kustomize.toolkit.fluxcd.io/v1", "kustomizations"),
    ("helm.toolkit.fluxcd.io/v2", "helmreleases"),
    ("apps/v1", "deployments"),
)
# Made by Flux from the seed; until they are there, "everything is ready" says nothing.
_EXPECTED = {"Kustomization flux-system/apps", "HelmRelease apps/web", "HelmRelease monitoring/dashboards"}


def wait_until(condition: Callable[[], bool], seconds: float, what: str, every: float = 0.25) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TestbedError(f"{what}: not within {seconds:.0f} s")
        time.sleep(every)


def condition_of(item: dict[str, Any], name: str) -> dict[str, Any]:
    conditions = item.get("status", {}).get("conditions", [])
    return next((condition for condition in conditions if condition["type"] == name), {})


def not_ready(cluster: Cluster) -> list[str]:
    """A line for each object that is not ready, and for each one that is missing."""
    items = [
        item | {"kind": plural} for group, plural in _KINDS for item in cluster.get(f"/apis/{group}/{plural}")["items"]
    ]
    names = {f"{_singular(item['kind'])} {item['metadata']['namespace']}/{item['metadata']['name']}" for item in items}
    missing = [f"{name} is missing" for name in sorted(_EXPECTED - names)]
    return missing + [line for item in items if (line := _complaint(item))]


def deployments_ready(cluster: Cluster) -> bool:
    """There are some, and each has its pods."""
    items = cluster.get("/apis/apps/v1/deployments")["items"]
    return bool(items) and not any(_complaint(item | {"kind": "deployments"}) for item in items)


def wait_ready(cluster: Cluster, check: Callable[[], None], seconds: float = 240.0) -> None:
    """Waits, saying what for; `check` may raise to end it early."""
    begun = said = time.monotonic()
    while complaints := _complaints(cluster):
        check()
        now = time.monotonic()
        if now - begun > seconds:
            lines = "\n  ".join(complaints)
            raise TestbedError(f"{cluster.name} is not ready after {seconds:.0f} s:\n  {lines}")
        if now - said > 10:
            said = now
            say(f"{cluster.name}: {len(complaints)} not ready yet, e.g. {complaints[0]}")
        time.sleep(0.4)


def _complaints(cluster: Cluster) -> list[str]:
    """A server that has just started turns requests away for a moment (429)."""
    try:
        return not_ready(cluster)
    except OSError as error:
        return [f"its API server: {error}"]


def _complaint(item: dict[str, Any]) -> str | None:
    name = f"{_singular(item['kind'])} {item['metadata']['namespace']}/{item['metadata']['name']}"
    if item["kind"] == "deployments":
        ready = item.get("status", {}).get("readyReplicas", 0) == item["spec"]["replicas"]
        return None if ready else f"{name} has no ready pod"
    if item["kind"] == "helmrepositories" and item["spec"].get("type") == "oci":
        return None
    ready_condition = condition_of(item, "Ready")
    current = item.get("status", {}).get("observedGeneration") == item["metadata"]["generation"]
    if ready_condition.get("status") == "True" and current:
        return None
    return f"{name}: {ready_condition.get('message') or 'not seen by its controller yet'}"


def _singular(plural: str) -> str:
    return {
        "gitrepositories": "GitRepository",
        "helmrepositories": "HelmRepository",
        "helmcharts": "HelmChart",
        "kustomizations": "Kustomization",
        "helmreleases": "HelmRelease",
        "deployments": "Deployment",
    }[plural]
