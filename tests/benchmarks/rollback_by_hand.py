"""The safe sequence of an emergency rollback as a script of kubectl and helm, for a release in one namespace."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from typing import Any

import yaml

from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

from .timing import Run

TARGET = "1"
CONTROLLER, HELM = "helm-controller", "helm"
Json = dict[str, Any]


def rolled_back_by_hand(bed: Bed, cluster: Cluster, namespace: str, name: str) -> Run:
    """Suspend behind the barrier, rename, roll back, rename back, and compare as helm-controller."""
    began = time.monotonic()
    script = _Script(bed, cluster, namespace, name)
    script.suspend()
    kept = script.manifest(TARGET)
    objects = [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in yaml.safe_load_all(kept) if item]
    script.rename(objects, CONTROLLER, HELM)
    script.types("helm", "rollback", name, TARGET, "--history-max", "0", "--force-conflicts")
    script.rename(objects, HELM, CONTROLLER)
    script.compare(kept)
    return Run(time.monotonic() - began, 0.0, 0.0, 0)


class Refused(RuntimeError):
    """A command has failed."""


@dataclass(frozen=True)
class _Script:
    bed: Bed
    cluster: Cluster
    namespace: str
    name: str

    def types(self, program: str, *arguments: str, stdin: str = "") -> str:
        """One command; it has to succeed."""
        where = ("--kubeconfig", str(self.cluster.kubeconfig("testbed")), "--namespace", self.namespace)
        command = [str(self.bed.paths.bin / program), *arguments, *where]
        env = {"PATH": os.defpath, "HOME": str(self.bed.paths.run)}
        done = subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refused(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout

    def suspend(self) -> None:
        """Until helm-controller has acknowledged that."""
        token = f"hand-{time.time_ns()}"
        notes = {"reconcile.fluxcd.io/requestedAt": token}
        patch = json.dumps({"spec": {"suspend": True}, "metadata": {"annotations": notes}})
        self.types("kubectl", "patch", "helmrelease", self.name, "--type=merge", "-p", patch)
        path = "jsonpath={.status.lastHandledReconcileAt}"
        while self.types("kubectl", "get", "helmrelease", self.name, "-o", path) != token:
            time.sleep(0.1)

    def manifest(self, revision: str) -> str:
        return self.types("helm", "get", "manifest", self.name, "--revision", revision)

    def rename(self, objects: list[str], giver: str, taker: str) -> None:
        """The manager of each object's fields; again where its own controller has written in between."""
        left = objects
        while left:
            listed = json.loads(self.types("kubectl", "get", *left, "-o", "json", "--show-managed-fields"))
            left = [name for item in listed.get("items", [listed]) if (name := self._renamed(item, giver, taker))]

    def _renamed(self, item: Json, giver: str, taker: str) -> str | None:
        """Its name when it has to be done again."""
        entries = item["metadata"]["managedFields"]
        for entry in entries:
            if (entry["manager"], entry["operation"]) == (giver, "Apply") and not entry.get("subresource"):
                entry["manager"] = taker
        patch = [
            {"op": "test", "path": "/metadata/resourceVersion", "value": item["metadata"]["resourceVersion"]},
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
        ]
        name = f"{item['kind'].lower()}/{item['metadata']['name']}"
        try:
            self.types("kubectl", "patch", name, "--type=json", "-p", json.dumps(patch))
        except Refused:
            return name
        return None

    def compare(self, manifest: str) -> None:
        """A dry run as helm-controller changes nothing; kubectl diff fails where it does."""
        items = [self._dressed(item) for item in yaml.safe_load_all(manifest) if item]
        options = ("--server-side", "--force-conflicts", "--field-manager", CONTROLLER, "-f", "-")
        self.types("kubectl", "diff", *options, stdin=yaml.safe_dump_all(items))

    def _dressed(self, item: Json) -> Json:
        """As Helm applies it."""
        metadata = item["metadata"]
        metadata.setdefault("labels", {})["app.kubernetes.io/managed-by"] = "Helm"
        notes = {"meta.helm.sh/release-name": self.name, "meta.helm.sh/release-namespace": self.namespace}
        metadata.setdefault("annotations", {}).update(notes)
        return item
