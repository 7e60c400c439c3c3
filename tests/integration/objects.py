"""Objects that a test puts on a cluster for a while."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.testbed.cluster import Cluster, documents
from tests.testbed.readiness import condition_of, wait_until
from tests.testbed.undoing import delete_objects


@contextmanager
def applied(cluster: Cluster, manifests: str) -> Iterator[None]:
    """YAML documents, in the order they need each other; they are gone afterwards, whatever held on to them."""
    try:
        cluster.apply(manifests)
        yield
    finally:
        delete_objects(cluster, list(documents(manifests)))


def wait_for(cluster: Cluster, resource: str, name: str, condition: str, status: str, seconds: float = 60) -> None:
    """Until a condition of namespace/name has a status, and speaks of the present generation."""
    namespace, _slash, plain = name.partition("/")

    def is_so() -> bool:
        item = read(cluster, resource, namespace, plain)
        found = condition_of(item, condition)
        current = found.get("observedGeneration", item["metadata"]["generation"]) == item["metadata"]["generation"]
        return found.get("status") == status and current

    wait_until(is_so, seconds, f"{resource} {name} with {condition}={status}")


def read(cluster: Cluster, resource: str, namespace: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cluster.kubectl("get", resource, name, "-n", namespace, "-o", "json"))
    return found
