"""Writes Kustomizations with the status a controller would give them, many at a time."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import kubernetes

from tests.testbed.cluster import Cluster

KIND = ("kustomize.toolkit.fluxcd.io", "v1")
API_VERSION = "/".join(KIND)


def put_all(cluster: Cluster, namespace: str, bodies: Iterable[dict[str, Any]]) -> None:
    """Creates the objects, and writes their status through its subresource."""
    client = kubernetes.config.new_client_from_config(str(cluster.kubeconfig("testbed")))
    client.configuration.connection_pool_maxsize = 8
    api = kubernetes.client.CustomObjectsApi(client)

    def put(body: dict[str, Any]) -> None:
        target = (*KIND, namespace, "kustomizations")
        api.create_namespaced_custom_object(*target, body)
        api.patch_namespaced_custom_object_status(*target, body["metadata"]["name"], {"status": body["status"]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, bodies))


def create_all(cluster: Cluster, kind: tuple[str, str, str], namespace: str, bodies: Iterable[dict[str, Any]]) -> None:
    """Creates objects whose controller is to write their status. kind: group, version and plural."""
    client = kubernetes.config.new_client_from_config(str(cluster.kubeconfig("testbed")))
    client.configuration.connection_pool_maxsize = 8
    create = kubernetes.client.CustomObjectsApi(client).create_namespaced_custom_object
    group, version, plural = kind
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda body: create(group, version, namespace, plural, body), bodies))


def applied(revision: str, entries: Iterable[str] = ()) -> dict[str, Any]:
    """The status after a good run of generation 1. entries: ids for the inventory."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = {"reason": "ReconciliationSucceeded", "message": f"Applied revision: {revision}"}
    ready = {"type": "Ready", "status": "True", "observedGeneration": 1, "lastTransitionTime": now, **message}
    return {
        "observedGeneration": 1,
        "lastAppliedRevision": revision,
        "lastAttemptedRevision": revision,
        "conditions": [ready],
        "inventory": {"entries": [{"id": entry, "v": "v1"} for entry in entries]},
    }
