# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Since when an object is as it is. Condition times move with every message, so none of them is taken alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts, Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import is_bad
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    PROGRESSING,
    STALLED,
    SUSPENDED,
    TERMINATING,
    UNKNOWN,
    WAITING,
    Surroundings,
    Verdict,
    is_current,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none

_BAD = (FAILED, STALLED, BLOCKED)
_WAS_GOOD = ("deployed", "superseded")


def last_good_at(facts: Facts, around: Surroundings) -> datetime | None:
    """The last moment known at which it was in order."""
    ready = facts.condition("Ready")
    found = [run.last_at for run in facts.runs if run.good]
    found += [time_or_none(row["last_deployed"]) for row in facts.revisions if row["status"] in _WAS_GOOD]
    found += [around.verdicts.good_at.get(facts.ref), facts.artifact.changed_at if facts.artifact else None]
    found += [ready.changed_at if ready and ready.status == "True" else None]
    return max(_known(found), default=None)


def failing_since(facts: Facts, verdict: Verdict, good_at: datetime | None, around: Surroundings) -> datetime | None:
    """The earliest moment after the last good one at which it is known to have been failing."""
    if verdict.status not in _BAD:
        return None
    found = [_after(good_at, run.first_at, run.last_at) for run in _leading_failures(facts)]
    found += [time_or_none(row["last_deployed"]) for row in facts.revisions[:1] if is_bad(row)]
    warning = around.verdicts.warnings.get(facts.ref, {})
    found.append(_after(good_at, time_or_none(warning.get("first_at")), time_or_none(warning.get("last_at"))))
    found += [
        condition.changed_at
        for condition in facts.conditions
        if (condition.type, condition.status) in (("Ready", "False"), ("Stalled", "True"), ("FetchFailed", "True"))
    ]
    return min((at for at in _known(found) if good_at is None or at >= good_at), default=None)


def _leading_failures(facts: Facts) -> list[Run]:
    return list(takewhile(lambda run: not run.good, facts.runs))


def _after(good_at: datetime | None, first: datetime | None, last: datetime | None) -> datetime | None:
    """The first of a series, unless the series was interrupted by something good: then its last is all that is sure."""
    return last if first is None or (good_at is not None and first <= good_at) else first


def since(facts: Facts, verdict: Verdict, failing_at: datetime | None) -> datetime | None:
    """Since when it has had its present status, as far as known."""
    ready = facts.condition("Ready")
    if verdict.status == TERMINATING:
        return facts.deleted_at
    if verdict.status == SUSPENDED:
        return facts.pause.since if facts.pause else None
    if verdict.status in _BAD:
        return failing_at
    if verdict.status == PROGRESSING and ready and ready.status == "True" and not is_current(facts):
        return facts.spec_written_at or facts.created_at
    if ready is None or verdict.status == UNKNOWN:
        return facts.created_at
    return ready.changed_at


def next_retry_at(facts: Facts, verdict: Verdict, around: Surroundings) -> datetime | None:
    """When a failed object runs again; None while it runs, where the controller backs off, and where nothing comes."""
    ready = facts.condition("Ready")
    if verdict.status != FAILED or facts.cadence.retry is None or ready is None or ready.status != "False":
        return None
    ended = max(_known([ready.changed_at, *(run.last_at for run in facts.runs[:1] if not run.good)]), default=None)
    if ended is None or ready.reason in WAITING:
        return None
    due = ended + timedelta(seconds=facts.cadence.retry)
    return due if due > around.now else None


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    return [moment for moment in moments if moment is not None]
