"""Time and peak memory of one module process, at growing numbers of objects with inventories of 50 entries."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

from .timing import Run, measured
from .writing import API_VERSION, applied, put_all

SHA = "main@sha1:" + "a" * 40
# Starts the module as Ansible does, with its parameters on hand.
RUNNER = """
import json, runpy, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": json.loads(sys.argv[1])}).encode()
basic._ANSIBLE_PROFILE = "legacy"
runpy.run_module("ansible_collections.gitops.flux.plugins.modules." + sys.argv[2], run_name="__main__")
"""


@contextmanager
def growing_cluster(bed: Bed) -> Iterator[Cluster]:
    """A cluster with the kinds of Flux and no controllers, so that objects stay as they are put."""
    with bed.extra_cluster("scale", crds=True) as cluster:
        yield cluster


def grow(cluster: Cluster, begin: int, end: int) -> None:
    """Puts objects begin to end."""
    put_all(cluster, "default", [_object(number) for number in range(begin, end)])


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
        run = process_of("flux_info", parameters)
    if run.code != 0:
        raise RuntimeError(f"flux_info ended with {run.code}")
    return run


def process_of(module: str, parameters: dict[str, Any]) -> Run:
    """A module alone, without the Ansible around it."""
    env = os.environ | {"PYTHONPATH": str(Path(sys.prefix, "collections"))}
    return measured([sys.executable, "-W", "ignore", "-c", RUNNER, json.dumps(parameters), module], env)


def _object(number: int) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": "Kustomization",
        "metadata": {"name": f"scale-{number:05d}"},
        "spec": {"interval": "10m", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        "status": applied(SHA, [f"team-{number}_workload-{entry}_apps_Deployment" for entry in range(50)]),
    }
