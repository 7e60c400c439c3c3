"""Plays scenarios: folders of data below scenarios/, each with a scenario.yaml that lists its steps.

A step is one of
  publish: FOLDER                    its files appear in the repository below scenarios/NAME/
  overlay: FOLDER                    its files replace those in clusters/CLUSTER/, and the root source looks at once
  commit: [FOLDER, …]                the same in one commit, and nobody is told
  apply: FILE                        objects, applied to the cluster
  patch: {kind, namespace, name, manager, patch}
  chart: {chart, version, files}     a chart version, with some files replaced
  unpublish: {chart, version}
  push_chart: {chart, version}       a published version, to the OCI registry below /charts
  fault: {name, args}
  mend: {name, args}                 the end of a fault, which another scenario may have made
  delete: {kind, namespace, name}    without waiting
  status: FILE                       objects whose status is written as their controller would
  sync: true                         the root source looks at once
  wait: {kind, namespace, name, …}   until conditions are as told, see `waiting.py`
  record: {as, kind, …}              only when fixtures are recorded, see `record.py`
  pause: SECONDS
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from .cluster import Cluster, documents
from .errors import TestbedError
from .fleet import Fleet
from .paths import SCENARIOS
from .progress import say
from .reconcile import request_sync
from .record import Recorder
from .seeding import filled, substitutions, write_seed
from .steps import Steps
from .testbed import FLEET, Testbed
from .undoing import delete_objects
from .waiting import wait_for

_MOMENTS = {"DAYS_AGO_3": -72, "DAYS_AGO_2": -48, "HOUR_AGO": -1, "NOW": 0, "TOMORROW": 24}


def scenario_names() -> list[str]:
    return sorted(file.parent.name for file in SCENARIOS.glob("*/scenario.yaml"))


def recorded_names() -> list[str]:
    """Scenarios that have something to record."""
    return [name for name in scenario_names() if "- record:" in (SCENARIOS / name / "scenario.yaml").read_text()]


def moments(now: datetime) -> dict[str, str]:
    """Times for @NAMES@ in scenarios, RFC 3339."""
    return {name: f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for name, hours in _MOMENTS.items()}


class Play:
    """One scenario on one cluster."""

    def __init__(self, bed: Testbed, name: str, cluster: str, recorder: Recorder | None = None) -> None:
        self._recorder = recorder
        self.folder = SCENARIOS / name
        if not self.folder.is_dir():
            raise TestbedError(f"no scenario {name!r}; there are: {', '.join(scenario_names())}")
        self.bed, self.name = bed, name
        self.cluster: Cluster = bed.cluster(cluster)
        now = datetime.now(timezone.utc)
        self._values = substitutions(bed.paths, bed.ports, cluster) | moments(now) | {"SCENARIO": name}
        self.script: dict[str, Any] = yaml.safe_load(self._text("scenario.yaml"))
        self._steps = Steps(bed, self.cluster, self._values["OCI_URL"])

    def run(self) -> None:
        for step in self.script["steps"]:
            ((verb, value),) = step.items()
            actions: dict[str, Callable[[Any], None]] = {
                "publish": self._publish,
                "overlay": self._overlay,
                "commit": self._commit,
                "apply": lambda file: self._steps.apply(self._text(file)),
                "patch": self._steps.patch,
                "chart": self._steps.chart_for_all,
                "push_chart": self._steps.push_chart,
                "unpublish": self._steps.unpublish,
                "fault": self._steps.fault,
                "mend": self._steps.undo_fault,
                "delete": self._steps.delete,
                "status": lambda file: self._steps.write_status(self._text(file)),
                "wait": lambda told: wait_for(self.cluster, told),
                "sync": lambda _told: request_sync(self.cluster),
                "record": self._record,
                "pause": lambda seconds: time.sleep(float(seconds)),
            }
            say(f"{self.name} on {self.cluster.name}: {verb} {_named(value)}")
            actions[verb](value)

    def undo(self) -> None:
        """Faults first: without its controllers nothing of a cluster goes away."""
        steps = self.script["steps"]
        for step in steps[::-1]:
            if "fault" in step:
                self._steps.undo_fault(step["fault"])
        applied = [
            doc for step in steps if (file := step.get("apply") or step.get("status")) for doc in self._objects(file)
        ]
        delete_objects(self.cluster, applied)
        Fleet(self.bed.paths).remove(f"scenarios/{self.name}")
        write_seed(self.bed.paths, self.bed.ports, list(FLEET))
        if any({"overlay", "commit"} & set(step) for step in steps):
            request_sync(self.cluster)

    def _record(self, told: dict[str, Any]) -> None:
        if self._recorder:
            self._recorder.take(self.cluster, told)

    def _text(self, file: str | Path) -> str:
        return filled((self.folder / file).read_text(), self._values)

    def _objects(self, file: str) -> list[dict[str, Any]]:
        return list(documents(self._text(file)))

    def _copy(self, folders: list[str], target: str) -> None:
        roots = [self.folder / folder for folder in folders]
        files = {str(file.relative_to(root)): file for root in roots for file in root.rglob("*") if file.is_file()}
        texts = {f"{target}/{name}": self._text(file) for name, file in files.items()}
        self._steps.publish(texts, f"{self.name}: {', '.join(folders)}")

    def _publish(self, folder: str) -> None:
        self._copy([folder], f"scenarios/{self.name}")

    def _overlay(self, folder: str) -> None:
        self._copy([folder], f"clusters/{self.cluster.name}")
        request_sync(self.cluster)

    def _commit(self, folders: list[str]) -> None:
        self._copy(folders, f"clusters/{self.cluster.name}")


def _named(value: Any) -> str:
    """What a step is about, in a few words."""
    if not isinstance(value, dict):
        return str(value)
    words = (value.get(key) for key in ("as", "kind", "chart", "name", "version"))
    return " ".join(str(word) for word in words if word)


class ScenarioRunner:
    """Plays and undoes scenarios, and remembers which are in force."""

    def __init__(self, bed: Testbed) -> None:
        self._bed = bed
        self._file = bed.paths.run / "scenarios.json"

    def in_force(self) -> list[list[str]]:
        return json.loads(self._file.read_text()) if self._file.exists() else []

    def play(self, name: str, cluster: str, recorder: Recorder | None = None) -> None:
        """Does nothing where it has been played already."""
        if [name, cluster] in self.in_force():
            say(f"scenario {name} is in force on {cluster} already")
            return
        play = Play(self._bed, name, cluster, recorder)
        self._write([*self.in_force(), [name, cluster]])
        play.run()

    def undo(self, name: str, cluster: str) -> None:
        Play(self._bed, name, cluster).undo()
        self._write([entry for entry in self.in_force() if entry != [name, cluster]])

    def undo_all(self) -> list[str]:
        names = self.in_force()[::-1]
        for name, cluster in names:
            self.undo(name, cluster)
        return [f"{name} on {cluster}" for name, cluster in names]

    def _write(self, entries: list[list[str]]) -> None:
        self._file.write_text(json.dumps(entries))
