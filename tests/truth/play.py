"""Makes, repairs and undoes many cases at once: the first stages of all of them together, then the second ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from itertools import zip_longest
from typing import Any

import yaml

from tests.testbed.bed import Bed
from tests.testbed.fleet import Fleet
from tests.testbed.progress import say
from tests.testbed.scenarios import moments
from tests.testbed.steps import Steps
from tests.testbed.testbed import FLEET
from tests.testbed.undoing import delete_objects
from tests.testbed.waiting import wait_for_all

from .case import Case, Json, Stage
from .secrecy import Keys
from .usual import usual

_APP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: @NS@}\n"
_SOURCES: dict[str, Json] = {
    "fleet": {"kind": "GitRepository", "name": "fleet"},
    "charts": {"kind": "HelmRepository", "name": "charts"},
}


class Play:
    """Some cases, each on its own cluster."""

    def __init__(self, bed: Bed, cases: Sequence[Case], keys: Keys) -> None:
        self._bed, self.cases, self._keys = bed, cases, keys
        now = moments(datetime.now(timezone.utc))
        self._values = {name: bed.values(name) | now | keys.values() for name in FLEET}
        self._steps = {
            name: Steps(bed.testbed, bed.cluster(name), values["OCI_URL"]) for name, values in self._values.items()
        }

    def make(self) -> None:
        for number, stages in enumerate(zip_longest(*(case.make for case in self.cases)), start=1):
            self._play(f"making the faults, stage {number}", stages, given=number == 1)

    def repair(self) -> None:
        """Everything that is mended in Git, on the clusters and beside them; without any command a report prints."""
        self._undo_faults()
        for number, stages in enumerate(zip_longest(*(case.repair for case in self.cases)), start=1):
            self._play(f"repairing, stage {number}", stages, given=False)

    def undo(self) -> None:
        self._undo_faults()
        for name in {case.cluster for case in self.cases}:
            here = [case for case in self.cases if case.cluster == name]
            delete_objects(self._bed.cluster(name), [item for case in here for item in self._all_objects(case)])
        self._remove_charts()
        fleet = Fleet(self._bed.paths)
        fleet.remove("truth")
        fleet.publish("No fault any more")

    def _undo_faults(self) -> None:
        in_force = [(fault["name"], fault["args"]) for fault in self._bed.faults.in_force()]
        for case in self.cases:
            for fault in self._filled(case, case.faults):
                if (fault["name"], fault.get("args", {})) in in_force:
                    self._steps[case.cluster].undo_fault(fault)

    def _play(self, what: str, stages: Iterable[Stage | None], *, given: bool) -> None:
        say(f"{what} ({len(self.cases)} cases)")
        begun = time.monotonic()
        pairs = [(case, stage) for case, stage in zip(self.cases, stages, strict=True) if stage]
        self._publish(pairs)
        for case, stage in pairs:
            self._beside(case, stage)
        self._apply(pairs, given=given)
        for case, stage in pairs:
            self._each(case, stage)
        self._wait(pairs)
        pause = max((stage.pause for _case, stage in pairs), default=0.0)
        time.sleep(max(0.0, begun + pause - time.monotonic()))

    def _publish(self, pairs: Sequence[tuple[Case, Stage]]) -> None:
        files: dict[str, str | None] = {}
        for case, stage in pairs:
            files |= {f"{case.folder}/{name}": text for name, text in self._filled(case, stage.files).items()}
            for name, text in self._filled(case, stage.encrypted).items():
                files[f"{case.folder}/{name}"] = self._keys.encrypted(text)
        if files:
            next(iter(self._steps.values())).publish(files, "Cases")

    def _beside(self, case: Case, stage: Stage) -> None:
        """Charts and faults."""
        steps = self._steps[case.cluster]
        verbs: list[tuple[Callable[[Json], None], Iterable[Json]]] = [
            (steps.chart, stage.charts),
            (steps.push_chart, stage.push_charts),
            (steps.unpublish, stage.unpublish),
            (steps.fault, stage.faults),
        ]
        for verb, rows in verbs:
            for row in rows:
                verb(self._filled(case, row))

    def _apply(self, pairs: Sequence[tuple[Case, Stage]], *, given: bool) -> None:
        for name, steps in self._steps.items():
            here = [(case, stage) for case, stage in pairs if case.cluster == name]
            items = [item for case, _stage in here if given for item in self._given(case)]
            items += [item for case, stage in here for item in self._objects(case, stage.objects)]
            if items:
                steps.apply(yaml.safe_dump_all(items))
            reported = [item for case, stage in here for item in self._objects(case, stage.reported)]
            if reported:
                steps.write_status(yaml.safe_dump_all(reported))

    def _each(self, case: Case, stage: Stage) -> None:
        steps = self._steps[case.cluster]
        for row in stage.patches:
            steps.patch(self._filled(case, row))
        for row in stage.deletes:
            steps.delete(self._filled(case, row))
        changed = bool(stage.files or stage.encrypted) and "fleet" in case.sources
        for row in [*([_fleet_of(case)] if changed else []), *stage.reconcile]:
            self._bed.reconcile(case.cluster, row["kind"], row["namespace"], row["name"])

    def _wait(self, pairs: Sequence[tuple[Case, Stage]]) -> None:
        for name in FLEET:
            tolds = [
                told for case, stage in pairs if case.cluster == name for told in self._filled(case, list(stage.wait))
            ]
            wait_for_all(self._bed.cluster(name), tolds)

    def _all_objects(self, case: Case) -> list[Json]:
        stages = [*case.make, *case.repair]
        items = [item for stage in stages for item in (*stage.objects, *stage.reported)]
        return [*self._given(case), *self._objects(case, items)]

    def _given(self, case: Case) -> list[Json]:
        """Its namespace, and its sources."""
        namespace = {"kind": "Namespace", "name": case.namespace}
        return self._objects(case, [namespace, *(_SOURCES[name] for name in case.sources)])

    def _objects(self, case: Case, items: Iterable[Json]) -> list[Json]:
        return [self._filled(case, usual(item)) for item in items]

    def _remove_charts(self) -> None:
        for case in self.cases:
            for row in (row for stage in (*case.make, *case.repair) for row in stage.charts):
                self._steps[case.cluster].unpublish(row)

    def _filled(self, case: Case, value: Any) -> Any:
        own = {"APP": _APP, "NS": case.namespace, "DIR": f"./{case.folder}"}
        return _filled_in(value, own | self._values[case.cluster])


def _fleet_of(case: Case) -> Json:
    return {"kind": "gitrepository", "namespace": case.namespace, "name": "fleet"}


def _filled_in(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(f"@{name}@", text)
        return value
    if isinstance(value, dict):
        return {key: _filled_in(each, values) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled_in(each, values) for each in value]
    return value


def in_rounds(cases: Iterable[Case]) -> list[list[Case]]:
    """What can be in force at the same time."""
    rounds: dict[int, list[Case]] = {}
    for case in cases:
        rounds.setdefault(case.round, []).append(case)
    return [rounds[number] for number in sorted(rounds)]
