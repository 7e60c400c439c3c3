"""Many real Kustomizations on a cluster of the test bed, applied by its kustomize-controller."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tests.testbed.bed import Bed

from .writing import API_VERSION, applied, put_all

NAMESPACE = "benchmark"
WRITTEN = "benchmark/status=written"
FOLDER = {
    "benchmark/kustomization.yaml": "resources: [configmap.yaml]\n",
    "benchmark/configmap.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: payload\ndata: {key: value}\n",
}
SOURCE = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/flux-system"
LIST = f"/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{NAMESPACE}/kustomizations"


@contextmanager
def kustomizations(bed: Bed, numbers: dict[str, int]) -> Iterator[None]:
    """So many Kustomizations on each cluster, all ready; gone again afterwards."""
    bed.commit(FOLDER, "A folder for benchmarks")
    try:
        for cluster in numbers:
            bed.cluster(cluster).kubectl("create", "namespace", NAMESPACE, check=False)
        _put(bed, numbers)
        yield
    finally:
        for cluster in numbers:
            _remove_all(bed, cluster)


def _put(bed: Bed, numbers: dict[str, int]) -> None:
    """Creates them, and waits until all are ready."""
    for cluster, number in numbers.items():
        objects = {"apiVersion": "v1", "kind": "List", "items": [_object(i) for i in range(number)]}
        bed.cluster(cluster).kubectl("apply", "-f", "-", stdin=json.dumps(objects))
    for cluster, number in numbers.items():
        bed.wait(partial(_are_ready, bed, cluster, number), 1200, f"{number} Kustomizations on {cluster}")
    bed.wait_healthy(*numbers)


@contextmanager
def grown(bed: Bed, cluster: str, number: int) -> Iterator[None]:
    """So many on one cluster. Its controller is halted and their status written: applying them would take minutes."""
    source = bed.cluster(cluster).get(SOURCE)
    revision = source["status"]["artifact"]["revision"]
    with bed.fault("controller_hangs", cluster=cluster, name="kustomize-controller"):
        present = len(bed.cluster(cluster).get(LIST, timeout=60)["items"])
        bodies = [_object(i, WRITTEN) | {"status": applied(revision)} for i in range(present, number)]
        put_all(bed.cluster(cluster), NAMESPACE, bodies)
        try:
            yield
        finally:
            # No controller has put a finalizer on them.
            bed.cluster(cluster).kubectl("delete", "--raw", f"{LIST}?labelSelector={WRITTEN}", check=False)


def change_one(bed: Bed, cluster: str) -> None:
    """A change between two runs."""
    patch = json.dumps({"metadata": {"annotations": {"benchmark/changed": str(time.time())}}})
    target = ("kustomization", "benchmark-0000", "-n", NAMESPACE)
    bed.cluster(cluster).kubectl("patch", *target, "--type=merge", "-p", patch)


def _object(number: int, *labels: str) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": "Kustomization",
        "metadata": {
            "name": f"benchmark-{number:04d}",
            "namespace": NAMESPACE,
            "labels": dict(label.split("=") for label in labels),
        },
        "spec": {
            "interval": "1h",
            "path": "./benchmark",
            "prune": False,
            "targetNamespace": NAMESPACE,
            "nameSuffix": f"-{number:04d}",
            "sourceRef": {"kind": "GitRepository", "name": "flux-system", "namespace": "flux-system"},
        },
    }


def _are_ready(bed: Bed, cluster: str, number: int) -> bool:
    items = bed.cluster(cluster).get(LIST, timeout=60)["items"]
    conditions: list[dict[str, str]] = [c for item in items for c in item.get("status", {}).get("conditions", ())]
    return number <= sum(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _remove_all(bed: Bed, cluster: str) -> None:
    bed.cluster(cluster).kubectl("delete", "kustomizations", "--all", "-n", NAMESPACE, "--timeout=600s", check=False)
    bed.cluster(cluster).kubectl("delete", "namespace", NAMESPACE, "--timeout=300s", check=False)
