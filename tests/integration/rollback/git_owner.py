"""Releases that stand in Git: each in a folder of its own, applied by a Kustomization in another namespace."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import yaml

from tests.integration.maintenance.branch import Branch
from tests.integration.objects import read
from tests.integration.playbook import Json
from tests.integration.rollback.scene import CHART, REPOSITORY, Scene

FLUX = "gitops.flux/"
FREEZE = "kustomize.toolkit.fluxcd.io/reconcile"


@dataclass(frozen=True)
class Git:
    """namespace: of the GitRepository and the Kustomizations."""

    scene: Scene
    branch: Branch
    namespace: str

    def follow(self, *names: str) -> None:
        """A Kustomization for each folder; wait: for the health of what it applies."""
        spec: Json = {
            "interval": "1h",
            "url": self.scene.bed.values(self.scene.cluster.name)["GIT_URL"],
            "ref": {"branch": self.branch.name},
        }
        objects = [_object("source.toolkit.fluxcd.io/v1", "GitRepository", self.namespace, "git", spec)]
        for name in names:
            source = {"kind": "GitRepository", "name": "git"}
            spec = {"interval": "1h", "path": f"./{name}", "prune": True, "sourceRef": source, "timeout": "20s"}
            spec |= {"wait": True} if name.startswith("waiting") else {}
            objects.append(_object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", self.namespace, name, spec))
        self.scene.cluster.apply(yaml.safe_dump_all(objects))

    def commit(self, *items: Json) -> None:
        """Each object into the folder of its name; what else is there stays. Nobody is told."""
        folders: dict[str, list[Json]] = {}
        for item in items:
            folders.setdefault(item["metadata"]["name"].partition(".")[0], []).append(item)
        self.branch.publish({f"{name}/all.yaml": yaml.safe_dump_all(found) for name, found in folders.items()})

    def fetch(self) -> None:
        """Has the newest commit fetched; who follows it applies it by itself."""
        self.scene.bed.reconcile(self.scene.cluster.name, "gitrepository", self.namespace, "git")

    def apply_again(self, name: str) -> None:
        """Has a Kustomization apply everything once more, and waits for its end."""
        token = f"test-{time.time_ns()}"
        patch = json.dumps({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}})
        self.scene.cluster.kubectl("-n", self.namespace, "patch", "kustomization", name, "--type=merge", "-p", patch)

        def is_handled() -> bool:
            item = read(self.scene.cluster, "kustomization", self.namespace, name)
            return bool(item["status"].get("lastHandledReconcileAt") == token)

        self.scene.bed.wait(is_handled, 60, f"another run of {name}")


def release(namespace: str, name: str, version: str, **spec: object) -> Json:
    chart = {"chart": CHART, "version": version, "sourceRef": {"kind": "HelmRepository", "name": REPOSITORY}}
    found: Json = {"interval": "1h", "chart": {"spec": chart}, **spec}
    found = {key: value for key, value in found.items() if value is not None}
    return _object("helm.toolkit.fluxcd.io/v2", "HelmRelease", namespace, name, found)


def held_values(kind: str, namespace: str, name: str, text: str, *, watched: bool) -> Json:
    """A ConfigMap or Secret with values. watched: helm-controller acts as soon as it changes.

    Then a commit that changes the release as well may make two revisions: helm-controller may be
    quicker than kustomize-controller, which applies the values first.
    """
    part = {"stringData" if kind == "Secret" else "data": {"values.yaml": text}}
    labels = {"reconcile.fluxcd.io/watch": "Enabled"} if watched else {}
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **part}


def traces(item: Json) -> list[str]:
    """The annotations by which a rollback is known."""
    return [key for key in item["metadata"].get("annotations", {}) if key.startswith(FLUX) or key == FREEZE]


def spec_owners(item: Json) -> set[tuple[str, str]]:
    """Who owns a part of the spec, and which."""
    entries = [entry for entry in item["metadata"]["managedFields"] if "f:spec" in entry["fieldsV1"]]
    return {
        (entry["manager"], path)
        for entry in entries
        for path in _leaves(entry["fieldsV1"]["f:spec"])
        if path != "suspend"
    }


def _leaves(fields: Json, path: str = "") -> list[str]:
    if not fields:
        return [path]
    return [
        leaf
        for key, inner in fields.items()
        if key != "."
        for leaf in _leaves(inner, f"{path}.{key.removeprefix('f:')}".lstrip("."))
    ]


def _object(api_version: str, kind: str, namespace: str, name: str, spec: object) -> Json:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec}
