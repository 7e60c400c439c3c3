"""Ottawa with objects of its own that only move when they are asked to; the other clusters stay as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.objects import applied, wait_for
from tests.integration.playbook import INVENTORY, Ansible, Finished
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

SCENE = Path(__file__).with_name("scene")
PLAYBOOK = "gitops.flux.reconcile_all"
BROKEN = yaml.safe_dump({"kind": "Kustomization", "resources": ["configmap.yaml", "not-committed.yaml"]})


@dataclass(frozen=True)
class Reconciled(Finished):
    """One run of the playbook, with what it left."""

    folder: Path

    def report(self, name: str) -> str:
        return (self.folder / f"flux-reconcile-{name}.md").read_text()

    def title(self, name: str) -> str:
        return self.report(name).splitlines()[0]

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    @property
    def stats(self) -> dict[str, Any]:
        """What set_stats handed on, as ansible prints it at the end of a play when asked to."""
        text = self.stdout.partition("CUSTOM STATS:")[2]
        found: dict[str, Any] = json.loads(text[text.index("{") : text.rindex("}") + 1])
        return found["gitops_flux_reconcile"] if "gitops_flux_reconcile" in found else next(iter(found.values()))


Reconcile = Callable[..., Reconciled]


@pytest.fixture(scope="session")
def reconcile(ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Reconcile:
    """Runs the playbook; words are its arguments, settings are reconcile_all_* variables as a survey sends them."""

    def run(
        *arguments: str, inventory: Path = INVENTORY, env: dict[str, str] | None = None, **settings: str
    ) -> Reconciled:
        folder = tmp_path_factory.mktemp("reconciled")
        variables = {f"reconcile_all_{key}": value for key, value in {"report_dir": str(folder), **settings}.items()}
        command = [PLAYBOOK, "-i", str(inventory), "-e", json.dumps(variables), *arguments]
        shown = {"ANSIBLE_SHOW_CUSTOM_STATS": "true", **(env or {})}
        return Reconciled(**vars(ansible.run("ansible-playbook", *command, env=shown)), folder=folder)

    return run


class Tree:
    """The folder of the scene in the fleet's repository."""

    def __init__(self, bed: Bed) -> None:
        self._bed = bed

    def write(self, message: str, **files: str | None) -> str:
        """Publishes a ConfigMap with this word for each folder, its kustomization.yaml with text: the commit."""
        for folder, text in files.items():
            self._bed.repository.remove_file(f"acting/{folder}/kustomization.yaml")
            made = {f"acting/{folder}/configmap.yaml": _configmap(folder, message)}
            made |= {f"acting/{folder}/kustomization.yaml": text} if text else {}
            self._bed.repository.write(made)
        return self._bed.repository.publish(message)

    def add(self, name: str, text: str, message: str) -> str:
        self._bed.repository.write({f"acting/{name}": text})
        return self._bed.repository.publish(message)

    def remove(self, name: str, message: str) -> str:
        self._bed.repository.remove_file(f"acting/{name}")
        return self._bed.repository.publish(message)


def _configmap(name: str, word: str) -> str:
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "acting"}}
    return yaml.safe_dump(item | {"data": {"is": word}})


@pytest.fixture(scope="package")
def tree(bed: Bed) -> Iterator[Tree]:
    try:
        yield Tree(bed)
    finally:
        bed.repository.remove("acting")
        bed.repository.publish("Nothing to act on any more")


@pytest.fixture(scope="package")
def ottawa(bed: Bed, tree: Tree, settled: Callable[[], None]) -> Iterator[Cluster]:
    """With the scene on it; every test leaves it well."""
    tree.write("the first", base=None, leaf=None, parent=None)
    settled()
    cluster = bed.cluster("ottawa")
    with applied(cluster, (SCENE / "objects.yaml").read_text().replace("@GIT_URL@", bed.values("ottawa")["GIT_URL"])):
        for name in ("base", "leaf", "parent"):
            wait_for(cluster, "kustomization", f"acting/{name}", "Ready", "True")
        yield cluster
    settled()


@pytest.fixture
def paused(ottawa: Cluster) -> Iterator[Cluster]:
    """Ottawa with something suspended. Only for a test: what is suspended is never settled."""
    with applied(ottawa, (SCENE / "paused.yaml").read_text()):
        yield ottawa
