# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who takes part in a run: what was selected, the sources behind it, and what it depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import (
    AGAIN,
    CHILD,
    DEPENDENCY,
    SOURCE,
    TARGET,
    Member,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.wishes import RunWishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

World = Mapping[Ref, Facts]


def members_of(world: World, wishes: RunWishes) -> dict[Ref, Member]:
    """Everything a run asks or waits for, by name."""
    members = {ref: _member(ref, TARGET, world, wishes) for ref in wishes.targets if ref in world}
    if wishes.with_source:
        for ref in sources_behind(members, world):
            if ref not in members and not world[ref].static:
                members[ref] = _member(ref, SOURCE, world, wishes)
    for ref in _dependencies(members, world):
        members.setdefault(ref, _member(ref, DEPENDENCY, world, wishes))
    return members


def _member(ref: Ref, role: str, world: World, wishes: RunWishes) -> Member:
    """A dependency that nobody asks, and everything in a run that only waits, is judged as it stands."""
    member = Member(ref, role, world.get(ref), by_generation=role == DEPENDENCY or not wishes.asks)
    if wishes.asks:
        _find_earlier_request(member, world[ref], wishes.token)
    return member


def _find_earlier_request(member: Member, facts: Facts, token: str) -> None:
    """What an interrupted run with the same token has already asked is not asked again."""
    for value in (facts.requested, facts.handled):
        start, _again, number = (value or "").partition(AGAIN)
        if value is not None and start == token:
            member.token, member.asks = value, 1 + (int(number) if number.isdigit() else 0)
            member.earlier, member.answered = True, facts.handled
            return


def child(ref: Ref, needs: tuple[Ref, ...] = ()) -> Member:
    """An object that came to be during the run. Its controller runs it because it is new."""
    return Member(ref, CHILD, None, automatic=True, by_generation=True, needs=needs)


def sources_behind(refs: Iterable[Ref], world: World) -> list[Ref]:
    """The sources of objects, and the sources of those, as far as they exist; each once."""
    found: dict[Ref, None] = {}
    for start in refs:
        ref = _source_of(start, world)
        while ref is not None and ref in world and ref not in found:
            found[ref] = None
            ref = _source_of(ref, world)
    return list(found)


def _source_of(ref: Ref, world: World) -> Ref | None:
    """Behind an ExternalArtifact stands what generates it."""
    facts = world[ref]
    return facts.owner if facts.kind == "ExternalArtifact" else facts.source


def _dependencies(refs: Iterable[Ref], world: World) -> list[Ref]:
    """What objects depend on, at any distance, as far as it exists."""
    found: dict[Ref, None] = {}
    waiting = list(refs)
    while waiting:
        fresh = [ref for ref in world[waiting.pop()].depends_on if ref in world and ref not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(found)
