"""Ottawa with objects worth a story; the other clusters stay as they are."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.integration.objects import wait_for
from tests.integration.playbook import INVENTORY, Ansible, Finished, Json
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster, documents
from tests.testbed.readiness import wait_until
from tests.testbed.undoing import delete_objects

SCENE = Path(__file__).with_name("scene")
MARKER = f"planted{secrets.token_hex(12)}"
BAD_VALUES = '{"spec":{"values":{"replicas":"-1"}}}'
# What the container of the crashing pods says: the run that ends, and the one before.
LOG = f"starting\nconnecting to postgres://app:{MARKER}@db/app\npassword={MARKER}\nfatal: no such table\n"
KEY = f"-----BEGIN PRIVATE KEY-----\n{MARKER}\n-----END PRIVATE KEY-----\n"
ENDED = {"exitCode": 3, "reason": "Error", "message": f"token: {MARKER}"}
CRASHES = {
    "containerStatuses": [
        {
            "name": "app",
            "image": "example.invalid/app:1.0",
            "imageID": "",
            "ready": False,
            "started": False,
            "restartCount": 4,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}},
            "lastState": {"terminated": ENDED},
        }
    ],
    "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "not ready: [app]"}],
}


@dataclass(frozen=True)
class Explained(Finished):
    """One run of the playbook, with what it left."""

    folder: Path

    def story(self, name: str) -> Json:
        """The JSON by the end of its file name: ottawa-kustomization-apps-web."""
        found: Json = json.loads((self.folder / f"flux-explain-{name}.json").read_text())
        return found

    def report(self, name: str) -> str:
        return (self.folder / f"flux-explain-{name}.md").read_text()

    @cached_property
    def files(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in sorted(self.folder.iterdir())}


Explain = Callable[..., Explained]


@pytest.fixture(scope="session")
def explain(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Explain:
    """Runs the playbook for kind, namespace and name; further words are arguments, settings are explain_* variables."""

    def run(
        kind: str, namespace: str, name: str, *arguments: str, env: dict[str, str] | None = None, **settings: Any
    ) -> Explained:
        folder = tmp_path_factory.mktemp("stories")
        meant = {"kind": kind, "namespace": namespace, "name": name, "report_dir": str(folder)}
        extra = {f"explain_{key}": value for key, value in {**meant, **settings}.items()}
        command = ["gitops.flux.explain", "-i", str(INVENTORY), "-e", json.dumps(extra), *arguments]
        return Explained(**vars(ansible.run("ansible-playbook", *command, env=env)), folder=folder)

    return run


@pytest.fixture(scope="package")
def ottawa(bed: Bed, settled: Callable[[], None]) -> Iterator[Cluster]:
    settled()
    cluster = bed.cluster("ottawa")
    objects = (SCENE / "objects.yaml").read_text().replace("@MARKER@", MARKER)
    workloads = (SCENE / "never-ready.yaml").read_text().replace("@MARKER@", "hidden")
    try:
        bed.commit({"explain/never-ready/all.yaml": workloads}, "Something to explain")
        cluster.apply(objects)
        with _logs(bed):
            _break(cluster)
            yield cluster
    finally:
        delete_objects(cluster, list(documents(objects)))
        bed.repository.remove("explain")
        bed.repository.publish("Nothing to explain any more")
        settled()


@contextmanager
def _logs(bed: Bed) -> Iterator[None]:
    """What the endpoint of the nodes hands out for the pods of the Deployment `crashing`."""
    files = {"ottawa.crashing.log": LOG, "ottawa.crashing.previous.log": KEY + LOG.replace("table", "column")}
    try:
        for name, text in files.items():
            (bed.paths.logs / name).write_text(text)
        yield
    finally:
        for name in files:
            (bed.paths.logs / name).unlink(missing_ok=True)


def _break(cluster: Cluster) -> None:
    """What only breaks once it is there."""
    release = "explained/out-of-retries"
    wait_for(cluster, "helmrelease", release, "Ready", "True")
    cluster.kubectl("-n", "explained", "patch", "helmrelease", "out-of-retries", "--type=merge", "-p", BAD_VALUES)
    wait_until(lambda: bool(_pods(cluster)), 60, "the pods of the Deployment crashing")
    _crash(cluster)
    wait_for(cluster, "kustomization", "explained/never-ready", "Ready", "False")
    wait_for(cluster, "helmrelease", release, "Stalled", "True")
    wait_for(cluster, "kustomization", "explained/waits", "Ready", "False")


def _pods(cluster: Cluster) -> list[str]:
    command = ("-n", "explained", "get", "pods", "-l", "app=crashing", "--field-selector", "status.phase=Running")
    return cluster.kubectl(*command, "-o", "name").split()


def _crash(cluster: Cluster) -> None:
    """A node here only ever starts pods, so their end is written into their status."""
    patch = json.dumps({"status": CRASHES})
    for pod in _pods(cluster):
        cluster.kubectl("-n", "explained", "patch", pod, "--subresource=status", "--type=merge", "-p", patch)
