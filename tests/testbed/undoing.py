"""Takes objects away again, whatever holds on to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from .cluster import Cluster
from .errors import TestbedError
from .readiness import wait_until


def delete_objects(cluster: Cluster, objects: Sequence[dict[str, Any]], seconds: float = 20.0) -> None:
    """Deletes in the reverse order, namespaces last; what is still there after a while loses its finalizers."""
    if not objects:
        return
    namespaces = [item for item in objects if item["kind"] == "Namespace"]
    others = [item for item in objects if item["kind"] != "Namespace"][::-1]
    _delete(cluster, others)
    try:
        wait_until(lambda: not _present(cluster, others), seconds, "deletion")
    except TestbedError:
        for item in _present(cluster, others):
            _strip(cluster, item)
    _delete(cluster, namespaces)
    wait_until(
        lambda: not _present(cluster, namespaces), 60, f"deletion of {[n['metadata']['name'] for n in namespaces]}"
    )


def _delete(cluster: Cluster, objects: Sequence[dict[str, Any]]) -> None:
    if objects:
        cluster.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", "-", stdin=yaml.safe_dump_all(objects))


def _present(cluster: Cluster, objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if not objects:
        return []
    text = cluster.kubectl("get", "--ignore-not-found", "-o", "json", "-f", "-", stdin=yaml.safe_dump_all(objects))
    found = json.loads(text) if text else {}
    return list(found.get("items", [found] if found else []))


def _strip(cluster: Cluster, item: dict[str, Any]) -> None:
    kind, meta = item["kind"], item["metadata"]
    patch = json.dumps({"metadata": {"finalizers": None}})
    where = ("-n", meta["namespace"]) if "namespace" in meta else ()
    cluster.kubectl(*where, "patch", kind, meta["name"], "--type=merge", "-p", patch, check=False)
