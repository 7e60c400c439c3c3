# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be done to one object so that it is paused, or runs again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, traces_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import Until
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.ways import needs_request, paused, unpaused
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import OURS, WEB_USER

SUSPENDED, RESUMED, LEFT = "suspended", "resumed", "left"


@dataclass(frozen=True)
class Intent:
    """What somebody wants, the same for all objects."""

    state: str
    # New for each run: a controller that has noted it has seen the object as it is then.
    token: str
    by: str | None = None
    reason: str | None = None
    ticket: str | None = None
    until: Until | None = None
    change: str | None = None
    # Of what is resumed: the request by which its next run is known. Most run without one.
    asks: bool = False


@dataclass(frozen=True)
class Step:
    """What is done to one object. patch None: nothing."""

    stand: Stand
    state: str
    patch: Mapping[str, Any] | None = None
    why_left: str | None = None


def step_for(stand: Stand, intent: Intent, found: Mapping[str, Any] | None = None) -> Step:
    """The one patch that brings an object there, or why it is left as it is. found: its record, to be kept on it."""
    if stand.unpausable:
        return Step(stand, LEFT, why_left=stand.unpausable)
    if stand.rollback:
        # To resume it would bring the bad version back; to note another pause would lose why it is held.
        return Step(stand, LEFT, why_left=stand.rollback)
    if intent.state == RESUMED:
        return _resume(stand, intent)
    if stand.is_terminating:
        # Without its finalizer's work: what it has applied would stay behind.
        return Step(stand, LEFT, why_left="it is being deleted")
    return _renote(stand, intent) if stand.suspended else _pause(stand, intent, found)


def is_of_another_change(stand: Stand, intent: Intent) -> bool:
    """Paused by this collection, for something else."""
    return stand.is_ours and stand.notes.get("change") not in (None, intent.change)


def refuse_other_changes(stands: list[Stand], intent: Intent) -> None:
    """InvalidInput naming the first object that is paused for another change."""
    found = [stand for stand in stands if is_of_another_change(stand, intent)]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise InvalidInput(
            f"{found[0].ref}{more} is {_as_paused(found[0])}. Nothing was written.",
            "Wait for that change to end, end it, or leave the object out of the selection.",
            change=found[0].notes["change"],
            objects=[str(stand.ref) for stand in found],
        )


def _pause(stand: Stand, intent: Intent, found: Mapping[str, Any] | None) -> Step:
    kept = None if found is None else json.dumps({key: found[key] for key in ("status", "revision")})
    annotations = _notes(stand, intent, kept) | {WEB_USER: intent.by, REQUESTED_AT: intent.token}
    return Step(stand, SUSPENDED, _patch(paused(stand.kind), annotations))


def _notes(stand: Stand, intent: Intent, found: str | None) -> dict[str, Any]:
    """Our annotations; those an earlier pause has left behind are taken away."""
    values = {
        "by": intent.by,
        "reason": intent.reason,
        "ticket": intent.ticket,
        "until": intent.until.text if intent.until else None,
        "change": intent.change,
        "found": found,
    }
    return {OURS + name: value for name, value in values.items() if value is not None or name in stand.notes}


def _renote(stand: Stand, intent: Intent) -> Step:
    """Somebody's pause is theirs. Our own is kept up to date: what it is for may have become clearer."""
    if not _is_own(stand, intent):
        return Step(stand, LEFT, why_left=_as_paused(stand))
    wanted = {"reason": intent.reason, "ticket": intent.ticket, "until": intent.until.text if intent.until else None}
    if intent.until is not None and intent.until.from_now and "until" in stand.notes:
        # Counted from the start of the pause: the same task run again does not make it longer.
        wanted["until"] = None
    changed = {
        OURS + name: value for name, value in wanted.items() if value is not None and stand.notes.get(name) != value
    }
    return Step(stand, SUSPENDED, _patch({}, changed) if changed else None)


def _is_own(stand: Stand, intent: Intent) -> bool:
    if not stand.is_ours or stand.notes.get("change") != intent.change:
        return False
    return intent.change is not None or stand.notes.get("by") == intent.by


def _resume(stand: Stand, intent: Intent) -> Step:
    if not _is_to_run(stand, intent):
        return Step(stand, LEFT, why_left=_as_paused(stand))
    notes: dict[str, Any] = dict.fromkeys(traces_of(stand))
    if not stand.suspended:
        # Resumed by somebody else, who left our notes: they must not speak for the next pause.
        return Step(stand, RESUMED, _patch({}, notes) if notes and _may_clear(stand, intent) else None)
    if intent.asks or needs_request(stand.kind):
        notes[REQUESTED_AT] = intent.token
    return Step(stand, RESUMED, _patch(unpaused(stand.kind), notes))


def _is_to_run(stand: Stand, intent: Intent) -> bool:
    """Without a change, whatever was selected; with one, exactly what it has paused."""
    return (
        intent.change is None or not stand.suspended or (stand.is_ours and stand.notes.get("change") == intent.change)
    )


def _may_clear(stand: Stand, intent: Intent) -> bool:
    return intent.change is None or stand.notes.get("change") == intent.change


def _as_paused(stand: Stand) -> str:
    """How it is suspended, for people: suspended by alice under change CHG-7 (disk swap)."""
    pause = stand.pause
    if pause is None:
        return "not suspended"
    writers = ", ".join(sorted(stand.managers)) or "somebody"
    by = pause.by if stand.is_ours or not stand.notes else writers
    change = f" under change {pause.change}" if stand.is_ours and pause.change else ""
    reason = f" ({pause.reason})" if pause.reason and (stand.is_ours or not stand.notes) else ""
    return f"suspended by {by or writers}{change}{reason}"


def _patch(fields: Mapping[str, Any], annotations: Mapping[str, Any]) -> dict[str, Any]:
    """One merge patch of the fields and the annotations."""
    metadata = fields.get("metadata", {})
    merged = {**metadata.get("annotations", {}), **annotations}
    return {**fields, "metadata": {**metadata, "annotations": merged}} if merged else dict(fields)
