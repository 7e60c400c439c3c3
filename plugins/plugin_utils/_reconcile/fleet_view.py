# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet's report on a run as data: what became worse anywhere first, then one row a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.comparing import Row
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.judging import (
    OK,
    WORDS,
    WORSE,
    WORST_FIRST,
    row_in_brief,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.outcome import Outcome
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import count, escaped, table
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import REASON_LIMIT

Outcomes = Mapping[str, Outcome]
COLUMNS = ["cluster", "verdict", "reconciled", "bad", "worse", "fixed", "suspended", "requests", "seconds", ""]
NUMBERS = ("reconciled", "bad", "worse", "fixed", "suspended", "requests")
LINES = 10


def fleet_view(outcomes: Outcomes, pending: Sequence[str], now: str, stopped: bool) -> dict[str, Any]:
    """Everything fleet.md.j2 prints. pending: hosts that had no turn; stopped: and will have none in this run."""
    ordered = sorted(outcomes.values(), key=lambda outcome: WORST_FIRST.index(outcome.verdict))
    waiting = "not started" if stopped else "not started yet"
    rows = [*map(_row, ordered), *([escaped(host), waiting, *[""] * (len(COLUMNS) - 2)] for host in pending)]
    return {
        "title": _title(ordered, pending, now),
        "notes": _notes(ordered, pending),
        "clusters": table(COLUMNS, rows),
        "worse": _folded(ordered, lambda outcome: _brief(outcome.worse)),
        "bad": _folded(ordered, lambda outcome: outcome.bad),
        "fixed": _folded(ordered, lambda outcome: _brief(outcome.fixed)),
        "moves": _folded(ordered, lambda outcome: outcome.moves),
        "not_started": _not_started(ordered, pending, stopped),
    }


def _title(ordered: Sequence[Outcome], pending: Sequence[str], now: str) -> str:
    found = [outcome.verdict for outcome in ordered]
    numbers = [f"{found.count(word)} {WORDS[word].lower()}" for word in WORST_FIRST if word in found]
    numbers += [f"{len(pending)} not started"] if pending else []
    return f"Fleet reconciled: {', '.join(numbers) or 'nothing'} — {now[:10]} {now[11:16]} UTC"


def _notes(ordered: Sequence[Outcome], pending: Sequence[str]) -> list[str]:
    checked = ["Check mode: nothing was sent to any cluster."] if any(outcome.check for outcome in ordered) else []
    total = count(len(ordered) + len(pending), "cluster")
    return [*checked, *([f"{len(ordered)} of {total} had their turn"] if pending else [])]


def _row(outcome: Outcome) -> list[str]:
    link = f"[{escaped(outcome.display_name)}]({Path(outcome.report).name})"
    cells = [str(outcome.numbers.get(name) or "") if outcome.numbers else "" for name in NUMBERS]
    took = f"{outcome.seconds:.1f}" if outcome.seconds else ""
    said = "" if outcome.verdict == OK and not outcome.check else escaped(outcome.message, REASON_LIMIT)
    return [link, "check mode" if outcome.check and outcome.verdict == OK else outcome.word, *cells, took, said]


def _brief(rows: Sequence[Row]) -> list[str]:
    """What stands for itself; what only waits for it is in the cluster's own report."""
    return [row_in_brief(row) for row in rows if not row["waits_for"]] or [row_in_brief(row) for row in rows]


def _folded(ordered: Sequence[Outcome], lines_of: Callable[[Outcome], Sequence[str]]) -> list[str]:
    """'Ottawa, Robbinsdale: …': the same on several clusters is one line."""
    where: dict[str, list[str]] = {}
    more = []
    for outcome in ordered:
        lines = lines_of(outcome)
        for line in lines[:LINES]:
            where.setdefault(line, []).append(escaped(outcome.display_name))
        if len(lines) > LINES:
            more.append(f"{escaped(outcome.display_name)}: {len(lines) - LINES} more in its own report")
    return [*(f"{', '.join(names)}: {line}" for line, names in where.items()), *more]


def _not_started(ordered: Sequence[Outcome], pending: Sequence[str], stopped: bool) -> str:
    if not pending:
        return ""
    worse = ", ".join(escaped(outcome.display_name) for outcome in ordered if outcome.verdict == WORSE)
    why = f": the run stops, because {worse} became worse" if stopped else " yet: their batch comes later"
    return f"{', '.join(map(escaped, pending))}{why}."
