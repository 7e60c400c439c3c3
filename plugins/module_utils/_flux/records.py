# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records: the one form in which everybody sees an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import SHARD_KEY, duty_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import verdicts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND, Judged, flags_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import named_release, running_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.history import (
    failing_since,
    last_good_at,
    next_retry_at,
    since,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER, KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import SourceSigns, fetch_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    READY,
    STALLED,
    STUCK,
    SUSPENDED,
    TERMINATING,
    UNOBSERVED,
    Surroundings,
    Verdict,
    status_beneath,
    status_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import suspension_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.view import Thresholds, View
from ansible_collections.gitops.flux.plugins.module_utils._flux.wording import words_of

__all__ = ["Thresholds", "View", "is_well", "records_of"]

# A ready object with one of these is not well.
_ALARMING = frozenset({STUCK, UNOBSERVED, BEHIND})


def records_of(facts: Iterable[Facts], view: View) -> list[dict[str, Any]]:
    """The records of one cluster, sources first, then by namespace and name.

    Needs all facts of the cluster at once: an object's status may depend on the objects it refers to.
    """
    objects = {fact.ref: fact for fact in facts}
    created = {ref: fact.created_at for ref, fact in objects.items()}
    around = Surroundings(view.now, view.thresholds, objects, verdicts_of(view.events, created))
    verdicts = {ref: status_of(fact, around) for ref, fact in objects.items()}
    fetches = _fetches(objects, verdicts, view)
    judged = Judged(around, duty_of(view.controllers), verdicts, fetches)
    ordered = sorted(objects.values(), key=lambda fact: (KIND_ORDER[fact.kind], fact.namespace, fact.name))
    return [_record(fact, judged, view.cluster) for fact in ordered]


def is_well(record: Mapping[str, Any]) -> bool:
    """Ready, and nothing about it needs a look. "Not ready" in results and filters is the opposite."""
    return record["status"] == READY and _ALARMING.isdisjoint(record["flags"])


def _fetches(objects: Mapping[Ref, Facts], verdicts: Mapping[Ref, Verdict], view: View) -> dict[Ref, Mapping[str, Any]]:
    signs = view.signs or SourceSigns()
    return {
        ref: fetch_of(
            fact,
            failing=_fetch_fails(fact, verdicts[ref]),
            signs=signs,
            now=view.now,
            stale_after=view.thresholds.stale_after,
        )
        for ref, fact in objects.items()
        if KINDS[fact.kind].is_source and not fact.static and verdicts[ref].status not in (SUSPENDED, TERMINATING)
    }


def _fetch_fails(fact: Facts, verdict: Verdict) -> bool:
    condition = fact.condition("FetchFailed")
    return verdict.status in (FAILED, STALLED, BLOCKED) or (condition is not None and condition.status == "True")


def _record(fact: Facts, judged: Judged, cluster: str) -> dict[str, Any]:
    verdict = judged.verdicts[fact.ref]
    reason, message = words_of(fact, verdict, judged.around)
    good_at = last_good_at(fact, judged.around)
    failing_at = failing_since(fact, verdict, good_at, judged.around)
    return {
        "cluster": cluster or None,
        "kind": fact.kind,
        "api_version": fact.api_version,
        "namespace": fact.namespace,
        "name": fact.name,
        "uid": fact.uid,
        "status": verdict.status,
        "flags": flags_of(fact, judged),
        "reason": reason or None,
        "message": message or None,
        "revision": fact.revision,
        "attempted_revision": fact.attempted_revision,
        "artifact_revision": fact.artifact.revision if fact.artifact else None,
        "source": fact.source.as_dict() if fact.source else None,
        "depends_on": [ref.as_dict() for ref in fact.depends_on],
        "references": [mention.as_dict() for mention in fact.mentions],
        "owner": fact.owner.as_dict() if fact.owner else None,
        "url": redact(fact.url) if fact.url else None,
        "path": fact.path,
        "last_good_at": text_of(good_at),
        "failing_at_least_since": text_of(failing_at),
        "since": text_of(since(fact, verdict, failing_at)),
        "next_retry_at": text_of(next_retry_at(fact, verdict, judged.around)),
        "suspended": _suspended(fact, verdict, judged.around),
        "release": named_release(fact.release, fact.revisions) if fact.release else None,
        "running": running_of(fact.revisions),
        "fetch": judged.fetches.get(fact.ref),
        "generation": fact.generation,
        "observed_generation": fact.observed_generation,
        "interval": fact.cadence.interval,
        "finalizers": list(fact.finalizers) if verdict.status == TERMINATING else [],
        "created_at": text_of(fact.created_at),
        "shard": fact.labels.get(SHARD_KEY),
    }


def _suspended(fact: Facts, verdict: Verdict, around: Surroundings) -> dict[str, Any] | None:
    """Of a suspended object, and of one that is frozen or held by a rollback, which are listed with them."""
    if fact.pause is None:
        return None
    last = status_beneath(fact, around).status if fact.suspended else verdict.status
    return suspension_of(fact.pause, last, around.now)
