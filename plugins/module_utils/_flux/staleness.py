# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a source is still being fetched.

Its status does not say: an unchanged repository leaves every time in it untouched. Signs of life are the
controller's events and log lines, and a source is called stale on evidence only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import seconds_between, text_of, time_or_none

FRESH, STALE, UNKNOWN = "fresh", "stale", "unknown"
FETCH_FAILED, SILENT, NONE = "fetch_failed", "silent", "none"


# A controller's recorder lets through one event per object in five minutes once it has said a lot.
_EVENT_LAG = 330.0


@dataclass(frozen=True)
class SourceSigns:
    """Where signs of life were looked for, and what was found."""

    # The newest event or log line about each object.
    seen_at: Mapping[Ref, datetime] = field(default_factory=dict)
    # Anything after these would have been seen; None when that channel could not be read.
    events_reach: datetime | None = None
    logs_reach: datetime | None = None


def signs_of(
    events: Iterable[Mapping[str, Any]] | None,
    log_lines: Iterable[Mapping[str, Any]] | None,
) -> SourceSigns:
    """The signs in rows of events_of and of parse_log; None is "not readable"."""
    seen: dict[Ref, datetime] = {}
    in_events = _collect(seen, events or (), "last_at")
    about_sources = [row for row in log_lines or () if row.get("kind") in KINDS and KINDS[row["kind"]].is_source]
    in_logs = _collect(seen, about_sources, "at")
    # Each pod's tail reaches as far as it does; together they are sure only from where the shortest begins.
    return SourceSigns(seen, min(in_events.values(), default=None), max(in_logs.values(), default=None))


def _collect(seen: dict[Ref, datetime], found: Iterable[Mapping[str, Any]], key: str) -> dict[object, datetime]:
    """Notes the newest time of each object; returns the oldest time of each pod (None for events)."""
    oldest: dict[object, datetime] = {}
    for row in found:
        at = time_or_none(row.get(key))
        if at is None:
            continue
        ref, pod = ref_of(row), row.get("pod")
        seen[ref] = max(at, seen.get(ref, at))
        oldest[pod] = min(at, oldest.get(pod, at))
    return oldest


def fetch_of(facts: Facts, *, failing: bool, signs: SourceSigns, now: datetime, stale_after: float) -> dict[str, Any]:
    """The verdict on one source's fetches. An old artifact is no evidence, silence of a readable channel is."""
    threshold = max(stale_after, 2 * (facts.cadence.interval or 0.0))
    last_sign = last_sign_of(facts, signs)
    silent = seconds_between(last_sign, now)
    state, evidence = _judgement(facts, silent, threshold, signs, now)
    return {
        "state": STALE if failing else state,
        "last_sign_at": text_of(last_sign),
        "silent_seconds": silent,
        "threshold_seconds": threshold,
        "evidence": FETCH_FAILED if failing else evidence,
    }


def _judgement(
    facts: Facts, silent: float | None, threshold: float, signs: SourceSigns, now: datetime
) -> tuple[str, str]:
    age = seconds_between(facts.created_at, now)
    quiet_for = min((seconds for seconds in (silent, age) if seconds is not None), default=None)
    if quiet_for is None:
        return UNKNOWN, NONE
    if quiet_for <= threshold:
        return FRESH, NONE
    if _reaches(signs.logs_reach, threshold, now):
        return STALE, SILENT
    patience = max(threshold, _EVENT_LAG)
    if quiet_for > patience and _reaches(signs.events_reach, patience, now):
        return STALE, SILENT
    return UNKNOWN, NONE


def _reaches(reach: datetime | None, seconds: float, now: datetime) -> bool:
    return reach is not None and reach <= now - timedelta(seconds=seconds)


def last_sign_of(facts: Facts, signs: SourceSigns) -> datetime | None:
    """The newest trace of the controller's work on an object: event, log line, artifact or change of status."""
    changed_at = facts.artifact.changed_at if facts.artifact else None
    found = [signs.seen_at.get(facts.ref), facts.status_written_at, changed_at]
    found += [condition.changed_at for condition in facts.conditions]
    return max((at for at in found if at is not None), default=None)


def is_silent(fetch: Mapping[str, Any] | None) -> bool:
    """Whether a source is stale on the evidence of silence alone; a failing one says so itself."""
    return bool(fetch and fetch["state"] == STALE and fetch["evidence"] == SILENT)


def stale_rows(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sources whose fetches are stale or not known, as flux_info and the reports list them."""
    return [_row(record) for record in records if record["fetch"] and record["fetch"]["state"] != FRESH]


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    fetch = record["fetch"]
    return {
        **{key: record[key] for key in ("cluster", "kind", "namespace", "name")},
        **fetch,
        "message": sentence_of(record),
    }


def sentence_of(record: Mapping[str, Any]) -> str:
    """What is known about the fetches of a source."""
    fetch = record["fetch"]
    if fetch["evidence"] == FETCH_FAILED:
        return str(record["message"] or "its fetch fails")
    if fetch["evidence"] == SILENT:
        last = fetch["last_sign_at"]
        return f"no sign of a fetch since {last}" if last else "no sign of a fetch at all"
    return "neither events nor logs reach back far enough to tell"
