# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which controllers no longer say anything although their objects are due, and which shards nobody watches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import (
    MISSING,
    READY,
    SHARD_KEY,
    SILENT,
    missing_row,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import requirements_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import seconds_between, text_of, time_or_none


def with_silence(
    controllers: Sequence[Mapping[str, Any]],
    facts: Iterable[Facts],
    last_logs: Mapping[str, datetime | None],
    now: datetime,
    stale_after: float,
) -> list[dict[str, Any]]:
    """The rows of controllers_of, completed by what logs and objects tell.

    last_logs has the time of the newest line of each pod whose log could be read (None: it is empty).
    """
    due = [fact for fact in facts if not (fact.suspended or fact.static or fact.deleted_at)]
    completed = [_completed(row, _kept_by(row, due), last_logs, now, stale_after) for row in controllers]
    return completed + _unwatched(completed, due)


def _kept_by(row: Mapping[str, Any], due: Iterable[Facts]) -> list[Facts]:
    if row["state"] == MISSING:
        return []
    requirements = requirements_of(row["selector"] or "")
    return [
        fact
        for fact in due
        if KINDS[fact.kind].controller == row["component"] and all(holds(fact.labels) for holds in requirements)
    ]


def _completed(
    row: Mapping[str, Any],
    kept: Sequence[Facts],
    last_logs: Mapping[str, datetime | None],
    now: datetime,
    stale_after: float,
) -> dict[str, Any]:
    names = [pod["name"] for pod in row["pods"] if pod["name"] in last_logs]
    last_log = max((at for name in names if (at := last_logs[name]) is not None), default=None)
    signs = [last_log, *map(_last_work, kept)] if kept else [last_log]
    if last_log is None and names:
        signs.append(time_or_none(row["started_at"]))
    silent = seconds_between(max((at for at in signs if at is not None), default=None), now)
    heard = bool(names) or any(map(_notes_every_run, kept))
    completed = {**row, "last_log_at": text_of(last_log), "silent_seconds": silent if heard else None}
    limit = _patience(kept, now, stale_after)
    if row["state"] == READY and heard and limit is not None and silent is not None and silent > limit:
        completed |= {
            "state": SILENT,
            "message": f"running, but silent for {silent:.0f} s while its objects are due every {limit:.0f} s at most",
        }
    return completed


def _notes_every_run(fact: Facts) -> bool:
    """Whether silence shows in the object itself: a ready Kustomization's history moves with every run."""
    ready = fact.condition("Ready")
    return fact.kind == "Kustomization" and bool(fact.runs) and ready is not None and ready.status == "True"


def _last_work(fact: Facts) -> datetime | None:
    """When the controller last left a trace on one of its objects."""
    ran = fact.runs[0].last_at if fact.runs else None
    return max((at for at in (fact.status_written_at, ran) if at is not None), default=None)


def _patience(kept: Iterable[Facts], now: datetime, stale_after: float) -> float | None:
    """How long the controller may say nothing; None when nothing it keeps is due regularly."""
    spans = [
        2 * fact.cadence.interval + fact.cadence.timeout
        for fact in kept
        if fact.cadence.interval and not _is_young(fact, now, stale_after)
    ]
    return max(stale_after, min(spans)) if spans else None


def _is_young(fact: Facts, now: datetime, stale_after: float) -> bool:
    age = seconds_between(fact.created_at, now)
    return age is not None and age < stale_after


def _unwatched(controllers: Sequence[Mapping[str, Any]], due: Iterable[Facts]) -> list[dict[str, Any]]:
    """A row for each controller or shard that objects need and no Deployment provides."""
    selections = [
        (row["component"], requirements_of(row["selector"] or "")) for row in controllers if row["state"] != MISSING
    ]
    known = {row["name"] for row in controllers}
    namespace = next((str(row["namespace"]) for row in controllers if row["namespace"]), "flux-system")
    lost: dict[str, dict[str, Any]] = {}
    for component, shard, labels in _needs(due):
        watched = any(name == component and all(holds(labels) for holds in wants) for name, wants in selections)
        name = f"{component}-{shard}" if shard and any(row[0] == component for row in selections) else component
        if not watched and name not in known:
            lost[name] = missing_row(name, namespace, component, shard if name != component else None)
    return list(lost.values())


def _needs(due: Iterable[Facts]) -> Iterable[tuple[str, str | None, Mapping[str, str]]]:
    """Every controller with every shard of it that objects ask for, once."""
    found: dict[tuple[str, str | None], Mapping[str, str]] = {}
    for fact in due:
        component = KINDS[fact.kind].controller
        if component is not None:
            found.setdefault((component, fact.labels.get(SHARD_KEY)), fact.labels)
    return [(component, shard, labels) for (component, shard), labels in found.items()]
