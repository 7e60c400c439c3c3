# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdicts on objects that are not waited for any longer, each with what they wait for themselves."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.board import Board
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import (
    BLOCKED,
    TIMED_OUT,
    Member,
    Verdict,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.occupation import doing
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.revisions import is_expected, is_held_to
from ansible_collections.gitops.flux.plugins.module_utils._flux.conditions import Condition
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

_DEPENDENCY_NOT_READY = "DependencyNotReady"


def ended_early(blame: Ref) -> Verdict:
    """A bad one has ended the run."""
    return Verdict(BLOCKED, "FailFast", f"was not waited for, because {blame} ended the run", blame)


def out_of_time(board: Board, member: Member, roots: dict[Ref, Ref]) -> Verdict:
    """The deadline has come: blocked by what it waits for, or timed out itself. roots: see Board.root_of()."""
    unmet = board.unmet(member)
    if unmet is not None:
        root = board.root_of(unmet, roots)
        return Verdict(BLOCKED, "Blocked", f"waits for {root}, which is not done", root)
    facts, expected = board.world.get(member.ref), board.wishes.expected_revision
    if facts is None:
        return Verdict(TIMED_OUT, "Timeout")
    elsewhere = expected is not None and is_held_to(expected, facts) and not is_expected(expected, facts.revision)
    where = f"; it is at {facts.revision or 'no revision yet'}, expected is {expected}" if elsewhere else ""
    return Verdict(TIMED_OUT, "Timeout", doing(member, facts) + where)


def terminating(facts: Facts) -> Verdict:
    """Its deletion is held up."""
    held = ", ".join(facts.finalizers) or "nothing it names"
    return Verdict(BLOCKED, "Terminating", f"is being deleted, held by {held}")


def still_waiting(facts: Facts, waiting: Condition) -> Verdict:
    """It was asked, and waits all the same. What an expression judges is the most likely to be waited for."""
    judged = [ref for ref in facts.depends_on if ref in facts.by_expression]
    depended, source = [*judged, *facts.depends_on], [facts.source] if facts.source else []
    named = [*depended, *source] if waiting.reason == _DEPENDENCY_NOT_READY else [*source, *depended]
    return Verdict(BLOCKED, waiting.reason, waiting.message, next(iter(named), None))
