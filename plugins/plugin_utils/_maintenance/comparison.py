# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the objects of a change, and what hangs on them, are after its end, against what was found at its start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import BLOCKED, FAILED, STALLED, SUSPENDED
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.record import END

Row = Mapping[str, Any]

OBJECT, DEPENDENT = "object", "dependent"
# What can have become of an object; the first three fail the end of a change.
STILL_PAUSED, NEWLY_FAILING, UNSURE = "still_paused", "newly_failing", "unsure"
STILL_FAILING, NEWLY_SUSPENDED, SUSPENDED_AGAIN = "still_failing", "newly_suspended", "suspended_again"
GONE, WELL, LEFT_SUSPENDED = "gone", "well", "left_suspended"
BAD_OUTCOMES = (STILL_PAUSED, SUSPENDED_AGAIN, NEWLY_FAILING, UNSURE)
_BAD = (FAILED, STALLED, BLOCKED)


def compared(kept: Mapping[str, Any], records: Sequence[Row]) -> dict[str, Any]:
    """rows: whatever is not simply well; moves: who went from which revision to which; counts by outcome."""
    rows = list(_rows(kept, {ref_of(record): record for record in records}))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
    shown = [row for row in rows if row["outcome"] not in (WELL, LEFT_SUSPENDED)]
    return {"rows": shown, "moves": _moves(rows), "counts": counts, "ended": STILL_PAUSED not in counts}


def _rows(kept: Mapping[str, Any], now: Mapping[Ref, Row]) -> Iterator[dict[str, Any]]:
    for name, before in kept["objects"].items():
        yield _row(name, OBJECT, before, now, _object_outcome(kept["change"], before, _record(name, now)))
    sure = kept["taken"] != END
    for name, before in kept["dependents"].items():
        yield _row(name, DEPENDENT, before, now, _dependent_outcome(before, _record(name, now), sure=sure))


def _record(name: str, now: Mapping[Ref, Row]) -> Row | None:
    return now.get(Ref(*name.split("/", 2)))


def _object_outcome(change: str, before: Row, record: Row | None) -> str:
    if record is None:
        return GONE
    if record["status"] == SUSPENDED:
        return STILL_PAUSED if record["suspended"]["change"] == change else SUSPENDED_AGAIN
    if is_well(record):
        return WELL
    # Paused without a note of what was found: nobody can say whether this is new.
    if before["status"] is None:
        return UNSURE
    return STILL_FAILING if before["status"] in _BAD else NEWLY_FAILING


def _dependent_outcome(before: Row, record: Row | None, *, sure: bool) -> str:
    """sure: how it was is known of the start. Otherwise it is known of the moment before resuming only."""
    if record is None:
        return GONE
    if record["status"] == SUSPENDED:
        return LEFT_SUSPENDED if before["status"] == SUSPENDED else NEWLY_SUSPENDED
    if is_well(record):
        return WELL
    if before["status"] not in _BAD:
        return NEWLY_FAILING
    return STILL_FAILING if sure else UNSURE


def _row(name: str, role: str, before: Row, now: Mapping[Ref, Row], outcome: str) -> dict[str, Any]:
    ref, record = Ref(*name.split("/", 2)), _record(name, now) or {}
    return {
        **ref.as_dict(),
        "role": role,
        "outcome": outcome,
        "status_before": before["status"],
        "revision_before": before["revision"],
        "revision": record.get("revision"),
        **{key: record.get(key) for key in ("status", "flags", "reason", "message")},
    }


def _moves(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Objects by the step they took: a whole cluster often takes the same one."""
    steps: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        before, after = row["revision_before"], row["revision"]
        if before and after and before != after:
            steps.setdefault((before, after), []).append(str(ref_of(row)))
    return [{"from": before, "to": after, "objects": names} for (before, after), names in steps.items()]
