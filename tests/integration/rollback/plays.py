"""The playbooks of a rollback as somebody at night runs them, with everything as a survey sends it: texts only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.playbook import INVENTORY, Finished, Json
from tests.integration.rollback.scene import Scene


@dataclass(frozen=True)
class Played(Finished):
    """One run of a playbook, and the report it left."""

    page: Path

    @property
    def report(self) -> str:
        return self.page.read_text()

    @property
    def title(self) -> str:
        """What stands behind the name of the HelmRelease in the first line."""
        first = self.report.splitlines()[0]
        return first.partition(" HelmRelease ")[2].partition(" ")[2]

    def section(self, title: str) -> str:
        """A part of the report; empty when there is none."""
        return self.report.partition(f"\n## {title}")[2].partition("\n## ")[0]

    def steps(self) -> list[str]:
        """What was done, in order, by the short names of the steps."""
        rows = self.section("What was done").splitlines()
        return [row.split("|")[2].strip() for row in rows if row.startswith(("| 20", "|    "))]


@dataclass(frozen=True)
class Night:
    """One HelmRelease on the cluster of a scene, and a folder for what is written about it."""

    scene: Scene
    namespace: str
    name: str
    folder: Path

    @property
    def host(self) -> str:
        return self.scene.cluster.name

    def asked(self, **extra: str) -> dict[str, str]:
        given = {
            "namespace": self.namespace,
            "name": self.name,
            "confirm": self.name,
            "reason": "2.1.0 is bad",
            "ticket": "INC-7",
            "until": "12h",
            "revision": "",
            "strategy": "helm",
            "force": "true",
            "allow_delete": "",
            "allow_multiple": "false",
            "helm": self.scene.helm,
            "report_dir": str(self.folder),
        }
        return {f"helm_rollback_{name}": value for name, value in {**given, **extra}.items()}

    def command(self, playbook: str, variables: Mapping[str, object], *arguments: str) -> list[str]:
        where = ("-i", str(INVENTORY), "--limit", self.host)
        return [f"gitops.flux.{playbook}", *where, "-e", json.dumps(dict(variables)), *arguments]

    def play(self, playbook: str, variables: Mapping[str, object], *arguments: str) -> Played:
        done = self.scene.ansible.run("ansible-playbook", *self.command(playbook, variables, *arguments))
        page = self.folder / f"flux-rollback-{self.host}-{self.namespace}-{self.name}.md"
        return Played(**vars(done), page=page)

    def roll_back(self, *arguments: str, **extra: str) -> Played:
        return self.play("helm_rollback", self.asked(**extra), *arguments)

    def finish(self, *arguments: str, **extra: str) -> Played:
        return self.play("helm_rollback_finish", self.asked(**extra), *arguments)

    def note(self) -> Json:
        """What a rollback has written on the HelmRelease; empty without one."""
        notes = self.scene.read(self.namespace, self.name)["metadata"].get("annotations", {})
        found: Json = json.loads(notes.get("gitops.flux/rollback", "{}"))
        return found
