# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a record says about itself in words: the controllers' own wherever they have some."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    FAILED,
    PROGRESSING,
    STALLED,
    TERMINATING,
    Surroundings,
    Verdict,
    is_current,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of

Words = tuple[str, str]
# Ready then speaks of the remedy; what made it necessary stands in Released.
_REMEDIES = frozenset({"RollbackSucceeded", "UninstallSucceeded"})


def words_of(facts: Facts, verdict: Verdict, around: Surroundings) -> Words:
    """Reason and message."""
    if verdict.status == STALLED:
        return _of_stall(facts)
    if verdict.status == FAILED:
        return _of_failure(facts, around)
    reason, message = _of_ready(facts)
    if verdict.status == TERMINATING:
        return reason, _of_deletion(facts)
    if verdict.status == PROGRESSING and not is_current(facts) and _says(facts, "True"):
        return reason, f"generation {facts.generation} has not been looked at yet; before it: {message}"
    return reason, message


def _of_ready(facts: Facts) -> Words:
    ready, released = facts.condition("Ready"), facts.condition("Released")
    if ready is not None and ready.reason in _REMEDIES and released is not None and released.status == "False":
        return ready.reason, f"{released.message}; {ready.message}"
    if ready is not None:
        return ready.reason, ready.message
    return "", "" if facts.conditions or facts.static else "no controller has said anything about it yet"


def _says(facts: Facts, status: str) -> bool:
    ready = facts.condition("Ready")
    return ready is not None and ready.status == status


def _of_deletion(facts: Facts) -> str:
    waits = f"waits for {', '.join(facts.finalizers)}" if facts.finalizers else "is being deleted"
    return f"{waits} since {text_of(facts.deleted_at)}"


def _of_stall(facts: Facts) -> Words:
    """Why it gave up, and the failure that led there."""
    stalled, ready = facts.condition("Stalled"), facts.condition("Ready")
    if stalled is None:
        return "", ""
    if ready is None or ready.status == "True" or ready.message in stalled.message:
        return stalled.reason, stalled.message
    said = _of_ready(facts)[1]
    return stalled.reason, said if stalled.message in said else f"{stalled.message}: {said}"


def _of_failure(facts: Facts, around: Surroundings) -> Words:
    """While a failed run is repeated the conditions only say that one goes on: the last one's words are elsewhere."""
    if _says(facts, "False"):
        return _of_ready(facts)
    warning = around.verdicts.warnings.get(facts.ref)
    if warning is not None:
        return str(warning.get("reason") or ""), str(warning.get("message") or "")
    for name in ("FetchFailed", "Released", "Remediated", "Healthy"):
        condition = facts.condition(name)
        if condition is not None and condition.status == ("True" if name == "FetchFailed" else "False"):
            return condition.reason, condition.message
    if facts.runs:
        return facts.runs[0].outcome, f"the last run of {facts.runs[0].revision} ended in {facts.runs[0].outcome}"
    return _of_ready(facts)
