# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of flux_suspend: one row for each object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.difference import merged
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import RESUMED, Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import suspension_of


@dataclass(frozen=True)
class Outcome:
    """What became of one step. stand: how the object stands afterwards; failure: why it could not be written."""

    step: Step
    stand: Stand
    barrier: str | None = None
    failure: str | None = None
    warnings: Sequence[str] = ()

    @property
    def changed(self) -> bool:
        return self.step.patch is not None and self.failure is None


def foreseen(step: Step) -> Outcome:
    """What a step will do, without doing it."""
    return Outcome(step, stand_of(merged(step.stand.item, step.patch)) if step.patch else step.stand)


def row_of(outcome: Outcome, last: str, now: datetime) -> dict[str, Any]:
    """One object of the result. last: what it was before, or would be if it were not suspended."""
    step = outcome.step
    # Of a resumed object it is of interest how it was suspended.
    told = step.stand if step.state == RESUMED else outcome.stand
    return {
        **step.stand.ref.as_dict(),
        "state": step.state if outcome.failure is None else "left",
        "changed": outcome.changed,
        "why_left": outcome.failure or step.why_left,
        "barrier": outcome.barrier,
        "suspended": _suspended(told, step, last, now),
        "found": found_on(told.notes),
        "warnings": list(outcome.warnings),
    }


def _suspended(told: Stand, step: Step, last: str, now: datetime) -> dict[str, Any] | None:
    pause = told.pause
    if pause is None:
        return None
    if step.patch is not None and not step.stand.suspended and _is_foreseen(told, step):
        pause = pause._replace(since=now)
    return suspension_of(pause, last, now)


def _is_foreseen(told: Stand, step: Step) -> bool:
    """A check run makes up what the API server would have dated."""
    versions = [stand.item["metadata"].get("resourceVersion") for stand in (told, step.stand)]
    return bool(versions[0] == versions[1])


def found_on(notes: Mapping[str, str]) -> dict[str, Any] | None:
    """What the object was when it was paused, as far as that was kept on it."""
    try:
        kept = json.loads(notes.get("found", "null"))
    except ValueError:
        return None
    return {key: kept.get(key) for key in ("status", "revision")} if isinstance(kept, dict) else None
