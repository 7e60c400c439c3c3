# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts of one cluster: the table at the top of a report, what is down and what is at risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import table

ALWAYS_SHOWN = ("ready", "progressing", "blocked", "failed", "stalled", "suspended")
SHOWN_WHEN_THERE = ("terminating", "unknown")
DOWN = frozenset({"blocked", "failed", "stalled"})
ROWS = ("sources", "Kustomizations", "HelmReleases", "others")

Record = Mapping[str, Any]


def is_source(record: Record) -> bool:
    kind = KINDS.get(record["kind"])
    return bool(kind and kind.is_source)


def is_at_risk(record: Record) -> bool:
    """Runs on what it has, but new commits do not arrive."""
    return "stale_source" in record["flags"]


def is_down(record: Record) -> bool:
    """A workload object whose own state is bad. A failing source puts objects at risk; it is not down itself."""
    return not is_source(record) and (record["status"] in DOWN or "stuck" in record["flags"])


def totals(entry: Mapping[str, Any]) -> dict[str, int]:
    """How many objects there are, are ready, down and at risk. What waits its turn for a moment is not down."""
    causes = entry["root_causes"]
    explained = {name for cause in causes for name in (*cause["victims"], *cause["members"], _slashed(cause))}
    found = Counter[str]()
    for record in entry["objects"]:
        found["objects"] += 1
        found["ready"] += record["status"] == "ready"
        found["down"] += is_down(record) and (record["status"] != "blocked" or _slashed(record) in explained)
        found["at_risk"] += is_at_risk(record)
    return {name: found[name] for name in ("objects", "ready", "down", "at_risk")}


def _slashed(item: Mapping[str, Any]) -> str:
    return f"{item['kind']}/{item['namespace']}/{item['name']}"


def count_table(records: Iterable[Record], coverage: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The table at the top; a zero is an empty cell, and a row says when its kinds could not be seen."""
    cells: dict[str, Counter[str]] = {row: Counter() for row in ROWS}
    for record in records:
        row = cells[_row_of(record["kind"])]
        row[record["status"]] += 1
        row["at risk"] += record["status"] == "ready" and is_at_risk(record)
    extra = [status for status in SHOWN_WHEN_THERE if any(row[status] for row in cells.values())]
    columns = [*ALWAYS_SHOWN, *extra]
    unseen = _unseen(coverage)
    shown = [row for row in ROWS if row != "others" or cells[row] or unseen[row]]
    rows = [[row + unseen[row], *(_cell(cells[row], status) for status in columns)] for row in shown]
    return table(["", *columns], rows)


def _unseen(coverage: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What a row of the table does not count, because nobody could look."""
    lost: dict[str, list[str]] = {row: [] for row in ROWS}
    for kind in KINDS:
        if coverage.get(kind, {}).get("state") in ("forbidden", "error"):
            lost[_row_of(kind)].append(kind)
    return {row: _not_seen(row, kinds) if kinds else "" for row, kinds in lost.items()}


def _not_seen(row: str, kinds: list[str]) -> str:
    if row in ("Kustomizations", "HelmReleases"):
        return " (not seen)"
    return f" ({', '.join(kinds) if len(kinds) < 3 else f'{len(kinds)} kinds'} not seen)"


def _row_of(kind: str) -> str:
    known = KINDS.get(kind)
    if known and known.is_source:
        return "sources"
    return {"Kustomization": "Kustomizations", "HelmRelease": "HelmReleases"}.get(kind, "others")


def _cell(row: Counter[str], status: str) -> str:
    number = row[status]
    if status == "ready" and row["at risk"]:
        return f"{number} ({row['at risk']} at risk)"
    return str(number or "")
