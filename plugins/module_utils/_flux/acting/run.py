# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run over many objects: who is asked when, who is done, who is not waited for any more.

Pure: what happens in the cluster comes in through observe(), time through the clock given to each call; what is to be
sent goes out through due(). Requests travel along the graph: an object is asked when what it waits for is done, and
what waits for something that has failed is blocked. Parents and children are never ordered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.board import Board
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.judging import (
    is_running,
    is_superseded,
    resting_verdict,
    verdict_of,
    waits,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import (
    AGAIN,
    BLOCKED,
    DEPENDENCY,
    FAILED,
    REMOVED,
    SUPERSEDED,
    Member,
    Verdict,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.needs import LOST, OPEN
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.revisions import follows, runs_by_itself, tried
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.unfinished import (
    ended_early,
    out_of_time,
    still_waiting,
    terminating,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.wishes import RunWishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

# Verdicts that do not come from the object itself.
_CONTROLLER_DOWN, _REFUSED = "ControllerDown", "RequestRefused"
# More requests to one object than this would not tell more.
_MOST_ASKS = 3


class Ask(NamedTuple):
    """A request to be sent."""

    ref: Ref
    token: str


class Run:
    """The state of a run. Seconds are of any clock that only moves forward."""

    def __init__(self, world: Iterable[Facts], wishes: RunWishes, readable: Collection[str], now: float) -> None:
        self.board = Board(world, wishes, readable)
        self.wishes = wishes
        self._due: list[Ask] = []
        # When each kind last moved: a controller at work is not to be pushed.
        self._moved: dict[str, float] = {}
        self._settle(self.board.members, now)

    @property
    def members(self) -> Mapping[Ref, Member]:
        return self.board.members

    @property
    def done(self) -> bool:
        """Whether nothing is waited for any more."""
        return not any(member.open for member in self._reported()) or self._first_bad() is not None

    def due(self) -> list[Ask]:
        """The requests to be sent now; each is given out once."""
        due, self._due = self._due, []
        return due

    def observe(self, changes: Iterable[tuple[Ref, Facts | None]], now: float) -> None:
        """Takes what has changed in the cluster: objects as they are, None for one that is gone."""
        touched: set[Ref] = set()
        for ref, facts in changes:
            self._take(ref, facts, now)
            touched |= {ref, *self.board.behind(ref)}
        self._settle(touched, now)

    def ask_everything(self, now: float) -> None:
        """All at once, for a run that will not wait: without waiting there is no order."""
        for member in self._reported():
            if member.open and member.asks == 0:
                self._ask(member, now)

    def sent(self, ref: Ref) -> None:
        """A request was accepted."""
        self.members[ref].sent = True

    def refused(self, ref: Ref, message: str, now: float) -> None:
        """A request was not accepted, and will not be."""
        if ref not in self.board.world:
            return
        self._decide(self.members[ref], Verdict(FAILED, _REFUSED, message), now)
        self._settle(self.board.behind(ref), now)

    def give_up(self, lost: Mapping[Ref, tuple[Ref, str]], now: float) -> None:
        """Objects nobody looks after: each with who ought to, and what is wrong with that."""
        for ref, (keeper, message) in lost.items():
            if ref in self.members and self.members[ref].open:
                self._decide(self.members[ref], Verdict(BLOCKED, _CONTROLLER_DOWN, message, keeper), now)
                self._settle(self.board.behind(ref), now)

    def tick(self, now: float) -> None:
        """What only time brings: a push for automatic runs that do not come, an end to waiting for a deletion."""
        for member in list(self.members.values()):
            facts = self.board.world.get(member.ref)
            if not member.open or facts is None:
                continue
            if facts.deleted_at is not None:
                self._wait_for_deletion(member, facts, now)
            elif self._wants_push(member, facts, now):
                self._ask(member, now)

    def _wait_for_deletion(self, member: Member, facts: Facts, now: float) -> None:
        # One that is deleted during the run is let go when its controller has ended its own run.
        own = 0.0 if member.before is None or member.before.deleted_at else facts.cadence.timeout
        if member.leaving is not None and now - member.leaving > own + self.wishes.deletion_grace:
            self._decide(member, terminating(facts), now)
            self._settle(self.board.behind(member.ref), now)

    def end(self, now: float) -> None:
        """Nothing more is waited for. What is still open gets the verdict that says so."""
        blame = self._first_bad()
        left = [member for member in self.members.values() if member.open]
        roots: dict[Ref, Ref] = {}
        verdicts = [ended_early(blame) if blame else out_of_time(self.board, member, roots) for member in left]
        for member, verdict in zip(left, verdicts, strict=True):
            self._decide(member, verdict, now)

    def _reported(self) -> Iterable[Member]:
        return (member for member in self.members.values() if member.reported)

    def _first_bad(self) -> Ref | None:
        """What ends a run that is to end with the first bad one."""
        if not self.wishes.fail_fast:
            return None
        return next((member.ref for member in self._reported() if member.verdict and member.verdict.bad), None)

    def _take(self, ref: Ref, facts: Facts | None, now: float) -> None:
        world, member = self.board.world, self.members.get(ref)
        self._moved[ref.kind] = now
        old = world.get(ref)
        if facts is not None and self.board.knows_newer(facts):
            return
        world.pop(ref, None)
        if facts is None:
            if member is not None:
                maker = old.owner if old else None
                by = f"was removed by {maker}" if maker in self.members else "was deleted"
                self._decide(member, Verdict(REMOVED, None, by), now)
            return
        world[ref] = facts
        member = member or (self.board.join(facts) if old is None else None)
        if member is None:
            return
        self.board.index(member)
        if facts.depends_on != (old.depends_on if old else ()):
            self.board.forget_circles()
        if old is None or facts.generation != old.generation:
            self._reopen(member, old, now)

    def _reopen(self, member: Member, old: Facts | None, now: float) -> None:
        """Its spec is another one, or it is new: its controller runs it, and an earlier verdict is void.

        A run that was under way still ends with the old spec, and its conditions are stamped with the new generation
        all the same: then only the answer to a request of afterwards says something about the new spec.
        """
        member.verdict, member.ended = None, None
        member.began = now if member.began is None else member.began
        if old is not None and is_running(old) and self.wishes.asks and member.role != DEPENDENCY:
            member.unclear, member.automatic, member.by_generation = True, False, False
            member.token, member.began = None, None
        else:
            pending = old is not None and member.token is not None and old.handled != member.token
            member.by_generation = not pending

    def _settle(self, touched: Iterable[Ref], now: float) -> None:
        """Judges what was touched, and what waits for that, until nothing more follows from it."""
        waiting = list(touched)
        while waiting:
            member = self.members.get(waiting.pop())
            if member is None or member.ref not in self.board.world:
                continue
            before = member.verdict
            self._judge(member, now)
            if member.verdict != before:
                waiting += self.board.behind(member.ref)

    def _judge(self, member: Member, now: float) -> None:
        facts = self.board.world[member.ref]
        if facts.deleted_at is not None and member.leaving is None:
            member.leaving = now
        verdict = resting_verdict(facts) or self.board.circular(member.ref) or self._answer(member, facts)
        if verdict is None and member.verdict is not None and self._stands(member, facts):
            return
        self._decide(member, verdict or self._go_on(member, facts, now), now)

    def _decide(self, member: Member, verdict: Verdict | None, now: float) -> None:
        if verdict is None or member.verdict is None or verdict.verdict != member.verdict.verdict:
            member.ended = None if verdict is None else now
        member.verdict = verdict

    def _stands(self, member: Member, facts: Facts) -> bool:
        """Whether a verdict holds although the object says nothing final at this moment.

        A failed object that is tried again stays failed; one whose source has moved on has another run before it.
        """
        verdict = member.verdict
        if verdict is None or verdict.reason in (_CONTROLLER_DOWN, _REFUSED):
            return verdict is not None
        if verdict.verdict == BLOCKED:
            return False
        source = self.board.world.get(facts.source) if facts.source else None
        if source is None or not runs_by_itself(facts, source):
            return True
        return tried(facts, source) if verdict.bad else follows(facts, source)

    def _answer(self, member: Member, facts: Facts) -> Verdict | None:
        case = self.board.case(member)
        verdict = verdict_of(case)
        if verdict is None or member.token is None or facts.handled == member.token or not is_superseded(case):
            return verdict
        return Verdict(SUPERSEDED, verdict.reason, verdict.message, None, verdict.verdict)

    def _go_on(self, member: Member, facts: Facts, now: float) -> Verdict | None:
        """An object without an answer: it waits, is blocked, or is asked."""
        needs = self.board.needs(member)
        pending = [need.blocker for need in needs if need.state == OPEN]
        if facts.deleted_at is not None or any(KINDS[ref.kind].is_source for ref in pending):
            return None
        lost = next((need for need in needs if need.state == LOST), None)
        if lost is not None:
            why = f": {lost.why}" if lost.why else ""
            return Verdict(BLOCKED, "Blocked", f"waits for {lost.blocker}{why}", lost.blocker)
        if pending or member.role == DEPENDENCY:
            return None
        return self._begin(member, now) if member.began is None else self._insist(member, facts, now)

    def _begin(self, member: Member, now: float) -> Verdict | None:
        """Nothing is in its way any more: it is asked, unless it has been, or runs by itself."""
        member.began = now
        facts = self.board.world[member.ref]
        told = facts.kind == "HelmRelease" and (self.wishes.force or self.wishes.reset)
        member.automatic = not (told or member.unclear) and self.board.runs_by_itself(member)
        if not (member.automatic or member.token):
            self._ask(member, now)
        return self._answer(member, facts) or self._insist(member, facts, now)

    def _insist(self, member: Member, facts: Facts, now: float) -> Verdict | None:
        """One that says it still waits although nothing is in its way: its controller would look much later."""
        case = self.board.case(member)
        waiting = waits(case)
        unanswered = member.asks > 0 and facts.handled != member.token
        if waiting is None or unanswered or not self.wishes.asks:
            return None
        # An expression may hold once what it judges has changed; else one more look is enough.
        changed = member.asked_with != self.board.versions(member)
        limit = 2 + len(facts.by_expression)
        if member.asks == 0 or (member.asks < limit and (changed or (member.asks == 1 and not facts.by_expression))):
            self._ask(member, now)
            return None
        return still_waiting(facts, waiting)

    def _ask(self, member: Member, now: float) -> None:
        if not self.wishes.asks:
            return
        # A request that is repeated needs a new value: the same one would not be seen.
        member.token = self.wishes.token if member.asks == 0 else f"{self.wishes.token}{AGAIN}{member.asks}"
        member.asks += 1
        member.asked_with = self.board.versions(member)
        member.answered = self.board.world[member.ref].handled
        member.began = now if member.began is None else member.began
        self._due.append(Ask(member.ref, member.token))

    def _wants_push(self, member: Member, facts: Facts, now: float) -> bool:
        if member.began is None or not member.reported or self.board.unmet(member) is not None:
            return False
        lost = member.sent and facts.requested is None and facts.handled != member.token
        idle = now - max(member.began, self._moved.get(member.ref.kind, 0.0)) > self.wishes.nudge_after
        silent = member.asks == 0 and not is_running(facts)
        return idle and member.asks < _MOST_ASKS and (lost or silent)
