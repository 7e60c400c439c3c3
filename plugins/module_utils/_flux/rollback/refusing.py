# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a release is not rolled back, and why: asked before the first write, and again behind the barrier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import CHANGE
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import DEPLOYED, Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import default_target, why_no_target
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import (
    duration_or_none,
    format_duration,
    seconds_between,
    time_or_none,
)

Item = Mapping[str, Any]
# Seconds an action of helm-controller may take when the HelmRelease does not say.
# https://fluxcd.io/flux/components/helm/helmreleases/#timeout
DEFAULT_TIMEOUT = 300.0
_LOOK = "Look at what there is with gitops.flux.flux_helm_history."


def target_for(
    stored: Sequence[Stored], wanted: int | None, history: Sequence[Item], unserved: Mapping[int, Sequence[str]]
) -> Stored:
    """The revision to go back to: the one that is named, or the last that was deployed and healthy."""
    if wanted is None:
        found = default_target(stored, history, unserved)
        if found is None:
            raise InvalidInput("No revision in Helm's storage was deployed and healthy before.", _LOOK)
        return found
    by_number = {one.revision: one for one in stored}
    if wanted not in by_number:
        there = ", ".join(str(number) for number in sorted(by_number))
        raise InvalidInput(f"There is no revision {wanted} in Helm's storage; there are {there}.", _LOOK)
    why = why_no_target(by_number[wanted], stored, unserved)
    if why:
        raise InvalidInput(f"Revision {wanted} is no target: {why}.", _LOOK)
    return by_number[wanted]


def refuse_ready(item: Item, stored: Sequence[Stored], name: str) -> None:
    """A HelmRelease that is well is mended in Git; it may be bad all the same, so force goes on.

    Ready speaks of the revision helm-controller has seen last. What somebody has done by hand since is not meant.
    """
    metadata, status = mapping(item.get("metadata")), mapping(item.get("status"))
    ready = _condition(status, "Ready")
    seen = next(iter(rows(status.get("history"))), {}).get("version")
    if stored[0].status != DEPLOYED or seen != stored[0].revision:
        return
    if ready.get("status") == "True" and status.get("observedGeneration") == metadata.get("generation"):
        raise InvalidInput(
            f"{name} is Ready: {ready.get('message')}.".replace("..", "."),
            "A release that is well is changed in Git. If it is bad although it is Ready, add force: true.",
        )


def refuse_remediated(item: Item, stored: Sequence[Stored], name: str) -> None:
    """helm-controller has gone back by itself, and what it went back to is deployed."""
    remediated = _condition(mapping(item.get("status")), "Remediated")
    newest = stored[0]
    if remediated.get("status") == "True" and newest.status == DEPLOYED:
        raise InvalidInput(
            f"helm-controller has already rolled back {name}: revision {newest.revision} "
            f"({newest.chart} {newest.chart_version}) is deployed.",
            "Mend it in Git. To go to another revision, name it.",
            revision=newest.revision,
        )


def refuse_running(item: Item, stored: Sequence[Stored], now: datetime, name: str) -> None:
    """An action that began a short while ago may still be running: a second one would cross it."""
    newest = stored[0]
    age = seconds_between(time_or_none(newest.deployed_at), now)
    limit = duration_or_none(mapping(item.get("spec")).get("timeout")) or DEFAULT_TIMEOUT
    if newest.is_pending and age is not None and age < limit:
        raise InvalidInput(
            f"An action on {name} is running: revision {newest.revision} is {newest.status} "
            f"since {format_duration(age)}.",
            f"Wait for its end, at most {format_duration(limit)} from its start; "
            "if you know that nothing is running any more, add force: true.",
        )


def refuse_held(stand: Stand) -> None:
    """Paused for something else by this collection: two changes at one object hide each other."""
    change = stand.notes.get("change")
    if stand.is_ours and change != CHANGE:
        by = stand.notes.get("by", "somebody")
        raise InvalidInput(
            f"{stand.ref} is suspended by {by}{f' under change {change}' if change else ''} "
            f"({stand.notes.get('reason', 'no reason')}).",
            "End that first, or add force: true: the rollback then takes over.",
        )


def refuse_terminating(item: Item, name: str) -> None:
    if mapping(item.get("metadata")).get("deletionTimestamp"):
        raise InvalidInput(f"{name} is being deleted: its release goes with it.", "Stop the deletion in Git first.")


def _condition(status: Item, kind: str) -> Item:
    return next((row for row in rows(status.get("conditions")) if row.get("type") == kind), {})
