# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who suffers from what: the bad objects of one cluster, and everything that hangs on each of them.

Every object in trouble has arrows to what it needs and does not have. Where the arrows end are the causes: an
object that is bad by itself, one that does not exist, a controller that is down, a circle of dependencies.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import is_silent
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
_IN_THE_WAY = frozenset({BAD, MISSING, WAITS})
# Twice the time after which controllers look at their dependencies again.
_REQUEUE = 60.0

Row = Mapping[str, Any]
Arrows = Mapping[Ref, Sequence[Ref]]


@dataclass(frozen=True)
class Blame:
    """Causes with their victims, and what is needed to describe them."""

    scene: Scene
    # A cause is no victim, not even of another cause.
    victims: Mapping[Ref, Collection[Ref]]
    # How many of the victims nothing else holds.
    freed_alone: Mapping[Ref, int]
    # Controllers that are down, by the name of their Deployment.
    controllers: Mapping[Ref, Row]
    # Circles by their first member.
    cycles: Mapping[Ref, Sequence[Ref]]
    # Of every object in trouble.
    needs: Mapping[Ref, Sequence[Need]]
    # The other way round: who misses an object that does not exist, and for what.
    missed: Mapping[Ref, Sequence[tuple[Ref, Need]]]


def blame_of(scene: Scene, controllers: Sequence[Row], expected: Collection[str], now: datetime | None) -> Blame:
    down = {Ref("Deployment", row["namespace"], row["name"]): row for row in controllers if row["state"] != RUNNING}
    needs = {ref: needs_of(record, scene) for ref, record in scene.records.items()}
    troubled = {ref: record for ref, record in scene.records.items() if _is_troubled(record, needs[ref])}
    cycles = _cycles(scene)
    arrows = _arrows(troubled, needs, down, cycles)
    behind = _reversed(arrows)
    wanted = {ref for ref, row in down.items() if row["name"] in expected or row["component"] in expected}
    calm = everything_behind(_calm(troubled, needs, arrows, scene, now), behind)
    causes = _ends(arrows, troubled.keys() - calm) | set(cycles) | wanted
    causes |= _loops(troubled.keys() - calm, causes, behind)
    found = {cause: everything_behind([cause], behind) - causes for cause in causes}
    held = Counter(victim for victims in found.values() for victim in victims)
    held.update(member for members in cycles.values() for member in members)
    victims = {cause: reached - set(cycles.get(cause, ())) for cause, reached in found.items()}
    freed = {cause: sum(held[victim] == 1 for victim in reached) for cause, reached in victims.items()}
    return Blame(scene, victims, freed, down, cycles, needs, _missed(needs))


def _is_troubled(record: Record, needs: Sequence[Need]) -> bool:
    if any(need.state == MISSING for need in needs):
        return True
    if record["status"] in (FAILED, STALLED, BLOCKED) or _ALARMS.intersection(record["flags"]):
        return True
    return bool(record["status"] == READY and is_silent(record["fetch"]))


def _cycles(scene: Scene) -> dict[Ref, Sequence[Ref]]:
    """Circles of dependsOn in which something already waits."""
    wants = {ref: [ref_of(row) for row in record["depends_on"]] for ref, record in scene.records.items()}
    found = cycles_of({ref: refs for ref, refs in wants.items() if refs})
    calm = (READY, SUSPENDED)
    return {group[0]: group for group in found if any(scene.records[ref]["status"] not in calm for ref in group)}


def _arrows(
    troubled: Mapping[Ref, Record],
    needs: Mapping[Ref, Sequence[Need]],
    down: Mapping[Ref, Row],
    cycles: Mapping[Ref, Sequence[Ref]],
) -> dict[Ref, list[Ref]]:
    """From every object in trouble to what it cannot do without; none from one that is bad by itself."""
    circle = {member: first for first, members in cycles.items() for member in members}
    halted = {_source_of(troubled[first]): first for first in cycles if first in troubled}
    arrows: dict[Ref, list[Ref]] = {}
    for ref, record in troubled.items():
        targets = [need.target for need in needs[ref] if need.state in _IN_THE_WAY]
        targets += [found for found in (_controller_of(record, down), circle.get(ref)) if found is not None]
        # One circle keeps every commit of its source from all that run on it.
        if BEHIND in record["flags"] and record["kind"] == "Kustomization" and _source_of(record) in halted:
            targets.append(halted[_source_of(record)])
        arrows[ref] = [target for target in dict.fromkeys(targets) if target != ref]
    return arrows


def _missed(needs: Mapping[Ref, Sequence[Need]]) -> dict[Ref, list[tuple[Ref, Need]]]:
    found: defaultdict[Ref, list[tuple[Ref, Need]]] = defaultdict(list)
    for ref in sorted(needs):
        for need in needs[ref]:
            if need.state == MISSING:
                found[need.target].append((ref, need))
    return dict(found)


def _source_of(record: Record) -> Ref | None:
    return ref_of(record["source"]) if record["source"] else None


def _controller_of(record: Record, down: Mapping[Ref, Row]) -> Ref | None:
    """The controller that is down and ought to look after an object that nobody looks after.

    What failed has had its verdict; what waits will wait on, also when nothing is in its way any more.
    """
    if record["status"] in (FAILED, STALLED):
        return None
    if not _FROM_CONTROLLER.intersection(record["flags"]) and not is_silent(record["fetch"]):
        return None
    component = KINDS[record["kind"]].controller
    labels = {SHARD_KEY: record["shard"]} if record["shard"] else {}
    for ref, row in down.items():
        if row["component"] == component and _looks_after(row, labels):
            return ref
    return None


def _looks_after(row: Row, labels: Mapping[str, str]) -> bool:
    if row["state"] == NO_DEPLOYMENT:
        return row["shard"] is None or row["shard"] == labels.get(SHARD_KEY)
    return all(holds(labels) for holds in requirements_of(row["selector"] or ""))


def _reversed(arrows: Arrows) -> dict[Ref, list[Ref]]:
    behind: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for ref, targets in arrows.items():
        for target in targets:
            behind[target].append(ref)
    return dict(behind)


def _calm(
    troubled: Mapping[Ref, Record],
    needs: Mapping[Ref, Sequence[Need]],
    arrows: Arrows,
    scene: Scene,
    now: datetime | None,
) -> list[Ref]:
    """Blocked objects that wait for something under way, or whose controller will look again soon."""
    return [
        ref
        for ref, record in troubled.items()
        if record["status"] == BLOCKED and not arrows[ref] and _may_wait(ref, needs[ref], scene, now)
    ]


def _may_wait(ref: Ref, needs: Sequence[Need], scene: Scene, now: datetime | None) -> bool:
    states = {need.state for need in needs}
    if UNDER_WAY in states:
        return True
    if UNSEEN in states or now is None:
        return False
    # Just blocked, or its way was just cleared.
    return any(_is_recent(scene.records.get(name), now) for name in (ref, *(need.target for need in needs)))


def _is_recent(record: Record | None, now: datetime) -> bool:
    age = seconds_between(time_or_none(record["since"]), now) if record else None
    return age is not None and age < _REQUEUE


def _ends(arrows: Arrows, troubled: Collection[Ref]) -> set[Ref]:
    """Where arrows end: objects in trouble without any, and whatever they point at that is in none itself."""
    ends = {ref for ref in troubled if not arrows[ref]}
    return ends | {target for ref in troubled for target in arrows[ref] if target not in arrows}


def _loops(troubled: Collection[Ref], causes: Collection[Ref], behind: Arrows) -> set[Ref]:
    """One of each set of objects that only point at each other: nothing in trouble may end up without a cause."""
    left = set(troubled) - everything_behind(causes, behind)
    found: set[Ref] = set()
    while left:
        first = min(left)
        found.add(first)
        left -= everything_behind([first], behind)
    return found


def everything_behind(start: Iterable[Ref], behind: Arrows) -> set[Ref]:
    """The objects themselves and all that hang on them, at any distance."""
    found: set[Ref] = set(start)
    waiting = list(found)
    while waiting:
        fresh = [ref for ref in behind.get(waiting.pop(), ()) if ref not in found]
        found.update(fresh)
        waiting += fresh
    return found
