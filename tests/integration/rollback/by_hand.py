"""What somebody types at night without us: helm, flux and kubectl, as the test bed itself, so that it is no trace."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import Any

import yaml

from tests.integration.rollback.cases import Placed
from tests.integration.rollback.scene import Scene


@dataclass(frozen=True)
class Typed:
    """A command that has ended."""

    rc: int
    text: str


@dataclass(frozen=True)
class Hand:
    """Types into a terminal of the cluster of a scene."""

    scene: Scene

    def types(self, program: str, *arguments: str, stdin: str | None = None) -> Typed:
        command = [str(self.scene.bed.paths.bin / program), *arguments]
        done = subprocess.run(
            [*command, "--kubeconfig", str(self.scene.cluster.kubeconfig("testbed"))],
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.scene.ansible.home)},
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Typed(done.returncode, done.stdout + done.stderr)

    def suspends(self, placed: Placed) -> Typed:
        return self.types("flux", "suspend", "helmrelease", placed.case.name, "-n", placed.namespace)

    def resumes(self, placed: Placed) -> Typed:
        return self.types("flux", "resume", "helmrelease", placed.case.name, "-n", placed.namespace)

    def history(self, placed: Placed) -> list[str]:
        """The statuses of the revisions, oldest first."""
        said = self.types("helm", "history", placed.release, "-n", placed.storage_namespace, "-o", "yaml").text
        return [str(row["status"]) for row in yaml.safe_load(said)]

    def rolls_back(self, placed: Placed, *options: str, helm: str = "helm") -> Typed:
        """To revision 1, where the storage is: nothing else is known to whoever reads helm history."""
        return self.types(helm, "rollback", placed.release, "1", "-n", placed.storage_namespace, *options)

    def compares(self, placed: Placed, manager: str) -> str:
        """What a server-side dry run of the newest revision as a manager would change; empty: nothing."""
        stored = self.scene.storage(placed.storage_namespace, placed.release)
        items = [item for item in yaml.safe_load_all(stored[max(stored)]["manifest"]) if item]
        dressed = yaml.safe_dump_all([_dressed(item, placed) for item in items])
        options = ("--server-side", "--force-conflicts", "--field-manager", manager, "-f", "-")
        return self.types("kubectl", "diff", "-n", placed.release_namespace, *options, stdin=dressed).text


def _dressed(item: dict[str, Any], placed: Placed) -> dict[str, Any]:
    """As Helm applies it."""
    metadata = item["metadata"]
    metadata.setdefault("labels", {})["app.kubernetes.io/managed-by"] = "Helm"
    metadata.setdefault("annotations", {}).update(
        {
            "meta.helm.sh/release-name": placed.release,
            "meta.helm.sh/release-namespace": placed.release_namespace,
        }
    )
    return item
