# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who suffers from what: the bad nodes of one cluster and everything that waits behind each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import MISSING as NO_DEPLOYMENT
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import READY as RUNNING
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import SHARD_KEY
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND
from ansible_collections.gitops.flux.plugins.module_utils._flux.graph import cycles_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import (
    BAD,
    MISSING,
    UNDER_WAY,
    UNSEEN,
    WAITS,
    Need,
    Record,
    Scene,
    needs_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import requirements_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    READY,
    STALLED,
    STUCK,
    SUSPENDED,
    UNOBSERVED,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import seconds_between, time_or_none

_ALARMS = frozenset({STUCK, UNOBSERVED, BEHIND})
_FROM_CONTROLLER = frozenset({UNOBSERVED, BEHIND})
# Twice the time after which controllers look at their dependencies again.
_REQUEUE = 60.0


@dataclass(frozen=True)
class Blame:
    """Causes with their victims, and what is needed to describe them."""

    scene: Scene
    victims: Mapping[Ref, Collection[Ref]]
    # Controllers that are down, by the name of their Deployment.
    controllers: Mapping[Ref, Mapping[str, Any]]
    # Circles by their first member.
    cycles: Mapping[Ref, Sequence[Ref]]
    # Of blocked objects.
    needs: Mapping[Ref, Sequence[Need]]


def blame_of(
    scene: Scene, controllers: Sequence[Mapping[str, Any]], expected: Collection[str], now: datetime | None
) -> Blame:
    down = {Ref("Deployment", row["namespace"], row["name"]): row for row in controllers if row["state"] != RUNNING}
    needs = {ref: needs_of(record, scene) for ref, record in scene.records.items() if record["status"] == BLOCKED}
    cycles = _cycles(scene)
    direct = _direct(scene, down, needs)
    for ref, row in down.items():
        if row["name"] in expected or row["component"] in expected:
            direct.setdefault(ref, set())
    behind = _waiting(needs)
    _settle(direct, needs, cycles, behind, _young(scene, needs, now))
    victims = {cause: _everything_behind({cause, *found}, behind) - {cause} for cause, found in direct.items()}
    return Blame(scene, _without_members(victims, cycles), down, cycles, needs)


def _cycles(scene: Scene) -> dict[Ref, Sequence[Ref]]:
    """Circles of dependsOn in which something already waits."""
    wants = {ref: [ref_of(row) for row in record["depends_on"]] for ref, record in scene.records.items()}
    found = cycles_of({ref: refs for ref, refs in wants.items() if refs})
    calm = (READY, SUSPENDED)
    return {group[0]: group for group in found if any(scene.records[ref]["status"] not in calm for ref in group)}


def _direct(
    scene: Scene, down: Mapping[Ref, Mapping[str, Any]], needs: Mapping[Ref, Sequence[Need]]
) -> dict[Ref, set[Ref]]:
    """Each cause with what hangs on it at first hand."""
    direct: dict[Ref, set[Ref]] = {}
    for ref, record in scene.records.items():
        culprit = _culprit(ref, record, down)
        if culprit is not None:
            direct.setdefault(culprit, set()).update({ref} - {culprit})
    for ref, wanted in needs.items():
        for need in wanted:
            if need.state == MISSING:
                direct.setdefault(need.target, set()).add(ref)
            elif need.state == UNSEEN:
                direct.setdefault(ref, set())
            elif need.state == BAD:
                culprit = _culprit(need.target, scene.records[need.target], down) or need.target
                direct.setdefault(culprit, set()).add(ref)
    return direct


def _culprit(ref: Ref, record: Record, down: Mapping[Ref, Mapping[str, Any]]) -> Ref | None:
    """What is to blame for an object that is bad by itself: the object, or its controller; None when it is not."""
    if record["status"] in (FAILED, STALLED):
        return ref
    alarms = _ALARMS.intersection(record["flags"])
    if not alarms:
        return None
    controller = _controller_of(record, down) if alarms & _FROM_CONTROLLER else None
    return controller or ref


def _controller_of(record: Record, down: Mapping[Ref, Mapping[str, Any]]) -> Ref | None:
    """The controller that is down and ought to look after the object."""
    component = KINDS[record["kind"]].controller
    labels = {SHARD_KEY: record["shard"]} if record["shard"] else {}
    for ref, row in down.items():
        if row["component"] == component and _looks_after(row, labels):
            return ref
    return None


def _looks_after(row: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    if row["state"] == NO_DEPLOYMENT:
        return row["shard"] is None or row["shard"] == labels.get(SHARD_KEY)
    return all(holds(labels) for holds in requirements_of(row["selector"] or ""))


def _waiting(needs: Mapping[Ref, Sequence[Need]]) -> dict[Ref, list[Ref]]:
    """Blocked objects by the blocked object they wait for."""
    behind: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for ref, wanted in needs.items():
        for need in wanted:
            if need.state == WAITS:
                behind[need.target].append(ref)
    return behind


def _young(scene: Scene, needs: Mapping[Ref, Sequence[Need]], now: datetime | None) -> Collection[Ref]:
    """Blocked objects whose controller will look again soon: just blocked, or their way was just cleared."""
    if now is None:
        return frozenset()
    return {
        ref
        for ref, wanted in needs.items()
        if any(_is_recent(scene.records.get(name), now) for name in (ref, *(need.target for need in wanted)))
    }


def _is_recent(record: Record | None, now: datetime) -> bool:
    age = seconds_between(time_or_none(record["since"]), now) if record else None
    return age is not None and age < _REQUEUE


def _settle(
    direct: dict[Ref, set[Ref]],
    needs: Mapping[Ref, Sequence[Need]],
    cycles: Mapping[Ref, Sequence[Ref]],
    behind: Mapping[Ref, Sequence[Ref]],
    young: Collection[Ref],
) -> None:
    """Adds circles, and the blocked objects that nothing explains: no blocked object may end up without a cause."""
    for first, members in cycles.items():
        direct.setdefault(first, set()).update(members)
    calm = {ref for ref, wanted in needs.items() if any(need.state == UNDER_WAY for need in wanted)}
    calm |= {ref for ref, wanted in needs.items() if ref in young and not _has_reason(wanted)}
    explained = _everything_behind({*calm, *(ref for found in direct.values() for ref in found), *direct}, behind)
    alone = [ref for ref in needs if ref not in explained and not _has_reason(needs[ref])]
    explained |= _everything_behind(alone, behind)
    for ref in [*alone, *(ref for ref in needs if ref not in explained)]:
        direct.setdefault(ref, set())


def _has_reason(wanted: Iterable[Need]) -> bool:
    return any(need.state in (BAD, MISSING, WAITS, UNDER_WAY, UNSEEN) for need in wanted)


def _everything_behind(start: Iterable[Ref], behind: Mapping[Ref, Sequence[Ref]]) -> set[Ref]:
    """The objects themselves and all that wait for them, at any distance."""
    found: set[Ref] = set(start)
    waiting = list(found)
    while waiting:
        fresh = [ref for ref in behind.get(waiting.pop(), ()) if ref not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _without_members(
    victims: Mapping[Ref, set[Ref]], cycles: Mapping[Ref, Sequence[Ref]]
) -> dict[Ref, Collection[Ref]]:
    return {cause: found - set(cycles.get(cause, ())) for cause, found in victims.items()}
