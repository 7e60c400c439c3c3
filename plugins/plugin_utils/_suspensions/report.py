# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is paused on a fleet: the options of its tasks, the page, and what the play says and does then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import failure_reason
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    count,
    escaped,
    listed,
    rendered,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import (
    SUSPENSION_COLUMNS,
    Section,
    section,
    suspension_rows,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import REPORTING
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    ReportNotWritten,
    report_path,
    write_atomically,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.surroundings import not_seen

Row = Mapping[str, Any]

READING: dict[str, Any] = {
    "max_age": {"type": "str", "default": "24h"},
    "auth": {"type": "str", "default": "context", "choices": ["context", "environment"]},
}
REPORT: dict[str, Any] = {
    **REPORTING,
    "report_prefix": {"type": "str", "default": "flux-suspensions"},
    "template": {"type": "path", "required": True},
    "results": {"type": "str", "required": True},
    "fail_on_overdue": {"type": "bool", "default": False},
}
NAMED = 3
NEVER_ASKED = {"failed": True, "msg": "it was never asked"}


def reported(found: Mapping[str, Mapping[str, Any]], options: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Write the page, and return the small result of the task. found: host to its name and its result."""
    results = {
        host: each.get("results") or {"failed": True, "msg": "it was never asked"} for host, each in found.items()
    }
    names = {host: str(found[host].get("name") or host) for host in results}
    problems = {host: problem for host, result in results.items() if (problem := _problem(result, options))}
    path = report_path(options["report_dir"], options["report_prefix"], "fleet", "md")
    try:
        write_atomically(path, rendered(Path(options["template"]), page(results, names, now)))
        where = f"report: {path}"
    except ReportNotWritten as error:
        where = str(error)
        problems = {host: problems.get(host, where) for host in results}
    return {
        "changed": False,
        "lines": [*_lines(results), where],
        "gate": problems,
        "summary": {host: _numbers(result) for host, result in results.items()},
    }


def _problem(result: Row, options: Mapping[str, Any]) -> str | None:
    """A cluster nobody could look at may have anything paused."""
    if result.get("failed"):
        return f"UNREACHABLE: {failure_reason(result)}"
    overdue = [slash_reference(row) for row in result["suspensions"] if row["overdue"]]
    if not overdue or not options["fail_on_overdue"]:
        return None
    return f"{count(len(overdue), 'suspension')} overdue: {listed(overdue, NAMED)}"


def _numbers(result: Row) -> dict[str, Any]:
    rows = result.get("suspensions")
    if rows is None:
        return {"reachable": False}
    changes = sorted({row["change"] for row in rows if row["change"]})
    overdue = sum(bool(row["overdue"]) for row in rows)
    return {"reachable": True, "suspended": len(rows), "overdue": overdue, "changes": changes}


def _lines(results: Mapping[str, Row]) -> list[str]:
    """One line for each cluster, and beneath it one for each thing that is paused."""
    width = max((len(host) for host in results), default=0)
    return [f"{host:<{width}}  {line}" for host, result in results.items() for line in _of_cluster(result)]


def _of_cluster(result: Row) -> list[str]:
    if result.get("failed"):
        return [f"UNREACHABLE  {failure_reason(result)}"]
    rows, now = result["suspensions"], result["read_at"]
    lines = [" · ".join(cell for cell in _cells(row, now) if cell).replace("**", "") for row in rows]
    return lines or ["nothing is paused"]


def _cells(row: Row, now: str) -> list[str]:
    what, by, why, ticket, since, until = suspension_rows([row], [dict(row, suspended=row)], now)[0]
    frozen = f"{what} (frozen)" if row["frozen"] else what
    return [frozen, by, why, ticket, f"since {since}", until if "overdue" in until or not until else f"until {until}"]


def page(results: Mapping[str, Row], names: Mapping[str, str], now: str) -> dict[str, Any]:
    """All that is paused, by the change it is paused for."""
    rows = [(host, row) for host, result in results.items() for row in result.get("suspensions") or ()]
    overdue = sum(bool(row["overdue"]) for _host, row in rows)
    late = f", {overdue} overdue" if overdue else ""
    seen = {host: result for host, result in results.items() if not result.get("failed")}
    return {
        "title": f"Paused: {count(len(rows), 'object')} on {count(len(seen), 'cluster')}{late}",
        "subtitle": f"{now[:10]} {now[11:19]} UTC",
        "notes": [_unseen(names[host], result) for host, result in results.items() if result.get("failed")],
        "sections": [*_by_change(rows, names, results), *_not_seen(seen, names)],
    }


def _unseen(name: str, result: Row) -> str:
    return f"**{escaped(name)} was not reached: {escaped(failure_reason(result), 600)}**"


def _by_change(
    rows: Sequence[tuple[str, Row]], names: Mapping[str, str], results: Mapping[str, Row]
) -> Iterable[Section]:
    for change in [*sorted({row["change"] for _host, row in rows if row["change"]}), None]:
        of_it = [(host, row) for host, row in rows if (row["change"] or None) == change]
        if of_it:
            title = f"Change {escaped(change)}" if change else "Without a change"
            cells = [_page_row(names[host], row, results[host]["read_at"]) for host, row in of_it]
            clusters = len({host for host, _row in of_it})
            numbers = f"{count(len(of_it), 'object')} on {count(clusters, 'cluster')}"
            yield section(f"{title} ({numbers})", columns=["cluster", *SUSPENSION_COLUMNS], rows=cells)


def _page_row(name: str, row: Row, now: str) -> list[str]:
    cells = suspension_rows([row], [dict(row, suspended=row)], now)[0]
    return [escaped(name), f"{cells[0]}{' (frozen)' if row['frozen'] else ''}", *cells[1:]]


def _not_seen(seen: Mapping[str, Row], names: Mapping[str, str]) -> list[Section]:
    """What could not be read may be paused."""
    text = [
        f"- {escaped(names[host])}: {line}" for host, result in seen.items() for line in not_seen(result["coverage"])
    ]
    lost = [line for line in text if "not installed" not in line]
    return [section("Not seen", text=lost)] if lost else []
