"""One cluster with a few layers on a branch of their own, to be paused and resumed; the others are only looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.integration.maintenance.branch import Branch, config_maps
from tests.integration.objects import applied, read, wait_for
from tests.integration.playbook import INVENTORY, Ansible, Finished, Json
from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

HOST = "stpetersburg"
SCENE = Path(__file__).with_name("scene")
LAYERS = ("base", "storage", "web", "spare")
# What the label team=storage selects.
STORAGE = ("kustomization/base", "kustomization/storage", "kustomization/spare", "helmrelease/release")
SELECTED = ("window", "flux-system")
REQUESTED = "reconcile.fluxcd.io/requestedAt"
# Everything as a survey sends it: texts only.
START = {
    "maintenance_window_reason": "disk swap",
    "maintenance_window_ticket": "OPS-1423",
    "maintenance_window_until": "4h",
    "maintenance_window_label_selectors": "team=storage\n",
    "maintenance_window_namespaces": "window,flux-system",
    "maintenance_window_timeout": "90",
    "maintenance_window_request_timeout": "20s",
}


@dataclass(frozen=True)
class Ran(Finished):
    """One run of a playbook, with the reports it left."""

    folder: Path

    @cached_property
    def files(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in sorted(self.folder.iterdir())}

    def report(self, name: str) -> str:
        """A page by the end of its name: CHG-7-start-stpetersburg."""
        return self.files[f"flux-maintenance-{name}.md"]


@dataclass(frozen=True)
class Window:
    """Somebody with a change to make."""

    bed: Bed
    ansible: Ansible
    cluster: Cluster
    branch: Branch

    def play(
        self,
        name: str,
        folder: Path,
        extra: dict[str, str],
        *arguments: str,
        limit: str = HOST,
        env: dict[str, str] | None = None,
    ) -> Ran:
        done = self.ansible.run("ansible-playbook", *self.command(name, folder, extra, limit), *arguments, env=env)
        return Ran(**vars(done), folder=folder)

    @staticmethod
    def command(name: str, folder: Path, extra: dict[str, str], limit: str = HOST) -> list[str]:
        role = "suspensions" if name == "suspensions" else "maintenance_window"
        variables = {f"{role}_report_dir": str(folder)} | extra
        return [f"gitops.flux.{name}", "-i", str(INVENTORY), "--limit", limit, "-e", json.dumps(variables)]

    def start(self, folder: Path, change: str, *arguments: str, limit: str = HOST, **extra: str) -> Ran:
        variables = START | {"maintenance_window_change": change} | extra
        return self.play("maintenance_start", folder, variables, *arguments, limit=limit)

    def end(
        self, folder: Path, change: str, *arguments: str, limit: str = HOST, env: dict[str, str] | None = None
    ) -> Ran:
        extra = {"maintenance_window_change": change, "maintenance_window_timeout": "90"}
        return self.play("maintenance_end", folder, extra, *arguments, limit=limit, env=env)

    def items(self, *names: str) -> dict[str, Json]:
        """Objects of the namespace `window` by kind/name."""
        return {name: read(self.cluster, name.split("/")[0], "window", name.split("/")[1]) for name in names}

    def paused(self) -> set[str]:
        """Which objects of the namespace are suspended now."""
        kinds = ("kustomizations", "helmreleases", "gitrepositories")
        text = self.cluster.kubectl("get", ",".join(kinds), "-n", "window", "-o", "json")
        items = json.loads(text)["items"]
        return {f"{item['kind'].lower()}/{item['metadata']['name']}" for item in items if item["spec"].get("suspend")}

    def writes(self, since: int, host: str = HOST) -> list[Request]:
        """What was written through the contexts since a mark, in the namespaces these changes select."""
        written = [request for request in self.bed.audit(host, since) if request.is_write]
        return [request for request in written if request.namespace in SELECTED]

    def suspend_by_hand(self, name: str, value: bool = True) -> None:
        kind, _slash, plain = name.partition("/")
        patch = json.dumps({"spec": {"suspend": value or None}})
        self.cluster.kubectl("-n", "window", "patch", kind, plain, "--type=merge", "-p", patch)

    def settled(self) -> None:
        for name in LAYERS:
            wait_for(self.cluster, "kustomization", f"window/{name}", "Ready", "True", 90)
        wait_for(self.cluster, "helmrelease", "window/release", "Ready", "True", 90)


def lasting(item: Json) -> dict[str, Any]:
    """An object without what every write and every run changes: versions, requests and what a run says of itself."""
    metadata = {
        key: value
        for key, value in item["metadata"].items()
        if key not in ("managedFields", "resourceVersion", "generation")
    }
    annotations = {key: value for key, value in metadata.pop("annotations", {}).items() if key != REQUESTED}
    conditions = {row["type"]: (row["status"], row["reason"]) for row in item["status"]["conditions"]}
    kept = ("inventory", "lastAppliedRevision", "lastAttemptedRevision", "artifact", "storageNamespace", "helmChart")
    status = {key: item["status"][key] for key in kept if key in item["status"]}
    return {**item, "metadata": metadata | {"annotations": annotations}, "status": status, "conditions": conditions}


@pytest.fixture(scope="package")
def window(
    bed: Bed, settled: Callable[[], None], ansible: Ansible, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Window]:
    settled()
    cluster = bed.cluster(HOST)
    branch = Branch("window", tmp_path_factory.mktemp("branch"), bed.paths)
    branch.publish(config_maps("first", *LAYERS))
    text = (SCENE / "objects.yaml").read_text().replace("@URL@", bed.values(HOST)["GIT_URL"])
    try:
        with applied(cluster, text):
            found = Window(bed, ansible, cluster, branch)
            found.settled()
            yield found
    finally:
        branch.delete()
    settled()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For the reports of one test."""
    return tmp_path / "reports"


@pytest.fixture(autouse=True)
def nothing_stays_paused(window: Window) -> Iterator[None]:
    """Every test ends as it began, whatever became of it."""
    yield
    left = window.paused()
    for name in left:
        window.suspend_by_hand(name, value=False)
    assert not left, f"the test has left {sorted(left)} paused"
