"""Time and peak memory of one module process, at growing numbers of objects with inventories of 50 entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kubernetes

from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

from .timing import Run, measured

GROUP = ("kustomize.toolkit.fluxcd.io", "v1", "default", "kustomizations")
SHA = "main@sha1:" + "a" * 40
# Starts the module as Ansible does, with its parameters on hand.
RUNNER = """
import json, runpy, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": json.loads(sys.argv[1])}).encode()
basic._ANSIBLE_PROFILE = "legacy"
runpy.run_module("ansible_collections.gitops.flux.plugins.modules.flux_info", run_name="__main__")
"""


@contextmanager
def growing_cluster(bed: Bed) -> Iterator[Cluster]:
    """A cluster with the kinds of Flux and no controllers, so that objects stay as they are put."""
    with bed.extra_cluster("scale", crds=True) as cluster:
        yield cluster


def grow(cluster: Cluster, begin: int, end: int) -> None:
    """Puts objects begin to end, with the status a controller would write."""
    client = kubernetes.config.new_client_from_config(str(cluster.kubeconfig("testbed")))
    api = kubernetes.client.CustomObjectsApi(client)

    def put(number: int) -> None:
        body = _object(number)
        api.create_namespaced_custom_object(*GROUP, body)
        api.patch_namespaced_custom_object_status(*GROUP, body["metadata"]["name"], {"status": body["status"]})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(begin, end)))


def module_run(cluster: Cluster) -> Run:
    """One flux_info process that keeps its records in a file, as the health check runs it."""
    with TemporaryDirectory() as folder:
        parameters = {
            "kubeconfig": str(cluster.kubeconfig("testbed")),
            "context": "testbed",
            "gather": ["events", "controllers", "logs", "helm_history", "operator", "settings"],
            "records_path": str(Path(folder, "records.json")),
            "request_timeout": 60,
        }
        run = measured([sys.executable, "-W", "ignore", "-c", RUNNER, json.dumps(parameters)])
    if run.code != 0:
        raise RuntimeError(f"flux_info ended with {run.code}")
    return run


def _object(number: int) -> dict[str, Any]:
    ready = {"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded", "observedGeneration": 1}
    entries = [{"id": f"team-{number}_workload-{entry}_apps_Deployment", "v": "v1"} for entry in range(50)]
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": f"scale-{number:05d}"},
        "spec": {"interval": "10m", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        "status": {
            "observedGeneration": 1,
            "lastAppliedRevision": SHA,
            "conditions": [
                ready | {"message": f"Applied revision: {SHA}", "lastTransitionTime": "2026-01-01T00:00:00Z"}
            ],
            "inventory": {"entries": entries},
        },
    }
