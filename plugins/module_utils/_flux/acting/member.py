# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object of a run: what was asked of it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

# Asked for; behind one that is asked for; made by one during the run; only waited for by one, and never reported.
TARGET, SOURCE, CHILD, DEPENDENCY = "target", "source", "child", "dependency"

RECONCILED, FAILED, STALLED, BLOCKED = "reconciled", "failed", "stalled", "blocked"
SUSPENDED, SUPERSEDED, TIMED_OUT = "suspended", "superseded", "timed_out"
NOT_SUPPORTED, REMOVED = "not_supported", "removed"
VERDICTS = (RECONCILED, FAILED, STALLED, BLOCKED, SUSPENDED, SUPERSEDED, TIMED_OUT, NOT_SUPPORTED, REMOVED)
# Between the token of a run and the number of a repeated request.
AGAIN = "#"
BAD = frozenset({FAILED, STALLED, BLOCKED, TIMED_OUT})


@dataclass(frozen=True)
class Verdict:
    """What came of an object. outcome: what the newer request that took over led to."""

    verdict: str
    reason: str | None = None
    message: str | None = None
    blocked_by: Ref | None = None
    outcome: str | None = None

    @property
    def decisive(self) -> str:
        """The verdict that counts for others: a newer request's outcome is the object's state all the same."""
        return self.outcome or self.verdict

    @property
    def bad(self) -> bool:
        return self.decisive in BAD


@dataclass
class Member:
    """Seconds are those of the run's own clock."""

    ref: Ref
    role: str
    # As it was when the run began, or when it joined.
    before: Facts | None
    # The value of our last request, as far as one was sent or found.
    token: str | None = None
    asks: int = 0
    # The request is one of the run that this one goes on from.
    earlier: bool = False
    # What its controller had answered last when it was asked.
    answered: str | None = None
    # A patch of ours was accepted by the API server.
    sent: bool = False
    # It runs by itself: its source has moved, its spec has changed, or it is new.
    automatic: bool = False
    # It is judged by what its conditions say of the present generation, without a request.
    by_generation: bool = False
    # Nothing but an answer to a new request counts: its spec was changed in the middle of a run.
    unclear: bool = False
    # When it was asked, or could begin by itself.
    began: float | None = None
    ended: float | None = None
    # When its deletion was first seen.
    leaving: float | None = None
    verdict: Verdict | None = None
    needs: tuple[Ref, ...] = ()
    # The needs as they were when it was last asked, by their resource versions.
    asked_with: tuple[str | None, ...] = ()

    @property
    def open(self) -> bool:
        return self.verdict is None

    @property
    def reported(self) -> bool:
        return self.role != DEPENDENCY
