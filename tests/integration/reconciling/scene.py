"""A namespace of its own with sources nobody fetches unless asked, on a branch that nobody else follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.integration.maintenance.branch import Branch
from tests.integration.objects import read
from tests.integration.playbook import Ansible, Json
from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

HOST = "stpetersburg"
RECONCILE, WAIT = "gitops.flux.flux_reconcile", "gitops.flux.flux_wait"
REQUESTED = "reconcile.fluxcd.io/requestedAt"


@dataclass(frozen=True)
class Scene:
    """Objects to be reconciled. Everything below is about its namespace alone unless told otherwise."""

    bed: Bed
    ansible: Ansible
    cluster: Cluster
    branch: Branch
    namespace: str

    def task(self, module: str, options: Mapping[str, Any]) -> Json:
        selection = {} if {"all", "namespaces", "not_ready"} & set(options) else {"namespaces": [self.namespace]}
        return {module: {"context": f"talos-{HOST}", "timeout": 90, **selection, **options}}

    def reconcile(self, **options: Any) -> Json:
        return self.ansible.tasks([self.task(RECONCILE, options)])[0]

    def reconciles(self, *calls: Mapping[str, Any], **keywords: Any) -> list[Json]:
        """Several calls, one after the other, in one play; keywords go to each task."""
        return self.ansible.tasks([self.task(RECONCILE, options) | keywords for options in calls])

    def wait(self, **options: Any) -> Json:
        return self.ansible.tasks([self.task(WAIT, options)])[0]

    def publish(self, **texts: str) -> str:
        """Folders with a ConfigMap each, which says a text: the revision."""
        files = {f"{name}/all.yaml": config_map(name, self.namespace, text) for name, text in texts.items()}
        return self.revision(self.branch.publish(files))

    def revision(self, commit: str) -> str:
        return f"{self.branch.name}@sha1:{commit}"

    def read(self, resource: str, name: str) -> Json:
        return read(self.cluster, resource, self.namespace, name)

    def fetch(self, name: str = "source") -> None:
        """Somebody else makes a source move."""
        self.bed.reconcile(HOST, "gitrepository", self.namespace, name)

    def mark(self) -> int:
        return self.bed.mark(HOST)

    def patches(self, mark: int) -> list[str]:
        """What was written since a mark, as resource/name, by anybody but Flux and the test bed."""
        return [f"{each.resource}/{each.name}" for each in self.writes(mark)]

    def writes(self, mark: int) -> list[Request]:
        return [each for each in self.bed.audit(HOST, mark) if each.is_write]


def config_map(name: str, namespace: str, text: str) -> str:
    metadata = {"name": name, "namespace": namespace}
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"text": text}})


def git_repository(name: str = "source", **spec: Any) -> Json:
    """@…@ is filled in when the scene is made."""
    whole = {"interval": "24h", "timeout": "20s", "url": "@GIT_URL@", "ref": {"branch": "@BRANCH@"}, **spec}
    return _object("source.toolkit.fluxcd.io/v1", "GitRepository", name, whole)


def kustomization(
    name: str, folder: str = "", *, needs: Sequence[str] = (), source: str = "source", **spec: Any
) -> Json:
    whole = {
        "interval": "24h",
        "retryInterval": "1h",
        "timeout": "30s",
        "path": f"./{folder or name}",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": source},
        "dependsOn": [{"name": other} for other in needs],
        **spec,
    }
    return _object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, whole)


def helm_repository(name: str = "charts", **spec: Any) -> Json:
    return _object(
        "source.toolkit.fluxcd.io/v1", "HelmRepository", name, {"interval": "24h", "url": "@CHARTS_URL@", **spec}
    )


def helm_release(name: str, version: str, **spec: Any) -> Json:
    wanted = {
        "chart": "demo-config",
        "version": version,
        "interval": "24h",
        "sourceRef": {"kind": "HelmRepository", "name": "charts"},
    }
    whole = {"interval": "24h", "timeout": "30s", "chart": {"spec": wanted}, **spec}
    return _object("helm.toolkit.fluxcd.io/v2", "HelmRelease", name, whole)


def _object(api_version: str, kind: str, name: str, spec: Json) -> Json:
    metadata = {"name": name, "namespace": "@NAMESPACE@"}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}


def rows(result: Json) -> dict[str, Json]:
    """By name, and by kind and name where a name stands twice."""
    found = {f"{row['kind']}/{row['name']}": row for row in result["verdicts"]}
    return found | {row["name"]: row for row in result["verdicts"]}


def verdicts(result: Json) -> dict[str, str | None]:
    return {row["name"]: row["verdict"] for row in result["verdicts"]}
