# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages about the start and the end of a change: one for each cluster, one for the fleet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.outcome import Outcome
from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    duration,
    escaped,
    reference,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import (
    SUSPENSION_COLUMNS,
    Section,
    section,
    suspension_rows,
)

Row = Mapping[str, Any]
Page = dict[str, Any]

NAMES = 20
NOT_COMPARED = (
    "Nothing about the start is kept on this machine. The paused objects are compared with what stands on themselves, "
    "what hangs on them with the moment before this end. Had an earlier end on another machine been interrupted, "
    "what it had resumed is not compared here."
)
SENTENCE = 600
LOUD = {"controller_down": "**NOT reached: its controller does not run**", "timed_out": "**NOT reached in time**"}


def where(result: Row, now: str) -> str:
    """Which cluster a page is about, and when it was written."""
    cluster = result.get("cluster") or {}
    user = (cluster.get("user") or {}).get("name")
    parts = [
        cluster.get("context"),
        cluster.get("server"),
        f"{now[:10]} {now[11:19]} UTC",
        f"as {user}" if user else "",
    ]
    return " · ".join(escaped(part) for part in parts if part)


def start_page(outcome: Outcome, change: str, refused: str | None, now: str) -> Page:
    """What the start of a change does to a cluster, or would do."""
    return {
        "title": f"{escaped(outcome.name)}: {start_line(outcome, change, refused)}",
        "subtitle": where(outcome.looked, now),
        "notes": _notes(outcome, refused),
        "sections": [
            *_paused(outcome),
            *_left(outcome, now),
            *_blast(outcome.looked.get("blast") or {}),
            *_open(outcome.looked.get("blast") or {}, now),
        ],
    }


def start_line(outcome: Outcome, change: str, refused: str | None) -> str:
    """'change CHG-7 has paused 3 objects, 1 is left as it was'."""
    named = f"change {escaped(change)}"
    if refused or not outcome.was_asked or outcome.kept.get("failed"):
        return f"{named} was NOT started"
    paused, left = len(outcome.rows("suspended")), len(outcome.rows("left"))
    verb = "would pause" if outcome.done is None else "has paused"
    if outcome.done is not None and "objects" not in outcome.done:
        return f"{named} was NOT started, or only in part"
    rest = f", {left} {'is' if left == 1 else 'are'} left as {'it was' if left == 1 else 'they were'}" if left else ""
    return f"{named} {verb} {count(paused, 'object')}{rest}"


def _notes(outcome: Outcome, refused: str | None) -> list[str]:
    """What has to be read before anything else."""
    problem = refused or outcome.problem
    said = [f"**{escaped(problem, SENTENCE)}**"] if problem else []
    beside = {text for row in outcome.newest.get("objects") or () for text in row.get("warnings") or ()}
    warnings = [text for text in outcome.newest.get("warnings") or () if text not in beside]
    return said + [escaped(text, SENTENCE) for text in dict.fromkeys(warnings)]


def _paused(outcome: Outcome) -> list[Section]:
    rows = [_paused_row(row, is_done=outcome.done is not None) for row in outcome.rows("suspended")]
    columns = ["object", "was", "revision", "barrier", ""]
    title = "To be paused" if outcome.done is None else "Paused"
    return [section(f"{title} ({len(rows)})", columns=columns, rows=rows)] if rows else []


def _paused_row(row: Row, *, is_done: bool) -> list[str]:
    found = row.get("found") or {}
    barrier = row.get("barrier") or ""
    again = ["" if row["changed"] or not is_done else "was paused by this change already"]
    return [
        reference(row),
        escaped(found.get("status"), 40),
        escaped(short_revision(found.get("revision")), 60),
        LOUD.get(barrier, barrier.replace("_", " ")),
        escaped("; ".join(part for part in [*again, *(row.get("warnings") or ())] if part), 400),
    ]


def _left(outcome: Outcome, now: str) -> list[Section]:
    """What is not of this change: its end does not resume it."""
    left = outcome.rows("left")
    rows = [[reference(row), escaped(row.get("why_left"), 200), *_since(row, now)] for row in left]
    text = ["The end of this change does not resume these.", ""]
    columns = ["object", "why", "since", "until"]
    return [section(f"Left as they were ({len(rows)})", text=text, columns=columns, rows=rows)] if rows else []


def _since(row: Row, now: str) -> list[str]:
    pause = row.get("suspended")
    return suspension_rows([{**row, **pause}], [], now)[0][-2:] if pause else ["", ""]


def _blast(blast: Row) -> list[Section]:
    """What feels it, besides the objects themselves."""
    if not blast:
        return []
    objects, inventory = count(blast["objects"], "object"), count(blast["inventory"], "other object")
    text = [
        f"- {objects}, which {'keeps' if blast['objects'] == 1 else 'keep'} {inventory} up to date",
        *_named("blocked as soon as these are paused", blast["blocked_now"]),
        *_named("blocked at the next commit of their source", blast["blocked_later"]),
        *_named("parents that wait for their health", blast["waiting_parents"]),
    ]
    return [section("Blast radius", text=text)]


def _named(what: str, names: Sequence[str]) -> list[str]:
    return [f"- {what} ({len(names)}): {escaped(compact(names, NAMES), 2000)}"] if names else []


def _open(blast: Row, now: str) -> list[Section]:
    found = blast.get("open_suspensions") or []
    rows = suspension_rows(found, [{**row, "suspended": row} for row in found], now)
    return (
        [section(f"Already paused on this cluster ({len(rows)})", columns=SUSPENSION_COLUMNS, rows=rows)]
        if rows
        else []
    )


def end_page(outcome: Outcome, change: str, problem: str | None, now: str) -> Page:
    """What the end of a change made of a cluster, against its start."""
    return {
        "title": f"{escaped(outcome.name)}: {end_line(outcome, change)}",
        "subtitle": where(outcome.looked, now),
        "notes": [*_notes(outcome, problem), *_limits(outcome)],
        "sections": [*_became(outcome.compared), *_moves(outcome.compared), *_resumed(outcome)],
    }


def end_line(outcome: Outcome, change: str) -> str:
    """'change CHG-7 has ended: 3 objects resumed, 1 newly failing'."""
    named = f"change {escaped(change)}"
    number = count(len(outcome.rows("resumed")), "object")
    if not outcome.was_asked:
        return f"{named} was NOT ended"
    if not outcome.compared:
        return _not_ended(outcome, named, number)
    if "counts" not in outcome.compared:
        return f"{named}: {number} resumed, and nobody could look afterwards"
    # Without anything left, an earlier run was interrupted after its last object.
    resumed = f"{number} resumed" if outcome.done else "nothing was left to resume"
    told = _counted(outcome.compared["counts"])
    state = "has ended" if outcome.compared["ended"] else "is NOT ended"
    return f"{named} {state}: {', '.join(part for part in (resumed, told) if part)}"


def _not_ended(outcome: Outcome, named: str, number: str) -> str:
    """Where nothing was compared, because there was nothing to end, or because nothing was to be written."""
    if outcome.was_over:
        return f"{named} was ended before, at {outcome.kept['ended_at']}"
    if outcome.done is not None or outcome.kept.get("failed"):
        return f"{named} was NOT ended"
    return f"the end of {named} would resume {number}" if outcome.rows("resumed") else f"nothing of {named} here"


def _counted(counts: Mapping[str, int]) -> str:
    names = (
        ("still_paused", "still paused"),
        ("suspended_again", "suspended again"),
        ("newly_failing", "newly failing"),
        ("unsure", "failing, nobody knows since when"),
        ("still_failing", "failing as before"),
        ("newly_suspended", "newly suspended"),
        ("gone", "gone"),
    )
    return ", ".join(f"{counts[key]} {text}" for key, text in names if counts.get(key))


def _limits(outcome: Outcome) -> list[str]:
    """What could not be compared, and why."""
    kept = outcome.kept
    if not kept.get("known") or kept.get("taken") != "end":
        return []
    return [NOT_COMPARED]


TITLES = (
    ("still_paused", "Still paused"),
    ("suspended_again", "Suspended again by somebody else"),
    ("newly_failing", "Newly failing"),
    ("unsure", "Failing, and nobody knows how it was at the start"),
    ("newly_suspended", "Newly suspended"),
    ("still_failing", "Failing as at the start"),
    ("gone", "Gone since the start"),
)


def _became(compared: Row) -> list[Section]:
    sections = []
    for outcome, title in TITLES:
        rows = [_became_row(row) for row in compared.get("rows") or () if row["outcome"] == outcome]
        if rows:
            sections.append(section(f"{title} ({len(rows)})", columns=["object", "was", "is", "message"], rows=rows))
    return sections


def _became_row(row: Row) -> list[str]:
    of = "" if row["role"] == "object" else " (hangs on it)"
    flags = " · ".join(part for part in (row["status"], *(row["flags"] or ())) if part)
    message = " · ".join(part for part in (row["reason"], row["message"]) if part)
    return [f"{reference(row)}{of}", escaped(row["status_before"] or "unknown", 40), escaped(flags), escaped(message)]


def _moves(compared: Row) -> list[Section]:
    moves = compared.get("moves") or []
    rows = [
        [
            escaped(short_revision(move["from"]), 80),
            escaped(short_revision(move["to"]), 80),
            escaped(compact(move["objects"], NAMES), 2000),
        ]
        for move in moves
    ]
    return [section("Revisions moved", columns=["from", "to", "objects"], rows=rows)] if rows else []


def _resumed(outcome: Outcome) -> list[Section]:
    """In the order in which they were resumed."""
    told = [*(outcome.waited.get("verdicts") or ()), *((outcome.done or {}).get("verdicts") or ())]
    verdicts = {slash_reference(row): row for row in told}
    rows = [_resumed_row(row, verdicts.get(slash_reference(row)) or {}) for row in outcome.rows("resumed")]
    title = "Resumed" if outcome.done is not None else "To be resumed"
    columns = ["object", "was", "verdict", "took", "paused by", "why"]
    return [section(f"{title} ({len(rows)})", columns=columns, rows=rows)] if rows else []


def _resumed_row(row: Row, verdict: Row) -> list[str]:
    found, pause = row.get("found") or {}, row.get("suspended") or {}
    return [
        reference(row),
        escaped(found.get("status"), 40),
        (verdict.get("verdict") or "").replace("_", " "),
        duration(verdict.get("seconds")),
        escaped(pause.get("by"), 60),
        escaped(pause.get("reason"), 120),
    ]


def fleet_page(title: str, lines: Mapping[str, str], problems: Mapping[str, str], notes: Sequence[str]) -> Page:
    """One row for each cluster."""
    rows = [[escaped(name), line, escaped(problems.get(name, ""), SENTENCE)] for name, line in lines.items()]
    return {
        "title": title,
        "subtitle": "",
        "notes": [escaped(note, SENTENCE) for note in notes],
        "sections": [section("Clusters", columns=["cluster", "", "problem"], rows=rows)],
    }
