# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run's report about the fleet: files written, and what the play says and does at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.health import failed_on, fleet_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import DEGRADED, UNREACHABLE
from ansible_collections.gitops.flux.plugins.plugin_utils._report.comparison import changes_since
from ansible_collections.gitops.flux.plugins.plugin_utils._report.fleet_view import fleet_view
from ansible_collections.gitops.flux.plugins.plugin_utils._report.gathering import (
    Gathered,
    Run,
    gathered,
    with_doubles,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import Handover, write_report
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import health_settings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.results import fleet_summary
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import (
    VERDICT_WORDS,
    closing_lines,
    selection_line,
    short_finding,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    ReportNotWritten,
    fleet_text,
    read_earlier,
    report_path,
    write_atomically,
)

Options = Mapping[str, Any]


def reported(run: Run, options: Options) -> dict[str, Any]:
    """Write the fleet's report and JSON, and return the small result of the task."""
    found = gathered(run, options)
    found = with_doubles(found, _fleet(found, run, options)["duplicates"])
    fleet = _fleet(found, run, options)
    problems = sorted({*found.problems, *_written(fleet, found, options)})
    selection = selection_line(len(found.entries), fleet["selected"], fleet["total"])
    where = problems or [f"reports: {_shown(options, '*')}.md"]
    return {
        "changed": False,
        "verdict": fleet["verdict"],
        "lines": [*([selection] if selection else []), *closing_lines(found.entries), *where],
        "summary": fleet_summary(fleet),
        "gate": _gate(found, problems, options),
    }


def _fleet(found: Gathered, run: Run, options: Options) -> dict[str, Any]:
    total = len({*options["fleet"], *run.hosts})
    return fleet_health(found.entries, selected=len(run.hosts), total=total, generated_at=run.now)


def _written(fleet: Mapping[str, Any], found: Gathered, options: Options) -> list[str]:
    """Write whatever is not on disk yet; sentences about what could not be written."""
    folder, prefix = options["report_dir"], options["report_prefix"]
    paths = {suffix: report_path(folder, prefix, "fleet", suffix) for suffix in ("md", "json")}
    view = fleet_view(
        fleet,
        root_source=options["root_source"],
        report_names={host: Path(handover.printing.path).name for host, handover in found.handovers.items()},
        changes=changes_since(read_earlier(paths["json"]), found.entries, fleet["generated_at"]),
        pending=found.pending,
    )
    writes: list[Callable[[], None]] = [_report_of(found.handovers[host]) for host in found.unwritten]
    writes.append(lambda: write_atomically(paths["md"], rendered(Path(options["template"]), view)))
    writes.append(lambda: write_atomically(paths["json"], fleet_text(fleet)))
    return [problem for write in writes for problem in _problems_of(write)]


def _report_of(handover: Handover) -> Callable[[], None]:
    return lambda: write_report(handover)


def _problems_of(write: Callable[[], None]) -> list[str]:
    try:
        write()
    except ReportNotWritten as error:
        return [str(error)]
    return []


def _gate(found: Gathered, problems: list[str], options: Options) -> dict[str, str]:
    """Host to the message its gate fails with. A double always fails, and so does a run without its reports."""
    fail_on = health_settings({"fail_on": options["fail_on"]}).fail_on
    messages = {}
    for host, entry in found.entries.items():
        sentences = failed_on(entry, fail_on)
        if sentences or entry["same_cluster_as"] or problems:
            narrowed = not {DEGRADED, UNREACHABLE}.intersection(fail_on)
            said = "; ".join(sentences) if narrowed and sentences else short_finding(entry)
            where = "; ".join(problems) or f"report: {_shown(options, host)}.md"
            messages[host] = f"{VERDICT_WORDS[entry['verdict']]}: {said} ({where})"
    return messages


def _shown(options: Options, name: str) -> str:
    return str(Path(options["report_dir"]) / f"{options['report_prefix']}-{name}")
