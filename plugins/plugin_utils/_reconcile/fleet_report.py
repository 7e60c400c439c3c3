# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run's report about the fleet: files written, what the play says, and which clusters fail now or at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.fleet_view import fleet_view
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.judging import (
    BAD,
    BAD_AS_BEFORE,
    OK,
    WORDS,
    WORSE,
    WORST_FIRST,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.outcome import Outcome, kept, reported
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Asker, unasked
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import health_settings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    ReportNotWritten,
    report_path,
    write_atomically,
)

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Play:
    """What the play knows: its hosts, those of the present batch, what each host's task registered, and the time."""

    hosts: list[str]
    batch: list[str]
    results: dict[str, Any]
    now: str


@dataclass(frozen=True)
class Found:
    """Outcomes by host in inventory order, hosts whose turn has not come, sentences about missing reports."""

    outcomes: dict[str, Outcome]
    pending: list[str]
    problems: list[str]

    @property
    def stopped(self) -> bool:
        """With a cluster that became worse no further batch begins."""
        return any(outcome.verdict == WORSE for outcome in self.outcomes.values())


def fleet_reported(play: Play, options: Options) -> dict[str, Any]:
    """Write the fleet's report, and return the small result of the task."""
    found = _without_doubles(_found(play, options))
    problems = sorted({*found.problems, *_written(found, play.now, options)})
    failing = _failing(found, problems, options)
    return {
        "changed": False,
        "verdict": _worst(found),
        "lines": [*_lines(found), *(problems or [f"reports: {_shown(options, '*')}.md"])],
        "summary": _summary(found, play.now),
        "gate": failing,
        "stop": _failing_now(found, play.batch, failing),
    }


def _found(play: Play, options: Options) -> Found:
    outcomes, problems, pending = {}, [], []
    for host in play.hosts:
        result = play.results[host] if isinstance(play.results[host], Mapping) else {}
        if not result and host not in play.batch:
            pending.append(host)
            continue
        path, problem = result.get("outcome_path"), result.get("report_problem")
        if path:
            outcomes[host] = kept(Path(path))
        else:
            outcomes[host], problem = _missing(host, result, play.now, options)
        problems += [problem] if problem else []
    return Found(outcomes, pending, problems)


def _missing(host: str, result: Mapping[str, Any], now: str, options: Options) -> tuple[Outcome, str | None]:
    """The outcome of a host whose task gave none: it failed before anything could be asked."""
    message = " ".join(str(result.get("msg") or "").split()) or f"the run gave no result for {host}"
    asker = Asker(host, None, "all", False, None, health_settings({}))
    path = str(report_path(options["report_dir"], options["report_prefix"], host, "md"))
    return reported(unasked(asker, message, now), options["cluster_template"], path)


def _without_doubles(found: Found) -> Found:
    """Two hosts that turned out to be one cluster are never ok: each undid what the other's report says."""
    hosts: dict[str, list[str]] = {}
    for host, outcome in found.outcomes.items():
        if outcome.uid:
            hosts.setdefault(outcome.uid, []).append(host)
    outcomes = dict(found.outcomes)
    for names in (names for names in hosts.values() if len(names) > 1):
        for host in names:
            others = ", ".join(name for name in names if name != host)
            said = f"{host} is the same cluster as {others}; {outcomes[host].message}"
            verdict = WORSE if outcomes[host].verdict == WORSE else BAD
            outcomes[host] = replace(outcomes[host], verdict=verdict, word=WORDS[verdict], message=said)
    return replace(found, outcomes=outcomes)


def _written(found: Found, now: str, options: Options) -> list[str]:
    path = report_path(options["report_dir"], options["report_prefix"], "fleet", "md")
    view = fleet_view(found.outcomes, found.pending, now, found.stopped)
    try:
        write_atomically(path, rendered(Path(options["template"]), view))
    except ReportNotWritten as error:
        return [str(error)]
    return []


def _failing(found: Found, problems: Sequence[str], options: Options) -> dict[str, str]:
    """Host to the message it fails with, now or at the end of the play."""
    passing = {OK, BAD_AS_BEFORE} if options["allow_known_failures"] else {OK}
    return {
        host: f"{outcome.word}: {outcome.message} ({'; '.join(problems) or f'report: {_shown(options, host)}.md'})"
        for host, outcome in found.outcomes.items()
        if outcome.verdict not in passing or problems
    }


def _failing_now(found: Found, batch: Sequence[str], failing: Mapping[str, str]) -> list[str]:
    """Nobody, so that more batches begin; where a cluster became worse, everybody of its batch who has to fail."""
    worse = any(found.outcomes[host].verdict == WORSE for host in batch if host in found.outcomes)
    return [host for host in batch if host in failing] if worse else []


def _worst(found: Found) -> str:
    verdicts = {outcome.verdict for outcome in found.outcomes.values()}
    return next((verdict for verdict in WORST_FIRST if verdict in verdicts), BAD)


def _lines(found: Found) -> list[str]:
    """What the play says at its end: one aligned line a cluster, in inventory order."""
    hosts = [*found.outcomes, *found.pending]
    width = max(map(len, hosts), default=0)
    waiting = "not started" if found.stopped else "not started yet"
    return [
        *(f"{host:<{width}}  {outcome.word:<13}  {outcome.message}" for host, outcome in found.outcomes.items()),
        *(f"{host:<{width}}  {waiting}" for host in found.pending),
    ]


def _summary(found: Found, now: str) -> dict[str, Any]:
    """What later nodes of a workflow get to know: verdicts and numbers, no messages of controllers."""
    return {
        "generated_at": now,
        "verdict": _worst(found),
        "check_mode": any(outcome.check for outcome in found.outcomes.values()),
        "clusters": {
            host: {"verdict": outcome.verdict, "reachable": outcome.reachable, **outcome.numbers}
            for host, outcome in found.outcomes.items()
        },
        "not_started": found.pending,
    }


def _shown(options: Options, name: str) -> str:
    return str(Path(options["report_dir"]) / f"{options['report_prefix']}-{name}")
