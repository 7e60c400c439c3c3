# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All objects of a run as they are now, and how they hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.judging import Case
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import BLOCKED, Member, Verdict
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.members import child, members_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.needs import (
    MET,
    OPEN,
    Need,
    needed_by,
    state_of_need,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.revisions import runs_by_itself
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.wishes import RunWishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.graph import cycles_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref


class Board:
    """readable: the kinds of which every object was read, so that one that is not here does not exist."""

    def __init__(self, world: Iterable[Facts], wishes: RunWishes, readable: Collection[str]) -> None:
        self.world: dict[Ref, Facts] = {facts.ref: facts for facts in world}
        self.wishes = wishes
        self.readable = readable
        self.members = members_of(self.world, wishes)
        self._circles: dict[Ref, list[Ref]] | None = None
        self._first = {ref: facts.artifact for ref, facts in self.world.items() if facts.artifact}
        self._behind: defaultdict[Ref, set[Ref]] = defaultdict(set)
        for member in self.members.values():
            self.index(member)

    def knows_newer(self, facts: Facts) -> bool:
        """Whether this is news of yesterday: lists and watches may overtake each other.

        https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
        """
        known = self.world.get(facts.ref)
        if known is None or known.uid != facts.uid:
            return False
        new, old = facts.resource_version or "", known.resource_version or ""
        return new.isdigit() and old.isdigit() and int(new) < int(old)

    def behind(self, ref: Ref) -> set[Ref]:
        """Who waits for an object, or runs on it."""
        return self._behind[ref]

    @property
    def circles(self) -> dict[Ref, list[Ref]]:
        """Every member of a circle of dependencies, with the whole circle."""
        if self._circles is None:
            wants = {ref: facts.depends_on for ref, facts in self.world.items() if facts.depends_on}
            self._circles = {ref: circle for circle in cycles_of(wants) for ref in circle}
        return self._circles

    def forget_circles(self) -> None:
        """Somebody depends on something else now."""
        self._circles = None

    def index(self, member: Member) -> None:
        """Notes what an object needs; its spec may have changed."""
        facts = self.world[member.ref]
        member.needs = needed_by(facts, self.members, self.world)
        for ref in (*member.needs, *([facts.source] if facts.source else [])):
            self._behind[ref].add(member.ref)

    def join(self, facts: Facts) -> Member | None:
        """Takes in an object that a member of the run has made."""
        maker = self.members.get(facts.owner) if facts.owner else None
        if maker is None or not maker.reported:
            return None
        self.members[facts.ref] = child(facts.ref)
        return self.members[facts.ref]

    def needs(self, member: Member) -> list[Need]:
        """What an object needs, each with its state."""
        facts = self.world.get(member.ref)
        if facts is None:
            return []
        return [state_of_need(facts, ref, self.members, self.world, self.readable) for ref in member.needs]

    def unmet(self, member: Member) -> Need | None:
        """The first need that is lost or open."""
        return next((need for need in self.needs(member) if need.state != MET), None)

    def root_of(self, need: Need, known: dict[Ref, Ref]) -> Ref:
        """What an open need comes down to: the first on the way that is not itself waiting.

        known: what was found for others at the same moment. It is added to, so that a long chain is walked once.
        """
        way: dict[Ref, None] = {}
        while need.state == OPEN and need.blocker not in way and need.blocker not in known:
            way[need.blocker] = None
            member = self.members.get(need.blocker)
            further = self.unmet(member) if member is not None and member.open else None
            if further is None:
                break
            need = further
        root = known.get(need.blocker, need.blocker)
        known.update(dict.fromkeys(way, root))
        return root

    def versions(self, member: Member) -> tuple[str | None, ...]:
        """The needs as they are now."""
        return tuple(self.world[ref].resource_version if ref in self.world else None for ref in member.needs)

    def case(self, member: Member) -> Case:
        facts = self.world[member.ref]
        return Case(member, facts, self.world.get(facts.source) if facts.source else None, self.wishes)

    def circular(self, ref: Ref) -> Verdict | None:
        """The verdict on an object that waits for itself in the end."""
        circle = self.circles.get(ref)
        if circle is None:
            return None
        names = " -> ".join(member.name for member in [*circle, circle[0]])
        return Verdict(BLOCKED, "DependencyCycle", f"wait for each other: {names}", circle[0])

    def runs_by_itself(self, member: Member) -> bool:
        """Whether its controller runs it without being asked, because its source has moved in this run."""
        facts = self.world[member.ref]
        source = self.world.get(facts.source) if facts.source else None
        if source is None or source.artifact is None or not runs_by_itself(facts, source):
            return False
        # kustomize-controller cannot order the consumers of a source with a circle in it, and runs none of them.
        if facts.kind == "Kustomization" and any(self._is_on(ref, source.ref) for ref in self.circles):
            return False
        return self._has_moved(source)

    def _is_on(self, ref: Ref, source: Ref) -> bool:
        return ref in self.world and self.world[ref].source == source

    def _has_moved(self, source: Facts) -> bool:
        first, member, artifact = self._first.get(source.ref), self.members.get(source.ref), source.artifact
        if artifact is None:
            return False
        if first is None or first.revision != artifact.revision:
            return True
        # Moved by the run this one goes on from.
        since = self.wishes.token_at
        return bool(member and member.earlier and since and artifact.changed_at and artifact.changed_at >= since)
