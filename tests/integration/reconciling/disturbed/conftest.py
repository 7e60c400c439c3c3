"""A set of objects that can be held in the middle of a run, and flux_reconcile running beside the test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.objects import applied
from tests.integration.playbook import Ansible, Json
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.readiness import condition_of, wait_until

CLUSTER = "stpetersburg"
NAMESPACE = "disturbed"
FOLDER = "disturbed"
GROUPS = {"kustomization": "kustomize.toolkit.fluxcd.io", "gitrepository": "source.toolkit.fluxcd.io"}
PLURALS = {"kustomization": "kustomizations", "gitrepository": "gitrepositories"}
SOURCE = """\
apiVersion: v1
kind: Namespace
metadata: {name: disturbed}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: source, namespace: disturbed}
spec: {interval: 24h, url: "@URL@", ref: {branch: main}}
"""


@dataclass(frozen=True)
class Scene:
    """One namespace with a source nobody fetches but us."""

    bed: Bed
    cluster: Cluster
    ansible: Ansible

    def commit(self, folder: str, text: str) -> str:
        """Publishes one manifest as the whole content of a folder: the commit."""
        return self.bed.commit({f"{FOLDER}/{folder}/manifest.yaml": text}, f"{folder} changes")

    def fetch(self, commit: str) -> None:
        """The source has a commit."""
        self.bed.reconcile(self.cluster.name, "gitrepository", NAMESPACE, "source")

        def has_it() -> bool:
            return commit in self.read("source", "gitrepository")["status"].get("artifact", {}).get("revision", "")

        wait_until(has_it, 30, f"commit {commit}", every=0.1)

    @contextmanager
    def kustomizations(self, *manifests: str) -> Iterator[None]:
        with applied(self.cluster, "---\n".join(manifests)):
            yield

    def wait_for(self, name: str, **expected: str) -> None:
        """Until conditions of a Kustomization have these statuses."""

        def is_so() -> bool:
            item = self.read(name)
            return all(condition_of(item, kind).get("status") == status for kind, status in expected.items())

        wait_until(is_so, 60, f"Kustomization {name} with {expected}", every=0.1)

    def wait_asked(self, name: str, kind: str = "kustomization") -> None:
        """Until the request has reached an object."""
        wait_until(
            lambda: "reconcile.fluxcd.io/requestedAt" in self.read(name, kind)["metadata"].get("annotations", {}),
            90,
            f"a request to {name}",
            every=0.05,
        )

    def read(self, name: str, kind: str = "kustomization") -> Json:
        """Without a process of its own, so that it can be asked often."""
        found: Json = self.cluster.get(f"/apis/{GROUPS[kind]}/v1/namespaces/{NAMESPACE}/{PLURALS[kind]}/{name}")
        return found

    def patch(self, name: str, patch: Json, *options: str, manager: str = "somebody") -> None:
        told = ("--type=merge", f"--field-manager={manager}", "-p", json.dumps(patch), *options)
        self.cluster.kubectl("-n", NAMESPACE, "patch", "kustomization", name, *told)

    def open_gate(self, name: str = "gate") -> None:
        self.cluster.kubectl("-n", NAMESPACE, "create", "configmap", name)

    def close_gate(self, name: str = "gate") -> None:
        self.cluster.kubectl("-n", NAMESPACE, "delete", "configmap", name, "--ignore-not-found")

    @contextmanager
    def reconciling(self, **options: Any) -> Iterator[Future[Json]]:
        """flux_reconcile, beside what the test does meanwhile."""
        given = {
            "kubeconfig": str(self.bed.kubeconfig),
            "context": self.cluster.context,
            "namespaces": [NAMESPACE],
            "timeout": 60,
        } | options
        with ThreadPoolExecutor(max_workers=1) as pool:
            yield pool.submit(lambda: self.ansible.tasks([{"gitops.flux.flux_reconcile": given}])[0])

    def reconcile(self, **options: Any) -> Json:
        with self.reconciling(**options) as running:
            return running.result()


def kustomization(name: str, folder: str = "plain", **spec: Any) -> str:
    """A Kustomization of the scene. Retries far apart, so that whatever happens soon was asked for."""
    whole = {
        "interval": "24h",
        "retryInterval": "24h",
        "timeout": "30s",
        "path": f"./{FOLDER}/{folder}",
        "prune": True,
        "targetNamespace": NAMESPACE,
        "sourceRef": {"kind": "GitRepository", "name": "source"},
        **spec,
    }
    metadata = {"name": name, "namespace": NAMESPACE}
    given = {key: value for key, value in whole.items() if value is not None}
    item = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": metadata,
        "spec": given,
    }
    return json.dumps(item) + "\n"


def held(name: str, gate: str = "gate", **spec: Any) -> str:
    """One whose run does not end before a ConfigMap is there."""
    check = {"apiVersion": "v1", "kind": "ConfigMap", "name": gate, "namespace": NAMESPACE}
    return kustomization(name, name, healthChecks=[check], **spec)


def config_map(name: str, value: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{value: '{value}'}}\n"


def rows(result: Json) -> dict[str, Json]:
    """The rows of a result by name."""
    return {row["name"]: row for row in result["verdicts"]}


def verdicts(result: Json) -> dict[str, str | None]:
    return {row["name"]: row["verdict"] for row in result["verdicts"]}


@pytest.fixture(scope="module")
def scene(bed: Bed, ansible: Ansible) -> Iterator[Scene]:
    cluster = bed.cluster(CLUSTER)
    scene = Scene(bed, cluster, ansible)
    scene.commit("plain", config_map("plain", str(time.time_ns())))
    with applied(cluster, SOURCE.replace("@URL@", bed.values(CLUSTER)["GIT_URL"])):
        yield scene
    bed.restore_fleet()


@pytest.fixture
def moved(scene: Scene) -> Callable[[str], str]:
    """Publishes a folder with something new in it."""

    def move(folder: str) -> str:
        return scene.commit(folder, config_map(folder, str(time.time_ns())))

    return move


@pytest.fixture
def fetched(scene: Scene, moved: Callable[[str], str]) -> None:
    """The folder of `slow` is at the source already: a run finds nothing new and has to ask."""
    scene.fetch(moved("slow"))
