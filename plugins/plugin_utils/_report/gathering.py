# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of one run, by host: those the clusters' tasks left, those nobody could write, and doubles among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import (
    Handover,
    Printing,
    handover_path,
    kept,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import entry_of, unreadable
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import health_settings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import report_path

Entry = dict[str, Any]
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """What the play knows: its hosts, the one that reports, what each host's task registered, and the time."""

    hosts: list[str]
    host: str
    results: dict[str, Any]
    # Where the tasks of the clusters leave their handovers.
    folder: Path
    now: str


@dataclass(frozen=True)
class Gathered:
    """Handovers by host, in inventory order."""

    handovers: dict[str, Handover]
    # Hosts whose report on disk does not say what their handover says.
    unwritten: list[str]
    # Hosts that have not come to their check: of later batches, or still running beside the one that reports.
    pending: list[str]
    # Sentences about reports that could not be written.
    problems: list[str]

    @property
    def entries(self) -> dict[str, Entry]:
        return {host: handover.entry for host, handover in self.handovers.items()}


def gathered(run: Run, options: Options) -> Gathered:
    """Everything the run found out, one entry for each host that had its turn."""
    paths = {host: path for host in run.hosts if (path := _left(run, host))}
    pending = [host for host in run.hosts if run.results[host] is None and host not in paths and host != run.host]
    handovers = {
        host: kept(paths[host]) if host in paths else missing(host, run.results[host], run.now, options)
        for host in run.hosts
        if host not in pending
    }
    problems = [problem for host in paths if (problem := _field(run.results[host], "report_problem"))]
    return Gathered(handovers, [host for host in handovers if host not in paths], pending, sorted(set(problems)))


def _left(run: Run, host: str) -> Path | None:
    """Where a host's task left its handover.

    With strategy free the one that reports last may have begun first, when this task had registered nothing yet.
    """
    if run.results[host] is None:
        path = handover_path(run.folder, host)
        return path if path.exists() else None
    named = _field(run.results[host], "entry_path")
    return Path(named) if named else None


def missing(host: str, result: object, now: str, options: Options) -> Handover:
    """The entry of a host whose task gave none: it failed before anything could be asked."""
    message = _field(result, "msg")
    reason = " ".join(str(message).split()) if message else f"the check gave no result for {host}"
    entry = entry_of(host, None, unreadable(reason, None, now), [], health_settings({}))
    path = report_path(options["report_dir"], options["report_prefix"], host, "md")
    return Handover(entry, Printing(str(path), options["cluster_template"]))


def with_doubles(found: Gathered, groups: Iterable[Sequence[str]]) -> Gathered:
    """The same with every host marked that turned out to be the same cluster as another."""
    handovers = dict(found.handovers)
    for names in groups:
        for host in names:
            handovers[host] = replace(handovers[host], entry=marked_double(handovers[host].entry, names))
    doubled = {host for names in groups for host in names}
    return replace(found, handovers=handovers, unwritten=sorted(doubled.union(found.unwritten)))


def marked_double(entry: Entry, names: Sequence[str]) -> Entry:
    """The entry of a cluster that was counted under several names: never healthy, and it says so first."""
    others = [name for name in names if name != entry["host"]]
    sentence = f"{entry['host']} is the same cluster as {', '.join(others)} (UID {entry['cluster']['uid']})"
    verdict = "degraded" if entry["verdict"] == "healthy" else entry["verdict"]
    finding = {"code": "wrong_cluster", "kind": None, "namespace": None, "name": None, "message": sentence}
    return entry | {
        "verdict": verdict,
        "same_cluster_as": others,
        "reasons": [sentence, *entry["reasons"]],
        "findings": [finding, *entry["findings"]],
    }


def _field(result: object, name: str) -> Any:
    return result.get(name) if isinstance(result, Mapping) else None
