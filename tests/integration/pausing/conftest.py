"""One cluster with one object of every kind to pause, and a Kustomization with children of all sorts in Git."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.objects import applied, read, wait_for
from tests.integration.playbook import Ansible, Json
from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

HOST = "robbinsdale"
OBJECTS = Path(__file__).with_name("objects.yaml")
CHILD = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: pausing-owned}
spec: {%s interval: 1h, path: ./pausing/plain, prune: false, sourceRef: {kind: GitRepository, name: git}}
"""
CHILDREN = {
    "first": "",
    "second": "dependsOn: [{name: first}],",
    "third": "dependsOn: [{name: second}],",
    # Git has an opinion about being suspended.
    "declared": "suspend: false,",
}
REPOSITORY = {
    "pausing/plain/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: paused-or-not, namespace: pausing}\n",
    **{f"pausing/parent/{name}.yaml": CHILD % (name, more) for name, more in CHILDREN.items()},
    "pausing/other/resting.yaml": CHILD % ("resting", "suspend: true,"),
}


@dataclass(frozen=True)
class Desk:
    """Somebody who pauses and resumes on one cluster."""

    bed: Bed
    ansible: Ansible
    cluster: Cluster

    def run(self, *calls: Json, env: dict[str, str] | None = None) -> list[Json]:
        """The results of several flux_suspend tasks. _check and _diff are the task's own."""
        where = {"kubeconfig": str(self.bed.kubeconfig), "context": self.cluster.context}
        return self.ansible.tasks([_task(where | call) for call in calls], env=env)

    def suspend(self, **options: Any) -> Json:
        return self.run({"state": "suspended", "reason": "disk swap"} | options)[0]

    def resume(self, **options: Any) -> Json:
        return self.run({"state": "resumed"} | options)[0]

    def read(self, kind: str, name: str, namespace: str = "pausing") -> Json:
        return read(self.cluster, kind.lower(), namespace, name)

    def is_suspended(self, name: str, namespace: str = "pausing-owned") -> bool:
        """Of a Kustomization."""
        return bool(self.read("Kustomization", name, namespace)["spec"].get("suspend"))

    def writes(self, since: int) -> list[Request]:
        """What was written through the contexts since a mark."""
        return [request for request in self.bed.audit(HOST, since) if request.is_write]

    def reconciled(self, name: str, namespace: str = "pausing-owned") -> None:
        """Has a Kustomization run once more, and waits for its end."""
        token = f"test-{time.time_ns()}"
        patch = f'{{"metadata":{{"annotations":{{"reconcile.fluxcd.io/requestedAt":"{token}"}}}}}}'
        self.patch("kustomization", name, patch, "test", namespace)
        self.bed.wait(lambda: _handled(self.read("Kustomization", name, namespace)) == token, 60, f"a run of {name}")

    def reset(self) -> None:
        """As they were, all Kustomizations but what Git itself suspends; not by what is tested here."""
        items = json.loads(self.cluster.kubectl("get", "kustomizations", "-A", "-o", "json"))["items"]
        for item in items:
            metadata = item["metadata"]
            noted = [key for key in metadata.get("annotations", {}) if "suspended" in key]
            ours = metadata["namespace"].startswith("pausing") and metadata["name"] != "resting"
            if ours and (noted or item["spec"].get("suspend")):
                patch = {"spec": {"suspend": None}, "metadata": {"annotations": dict.fromkeys(noted)}}
                self.patch("kustomization", metadata["name"], json.dumps(patch), "test", metadata["namespace"])

    def patch(self, kind: str, name: str, patch: str, manager: str, namespace: str = "pausing-owned") -> None:
        """As the test bed, under some field manager."""
        self.cluster.kubectl(
            "patch", kind, name, "-n", namespace, "--type=merge", f"--field-manager={manager}", "-p", patch
        )


def _task(call: Json) -> Json:
    own = {key.removeprefix("_"): call.pop(key) for key in ("_check_mode", "_diff", "_vars") if key in call}
    return {"gitops.flux.flux_suspend": call, **own}


def _handled(item: Json) -> str | None:
    handled: str | None = item.get("status", {}).get("lastHandledReconcileAt")
    return handled


@pytest.fixture(scope="package")
def desk(bed: Bed, settled: Callable[[], None], ansible: Ansible) -> Iterator[Desk]:
    settled()
    cluster = bed.cluster(HOST)
    text = OBJECTS.read_text()
    for name, value in bed.values(HOST).items():
        text = text.replace(f"@{name}@", value)
    bed.commit(REPOSITORY, "Something to pause")
    try:
        with applied(cluster, text):
            # The parent waits for its children.
            for name in ("pausing/plain", "pausing-owned/parent", "pausing-owned/other"):
                wait_for(cluster, "kustomization", name, "Ready", "True", 120)
            wait_for(cluster, "helmrelease", "pausing/release", "Ready", "True", 120)
            yield Desk(bed, ansible, cluster)
    finally:
        bed.repository.remove("pausing")
        bed.repository.publish("Nothing to pause any more")
    settled()
