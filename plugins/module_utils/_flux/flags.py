# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flags that an object's surroundings put on it, beside those of its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import Duty
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Artifact, Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import runs_artifact
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import STALE
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    FAILED,
    OLD_SPEC,
    READY,
    RETRYING,
    STALLED,
    STUCK,
    SUSPENDED,
    UNOBSERVED,
    Surroundings,
    Verdict,
)

BEHIND, STALE_SOURCE, FROZEN = "behind", "stale_source", "frozen"
DRIFTED, ROLLED_BACK = "drifted", "rolled_back"
FLAGS = (RETRYING, OLD_SPEC, STUCK, UNOBSERVED, BEHIND, STALE_SOURCE, FROZEN, DRIFTED, ROLLED_BACK)

_ROLLED_BACK = "RollbackSucceeded"


@dataclass(frozen=True)
class Judged:
    """All objects of a cluster with the verdicts on them."""

    around: Surroundings
    duty: Duty
    verdicts: Mapping[Ref, Verdict]
    # Of sources that are fetched.
    fetches: Mapping[Ref, Mapping[str, Any]]


def flags_of(facts: Facts, judged: Judged) -> list[str]:
    """All flags of an object, in the order of FLAGS."""
    own = judged.verdicts[facts.ref].flags
    return [flag for flag in FLAGS if flag in own or (flag in _TESTS and _TESTS[flag](facts, judged))]


def _unobserved(facts: Facts, judged: Judged) -> bool:
    status = judged.verdicts[facts.ref].status
    if status == SUSPENDED or facts.static:
        return False
    return not judged.duty.is_kept(facts) or (status == READY and _has_gone_quiet(facts, judged.around))


def _has_gone_quiet(facts: Facts, around: Surroundings) -> bool:
    """A Kustomization that is Ready notes every run; one that notes none has lost its controller."""
    if facts.kind != "Kustomization" or not facts.runs:
        return False
    due = 2 * (facts.cadence.interval or 0.0) + facts.cadence.timeout
    return around.age(facts.runs[0].last_at) > max(around.limits.stale_after, due)


def _behind(facts: Facts, judged: Judged) -> bool:
    """Whether the source has moved, and the object has not followed within its timeout."""
    source = judged.around.objects.get(facts.source) if facts.source else None
    if judged.verdicts[facts.ref].status != READY or source is None or source.artifact is None:
        return False
    moved = source.artifact.changed_at
    if moved is None or moved + timedelta(seconds=facts.cadence.timeout) >= judged.around.now:
        return False
    return not _runs(facts, source.kind, source.artifact)


def _runs(facts: Facts, source: str, artifact: Artifact) -> bool:
    """Whether what runs came from this artifact; also where that cannot be told."""
    if facts.kind == "Kustomization":
        return facts.revision is None or facts.revision == artifact.revision
    # An ExternalArtifact's revision means a chart version to helm-controller only when it has a digest.
    if facts.kind == "HelmRelease" and (source in ("HelmChart", "OCIRepository") or ":" in artifact.revision):
        newest = facts.revisions[0] if facts.revisions else {"chart_version": facts.revision}
        return not newest.get("chart_version") or runs_artifact(newest, artifact.revision, artifact.digest)
    return True


def _stale_source(facts: Facts, judged: Judged) -> bool:
    """Ready, but new content will not arrive. Through a HelmChart the same holds for its repository."""
    if judged.verdicts[facts.ref].status != READY:
        return False
    return any(_is_stale(source, judged) for source in _sources(facts, judged.around.objects))


def _sources(facts: Facts, objects: Mapping[Ref, Facts]) -> list[Ref]:
    """The source, its own source, and so on; a circle ends it."""
    chain: list[Ref] = []
    ref = facts.source
    while ref is not None and ref not in chain and KINDS.get(ref.kind) and KINDS[ref.kind].is_source:
        chain.append(ref)
        ref = objects[ref].source if ref in objects else None
    return chain


def _is_stale(ref: Ref, judged: Judged) -> bool:
    fetch, verdict = judged.fetches.get(ref), judged.verdicts.get(ref)
    return bool(fetch and fetch["state"] == STALE) or bool(verdict and verdict.status in (FAILED, STALLED))


def _frozen(facts: Facts, _judged: Judged) -> bool:
    return facts.frozen


def _drifted(facts: Facts, _judged: Judged) -> bool:
    """The condition stays behind when detection is switched off."""
    condition = facts.condition("Drifted")
    return facts.detects_drift and condition is not None and condition.status == "True"


def _rolled_back(facts: Facts, _judged: Judged) -> bool:
    ready, remediated = facts.condition("Ready"), facts.condition("Remediated")
    if ready is None or ready.status == "True":
        return False
    return ready.reason == _ROLLED_BACK or (
        remediated is not None and remediated.status == "True" and remediated.reason == _ROLLED_BACK
    )


_TESTS: Mapping[str, Callable[[Facts, Judged], bool]] = {
    UNOBSERVED: _unobserved,
    BEHIND: _behind,
    STALE_SOURCE: _stale_source,
    FROZEN: _frozen,
    DRIFTED: _drifted,
    ROLLED_BACK: _rolled_back,
}
