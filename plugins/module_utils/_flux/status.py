# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The status of an object: a list of rules, the first that applies decides.

A rule looks at conditions, generations, history and the objects referred to, never at message text: a
permanently failing Kustomization is Ready=Unknown most of the time, and a stopped controller leaves True behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.conditions import Condition
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import Verdicts
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import is_bad
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import seconds_between
from ansible_collections.gitops.flux.plugins.module_utils._flux.view import Thresholds

TERMINATING, SUSPENDED, STALLED, BLOCKED = "terminating", "suspended", "stalled", "blocked"
FAILED, PROGRESSING, READY, UNKNOWN = "failed", "progressing", "ready", "unknown"
STATUSES = (TERMINATING, SUSPENDED, STALLED, BLOCKED, FAILED, PROGRESSING, READY, UNKNOWN)

RETRYING, OLD_SPEC, STUCK, UNOBSERVED = "retrying", "old_spec", "stuck", "unobserved"

# A GitRepository says with a condition of this type that it waits for one it includes; its Ready gives other reasons.
_INCLUDE_UNAVAILABLE = "IncludeUnavailable"
# Reasons of an object that waits for another one.
WAITING = frozenset(
    {"DependencyNotReady", "SourceNotReady", "NoSourceArtifact", "SourceUnavailable", _INCLUDE_UNAVAILABLE}
)
ARTIFACT_FAILED = "ArtifactFailed"
_HEALTH_CHECK_CANCELED = "HealthCheckCanceled"
# A recorder that has said a lot lets one event through in five minutes: a warning may be that much late.
_EVENT_LAG = 330.0


class Verdict(NamedTuple):
    status: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What a rule may look at beside the object itself."""

    now: datetime
    limits: Thresholds = field(default_factory=Thresholds)
    # Every object of the same reading.
    objects: Mapping[Ref, Facts] = field(default_factory=dict)
    # What events say about the last runs.
    verdicts: Verdicts = field(default_factory=Verdicts)

    def age(self, moment: datetime | None) -> float:
        """Seconds since then; what has no date is taken to be old."""
        seconds = seconds_between(moment, self.now)
        return float("inf") if seconds is None else seconds


Rule = Callable[[Facts, Surroundings], "Verdict | None"]


def status_of(facts: Facts, around: Surroundings) -> Verdict:
    """The status, by the first rule that applies."""
    return _first(RULES, facts, around)


def status_beneath(facts: Facts, around: Surroundings) -> Verdict:
    """What the status would be if the object were not suspended."""
    return _first(tuple(rule for rule in RULES if rule is not suspended), facts, around)


def _first(rules: tuple[Rule, ...], facts: Facts, around: Surroundings) -> Verdict:
    for rule in rules:
        verdict = rule(facts, around)
        if verdict is not None:
            return verdict
    return Verdict(UNKNOWN)


def terminating(facts: Facts, around: Surroundings) -> Verdict | None:
    if facts.deleted_at is None:
        return None
    stuck = around.age(facts.deleted_at) > around.limits.stuck_after
    return Verdict(TERMINATING, (STUCK,) if stuck else ())


def suspended(facts: Facts, _around: Surroundings) -> Verdict | None:
    return Verdict(SUSPENDED) if facts.suspended else None


def static(facts: Facts, _around: Surroundings) -> Verdict | None:
    """Nobody reconciles it. Older API versions did, and what they say against it stands."""
    ready = facts.condition("Ready")
    return Verdict(READY) if facts.static and (ready is None or ready.status != "False") else None


def without_conditions(facts: Facts, around: Surroundings) -> Verdict | None:
    if facts.conditions:
        return None
    if around.age(facts.created_at) < around.limits.progress_grace:
        return Verdict(PROGRESSING)
    return Verdict(UNKNOWN, (UNOBSERVED,))


def stalled(facts: Facts, _around: Surroundings) -> Verdict | None:
    """A Stalled condition of an older generation may stand beside a newer failure."""
    condition = facts.condition("Stalled")
    if condition is None or condition.status != "True":
        return None
    current = condition.generation is None or condition.generation == facts.generation
    return Verdict(STALLED) if current else None


def not_ready(facts: Facts, around: Surroundings) -> Verdict | None:
    ready = facts.condition("Ready")
    if ready is None or ready.status != "False":
        return None
    if ready.reason == _HEALTH_CHECK_CANCELED:
        return Verdict(PROGRESSING)
    status = BLOCKED if _waits(facts, ready, around) else FAILED
    flags = (RETRYING,) if status == FAILED and _is_retrying(facts) else ()
    return Verdict(status, flags + ((OLD_SPEC,) if _speaks_of_old_spec(facts, ready) else ()))


def _waits(facts: Facts, ready: Condition, around: Surroundings) -> bool:
    if ready.reason in WAITING or _waits_for_include(facts):
        return True
    source = around.objects.get(facts.source) if facts.source else None
    # With an artifact there (path not found, download failed) or no source at all, waiting mends nothing.
    return ready.reason == ARTIFACT_FAILED and source is not None and source.artifact is None


def _waits_for_include(facts: Facts) -> bool:
    """Whether a GitRepository was fetched, and only lacks the artifact of another one."""
    include, fetch = facts.condition(_INCLUDE_UNAVAILABLE), facts.condition("FetchFailed")
    return include is not None and include.status == "True" and (fetch is None or fetch.status != "True")


def _is_retrying(facts: Facts) -> bool:
    reconciling = facts.condition("Reconciling")
    return reconciling is not None and reconciling.status == "True" and reconciling.reason == "ProgressingWithRetry"


def _speaks_of_old_spec(facts: Facts, ready: Condition) -> bool:
    return ready.generation is not None and facts.generation is not None and ready.generation < facts.generation


def undecided(facts: Facts, around: Surroundings) -> Verdict | None:
    """Ready=Unknown, or conditions without a Ready: a run is going on, or a failed one is being repeated."""
    ready = facts.condition("Ready")
    if ready is not None and ready.status in ("True", "False"):
        return None
    if _waits_for_include(facts):
        return Verdict(BLOCKED)
    began = ready.changed_at if ready else max((c.changed_at for c in facts.conditions if c.changed_at), default=None)
    stuck = around.age(began) > facts.cadence.timeout + around.limits.progress_grace
    flags = (STUCK,) if stuck else ()
    if _ended_badly(facts, around):
        return Verdict(FAILED, (RETRYING, *flags))
    return Verdict(PROGRESSING, flags)


def _ended_badly(facts: Facts, around: Surroundings) -> bool:
    """Whether the run before this one failed."""
    if facts.kind == "HelmRelease" and facts.revisions:
        return facts.failures > 0 or is_bad(facts.revisions[0])
    if facts.failures > 0 or (facts.runs and not facts.runs[0].good):
        return True
    fetch = facts.condition("FetchFailed")
    if fetch is not None and fetch.status == "True":
        return True
    return _warned(facts, around) if around.verdicts.known else _had_its_chance(facts, around)


def _had_its_chance(facts: Facts, around: Surroundings) -> bool:
    """Without events: this run began so long after the artifact came that another was before it and applied nothing."""
    source = around.objects.get(facts.source) if facts.source else None
    ready = facts.condition("Ready")
    began = ready.changed_at if ready else None
    if facts.kind != "Kustomization" or source is None or source.artifact is None or began is None:
        return False
    came = max((at for at in (source.artifact.changed_at, facts.spec_written_at) if at is not None), default=None)
    waited = seconds_between(came, began)
    run = facts.cadence.timeout + around.limits.progress_grace
    return facts.revision != source.artifact.revision and waited is not None and waited > run


def _warned(facts: Facts, around: Surroundings) -> bool:
    """A warning newer than any success. Failed builds and fetches leave no history, only this."""
    warned = around.verdicts.bad_at.get(facts.ref)
    if warned is None:
        return False
    last_run = facts.runs[0].last_at if facts.runs else None
    good = [at for at in (around.verdicts.good_at.get(facts.ref), last_run) if at is not None]
    retry = facts.cadence.retry or facts.cadence.interval or 0.0
    window = max(2 * (facts.cadence.timeout + retry), _EVENT_LAG)
    return all(warned > at for at in good) and warned >= around.now - timedelta(seconds=window)


def behind_generation(facts: Facts, around: Surroundings) -> Verdict | None:
    """Ready=True, but said about an older spec."""
    if is_current(facts):
        return None
    waited = around.age(facts.spec_written_at or facts.created_at)
    return Verdict(PROGRESSING, (UNOBSERVED,) if waited > around.limits.unobserved_after else ())


def is_current(facts: Facts) -> bool:
    """Whether the controller has seen the present generation; kinds that do not say count as seen."""
    if facts.observed_generation is None or facts.generation is None:
        return True
    return facts.observed_generation >= facts.generation


def ready(_facts: Facts, _around: Surroundings) -> Verdict | None:
    """Also while Reconciling says that a run goes on: every interval does that."""
    return Verdict(READY)


RULES: tuple[Rule, ...] = (
    terminating,
    suspended,
    static,
    without_conditions,
    stalled,
    not_ready,
    undecided,
    behind_generation,
    ready,
)
