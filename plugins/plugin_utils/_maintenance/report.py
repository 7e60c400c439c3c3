# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run's reports about the start or the end of a change: files written, and what the play says and does then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.outcome import (
    Outcome,
    end_problem,
    nobody_knows,
    refusal,
    start_problem,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.pages import (
    Page,
    end_line,
    end_page,
    fleet_page,
    start_line,
    start_page,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.record import START, file_words
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import count, escaped, rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    ReportNotWritten,
    report_path,
    write_atomically,
)

Options = Mapping[str, Any]
Results = Mapping[str, Any]
NEVER_ASKED = {"failed": True, "msg": "it was never asked"}


@dataclass(frozen=True)
class Said:
    """One phase of a change over all clusters. stop: why it goes no further anywhere."""

    outcomes: list[Outcome]
    stop: str | None
    line: Callable[[Outcome], str]
    page: Callable[[Outcome], Page]


def outcomes_of(results: Mapping[str, Results], alive: Sequence[str]) -> list[Outcome]:
    """What every cluster's tasks registered. results: by host and option. alive: the hosts still in the play."""
    return [
        Outcome(
            host=host,
            name=str(results[host].get("name") or host),
            looked=results[host].get("looked") or NEVER_ASKED | {"unasked": host in alive},
            done=_ran(results[host].get("done")),
            kept=results[host].get("kept") or {},
            waited=_ran(results[host].get("waited")) or {},
            compared=_ran(results[host].get("compared")) or {},
        )
        for host in results
    ]


def _ran(result: Any) -> Any:
    """A skipped task has a result too, and it says nothing."""
    return None if not result or result.get("skipped") else result


def said_of_start(outcomes: Sequence[Outcome], change: str, now: str) -> Said:
    stop = refusal(outcomes)
    judged = [replace(outcome, problem=start_problem(outcome)) for outcome in outcomes]
    return Said(judged, stop, lambda one: start_line(one, change, stop), lambda one: start_page(one, change, stop, now))


def said_of_end(outcomes: Sequence[Outcome], change: str, now: str) -> Said:
    stop = nobody_knows(outcomes, change)
    judged = [replace(outcome, problem=end_problem(outcome)) for outcome in outcomes]
    return Said(judged, stop, lambda one: end_line(one, change), lambda one: end_page(one, change, stop, now))


def reported(outcomes: Sequence[Outcome], options: Options, now: str) -> dict[str, Any]:
    """Write all pages, and return the small result of the task."""
    said = (said_of_start if options["phase"] == START else said_of_end)(outcomes, options["change"], now)
    written = _written(said, options)
    problems = {one.host: problem for one in said.outcomes if (problem := said.stop or one.problem)}
    for one in said.outcomes if written else ():
        problems.setdefault(one.host, written[0])
    return {
        "changed": False,
        "stop": said.stop,
        "lines": [*_lines(said), *(written or [f"reports: {shown(options, '*')}.md"])],
        "gate": problems,
        "summary": _summary(said, problems, options),
    }


def _lines(said: Said) -> list[str]:
    width = max((len(one.host) for one in said.outcomes), default=0)
    return [f"{one.host:<{width}}  {said.line(one)}" for one in said.outcomes]


def _written(said: Said, options: Options) -> list[str]:
    """Write every page; sentences about what could not be written."""
    lines = {one.name: said.line(one) for one in said.outcomes}
    problems = {one.name: one.problem for one in said.outcomes if one.problem}
    title = f"Fleet: {options['phase']} of change {escaped(options['change'])} on {count(len(lines), 'cluster')}"
    fleet = fleet_page(title, lines, problems, [said.stop] if said.stop else [])
    # A page about an end that is long over stays: this run has nothing to add to it.
    news = [one for one in said.outcomes if not one.was_over]
    pages = {**{one.host: said.page(one) for one in news}, "fleet": fleet}
    return write_pages(pages, prefix_of(options), options)


def write_pages(pages: Mapping[str, Page], prefix: str, options: Options) -> list[str]:
    """Each page by its name; one sentence for each folder or file that cannot be written."""
    found = []
    for name, page in pages.items():
        try:
            text = rendered(Path(options["template"]), page)
            write_atomically(report_path(options["report_dir"], prefix, name, "md"), text)
        except ReportNotWritten as error:
            found.append(str(error))
    return sorted(set(found))


def prefix_of(options: Options) -> str:
    return f"{options['report_prefix']}-{file_words(options['change'])}-{options['phase']}"


def shown(options: Options, name: str) -> str:
    return str(Path(options["report_dir"]) / f"{prefix_of(options)}-{name}")


def _summary(said: Said, problems: Mapping[str, str], options: Options) -> dict[str, Any]:
    """What later nodes of a workflow get to know: numbers, no messages of controllers."""
    clusters = {
        one.host: {
            "ok": one.host not in problems,
            "paused": len(one.rows("suspended")),
            "resumed": len(one.rows("resumed")),
            "left": len(one.rows("left")),
            **(one.compared.get("counts") or {}),
        }
        for one in said.outcomes
    }
    return {"change": options["change"], "phase": options["phase"], "clusters": clusters}
