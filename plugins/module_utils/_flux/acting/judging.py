# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of a request, from the object alone: a list of rules, the first that applies decides; none: not yet.

"Handled" is no verdict: controllers record a request also for suspended objects and for runs that stopped early. So a
verdict needs an answer, to our request or to what stands for it, and conditions that speak of the present generation.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import (
    DEPENDENCY,
    FAILED,
    NOT_SUPPORTED,
    RECONCILED,
    STALLED,
    SUSPENDED,
    Member,
    Verdict,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.revisions import (
    follows,
    is_expected,
    is_held_to,
    runs_by_itself,
    tried,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.wishes import RunWishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.conditions import Condition
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import ARTIFACT_FAILED, WAITING, is_current
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none

# helm-controller goes on at once after these: to the rollback, to the next try, or to Stalled.
_IN_SEQUENCE = frozenset(
    {
        "InstallFailed",
        "UpgradeFailed",
        "TestFailed",
        "RollbackSucceeded",
        "UninstallSucceeded",
        "PendingRelease",
    }
)
_CANCELED = "HealthCheckCanceled"


@dataclass(frozen=True)
class Case:
    """One object as it is now, with its source, if it has one that is known."""

    member: Member
    facts: Facts
    source: Facts | None
    wishes: RunWishes


def resting_verdict(facts: Facts) -> Verdict | None:
    """Of an object that takes no request."""
    if facts.deleted_at is not None:
        return None
    if facts.suspended:
        pause = facts.pause
        by = f" by {pause.by}" if pause and pause.by else ""
        why = f": {pause.reason}" if pause and pause.reason else ""
        return Verdict(SUSPENDED, "Suspended", f"is suspended{by}{why}")
    if facts.static:
        return Verdict(NOT_SUPPORTED, None, "no controller reconciles it: there is nothing to ask for")
    return None


def is_answered(case: Case) -> bool:
    """Whether its controller has run it for us: as asked, as a newer request asked, or by itself."""
    member, facts = case.member, case.facts
    if facts.deleted_at is not None:
        return False
    asked = member.token is not None and facts.handled is not None
    if asked and (facts.handled == member.token or is_superseded(case)):
        return True
    if member.automatic and case.source is not None and (tried(facts, case.source) or _fell_short(case)):
        return True
    return member.by_generation and _speaks_of_present(facts)


def _fell_short(case: Case) -> bool:
    """Whether its last run could make nothing of the present artifact: such a run does not say what it tried."""
    ready, artifact = case.facts.condition("Ready"), case.source.artifact if case.source else None
    if ready is None or artifact is None or ready.status != "False" or ready.reason != ARTIFACT_FAILED:
        return False
    before = case.member.before.condition("Ready") if case.member.automatic and case.member.before else None
    came = artifact.changed_at
    return ready != before and ready.changed_at is not None and came is not None and ready.changed_at >= came


def is_superseded(case: Case) -> bool:
    """Whether a newer request than ours has been handled: ours will never be recorded."""
    facts, member = case.facts, case.member
    new = facts.handled == facts.requested and facts.handled != member.answered
    return new and facts.requested != member.token


def _speaks_of_present(facts: Facts) -> bool:
    ready = facts.condition("Ready")
    if ready is None or ready.status == "Unknown":
        return False
    return ready.generation is None or ready.generation == facts.generation


def waits(case: Case) -> Condition | None:
    """Its Ready condition, when that says that it waits for another object."""
    ready = case.facts.condition("Ready")
    if ready is None or ready.status != "False":
        return None
    unfed = ready.reason == ARTIFACT_FAILED and (case.source is None or case.source.artifact is None)
    return ready if ready.reason in WAITING or (unfed and case.facts.source is not None) else None


def verdict_of(case: Case) -> Verdict | None:
    """The verdict on an object that was asked, or runs by itself; None while there is none."""
    if not is_answered(case):
        return None
    for rule in (_stalled, _failed, _behind, _reconciled):
        verdict = rule(case)
        if verdict is not None:
            return verdict
    return None


def _stalled(case: Case) -> Verdict | None:
    condition = case.facts.condition("Stalled")
    if condition is None or condition.status != "True" or is_running(case.facts):
        return None
    if condition.generation not in (None, case.facts.generation):
        return None
    ready = case.facts.condition("Ready")
    said = ready.message if ready is not None and ready.message else condition.message
    return Verdict(STALLED, condition.reason, said)


def _failed(case: Case) -> Verdict | None:
    ready = case.facts.condition("Ready")
    if ready is None or ready.status != "False" or waits(case):
        return None
    if not _made_nothing(case.facts, ready) and (is_running(case.facts) or _goes_on(case.facts, ready)):
        return None
    if ready.reason == _CANCELED or _has_another_run(case):
        return None
    return Verdict(FAILED, ready.reason, ready.message)


def _made_nothing(facts: Facts, ready: Condition) -> bool:
    """Whether a release failed before Helm wrote it down: templates that do not render, objects of somebody else.

    helm-controller counts no such try, so it never stalls, and says between two of them that it is progressing.
    """
    if facts.kind != "HelmRelease" or ready.reason not in ("InstallFailed", "UpgradeFailed"):
        return False
    return facts.revisions[0]["status"] == "deployed" if facts.revisions else ready.reason == "InstallFailed"


def is_running(facts: Facts) -> bool:
    """Whether its controller is in the middle of a run."""
    reconciling = facts.condition("Reconciling")
    return reconciling is not None and reconciling.status == "True" and reconciling.reason == "Progressing"


def _goes_on(facts: Facts, ready: Condition) -> bool:
    """Whether the controller is in the middle of failing, remediating and trying again."""
    return facts.kind == "HelmRelease" and ready.reason in _IN_SEQUENCE and facts.cadence.retry is None


def _has_another_run(case: Case) -> bool:
    """Without a request: whether it failed on another revision than the one that is waited for."""
    if case.wishes.asks and case.member.role != DEPENDENCY:
        return False
    source = case.source
    if (
        source is not None
        and runs_by_itself(case.facts, source)
        and not (tried(case.facts, source) or _fell_short(case))
    ):
        return True
    expected = case.wishes.expected_revision
    return expected is not None and is_held_to(expected, case.facts) and not is_expected(expected, _last_try(case))


def _last_try(case: Case) -> str | None:
    return case.facts.attempted_revision or case.facts.revision


def _behind(case: Case) -> Verdict | None:
    """At a revision other than the expected one, with a source that has no other to give."""
    expected = case.wishes.expected_revision
    if expected is None or not _is_ready(case) or not is_held_to(expected, case.facts):
        return None
    if is_expected(expected, case.facts.revision) or not case.wishes.asks:
        return None
    return Verdict(FAILED, "UnexpectedRevision", f"is at {case.facts.revision}, expected is {expected}")


def _reconciled(case: Case) -> Verdict | None:
    expected = case.wishes.expected_revision
    if not _is_ready(case):
        return None
    if expected is not None and is_held_to(expected, case.facts) and not is_expected(expected, case.facts.revision):
        return None
    ready = case.facts.condition("Ready")
    return _unproven(case) or Verdict(RECONCILED, ready.reason if ready else None, ready.message if ready else None)


def _is_ready(case: Case) -> bool:
    ready = case.facts.condition("Ready")
    if ready is None or ready.status != "True" or not is_current(case.facts):
        return False
    return ready.generation in (None, case.facts.generation) and follows(case.facts, case.source)


def _unproven(case: Case) -> Verdict | None:
    """Force and reset can be swallowed by a run that stopped early; what they lead to is the only proof."""
    if case.facts.kind != "HelmRelease" or case.member.token is None or not case.wishes.asks:
        return None
    if case.wishes.force and not _was_forced(case):
        said = "the forced release was not made, because the run that took the request ended early; ask again"
        return Verdict(FAILED, "ForceNotApplied", said)
    if case.wishes.reset and case.facts.failures:
        said = f"its failures were not reset: {case.facts.failures} are still counted; ask again"
        return Verdict(FAILED, "ResetNotApplied", said)
    return None


def _was_forced(case: Case) -> bool:
    """A request of an earlier run may have been answered before this one began: then its time has to tell."""
    if _newest(case.facts) > _newest(case.member.before):
        return True
    since = case.wishes.token_at
    if not case.member.earlier or not case.facts.revisions:
        return False
    deployed = time_or_none(case.facts.revisions[0]["last_deployed"])
    return since is None or (deployed is not None and deployed >= since)


def _newest(facts: Facts | None) -> int:
    return max((int(row["revision"] or 0) for row in facts.revisions), default=0) if facts else 0
