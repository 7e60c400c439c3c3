# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Flux object, reduced to what the rules and the records need.

Facts are made page by page while a cluster is read, so that the raw pages, with their inventories of
thousands of lines, can be dropped at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.cadence import Cadence, cadence_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.conditions import (
    Condition,
    conditions_of,
    number_or_none,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release, release_of, revisions_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import Kind, kind_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import spec_written_at, status_written_at
from ansible_collections.gitops.flux.plugins.module_utils._flux.mentions import Mention, mentions_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import (
    Ref,
    depends_on,
    judged_by_expression,
    mapping,
    owner_of,
    rows,
    source_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import NOTE
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import (
    OURS,
    Pause,
    is_frozen,
    is_oci,
    is_suspended,
    pause_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none

RECONCILED = "ReconciliationSucceeded"
# Its value is opaque; a new one makes the controller run. https://fluxcd.io/flux/components/kustomize/kustomizations/#triggering-a-reconcile
REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"


class Run(NamedTuple):
    """One entry of the history Kustomizations and the operator's kinds keep, newest first."""

    outcome: str
    revision: str | None
    first_at: datetime | None
    last_at: datetime | None

    @property
    def good(self) -> bool:
        return self.outcome == RECONCILED


class Artifact(NamedTuple):
    """What a source offers its consumers."""

    revision: str
    digest: str
    # When its content last changed, not when it was last fetched.
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """None is "not said" throughout."""

    kind: str
    api_version: str
    namespace: str
    name: str
    uid: str | None
    resource_version: str | None
    labels: Mapping[str, str]
    generation: int | None
    # Which generation the controller has seen, as far as the kind says so.
    observed_generation: int | None
    created_at: datetime | None
    deleted_at: datetime | None
    finalizers: tuple[str, ...]
    conditions: tuple[Condition, ...]
    # The last request to reconcile (an annotation), and the last one its controller has answered to.
    requested: str | None
    handled: str | None
    # Nobody ever writes a verdict for it.
    static: bool
    suspended: bool
    frozen: bool
    pause: Pause | None
    # The change that paused it, also when somebody has resumed it since and left the note.
    noted_change: str | None
    source: Ref | None
    depends_on: tuple[Ref, ...]
    # Those of them that an expression of the spec (readyExpr) judges.
    by_expression: frozenset[Ref]
    # Secrets, ConfigMaps and whatever else the spec names.
    mentions: tuple[Mention, ...]
    owner: Ref | None
    # Where a source fetches from, as the spec has it.
    url: str | None
    # Which folder of its source a Kustomization applies.
    path: str | None
    cadence: Cadence
    # What runs or was fetched, as people name it.
    revision: str | None
    # What the last run tried, whether it succeeded or not.
    attempted_revision: str | None
    artifact: Artifact | None
    spec_written_at: datetime | None
    status_written_at: datetime | None
    # Newest first; a HelmRelease has revisions instead.
    runs: tuple[Run, ...]
    release: Release | None
    revisions: tuple[dict[str, Any], ...]
    failures: int
    detects_drift: bool
    inventory_count: int | None

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.namespace, self.name)

    def condition(self, name: str) -> Condition | None:
        """The condition of this type."""
        for condition in self.conditions:
            if condition.type == name:
                return condition
        return None


def facts_of(item: Mapping[str, Any]) -> Facts:
    """The facts of a Flux object as the API returns it; ValueError for any other object."""
    kind = kind_of(item.get("kind"), item.get("apiVersion"))
    if kind is None:
        raise ValueError(f"{item.get('apiVersion')} {item.get('kind')} is not a Flux kind")
    metadata, spec, status = (mapping(item.get(part)) for part in ("metadata", "spec", "status"))
    api_version = str(item.get("apiVersion"))
    return Facts(
        api_version=api_version,
        **_identity(kind, metadata),
        **_requests(metadata, status),
        **_pauses(kind, metadata, spec),
        **_relations(kind, metadata, spec, status),
        **_state(kind, spec, status),
        **_progress(kind, spec, status),
    )


def _identity(kind: Kind, metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "namespace": str(metadata.get("namespace") or ""),
        "name": str(metadata.get("name") or ""),
        "uid": metadata.get("uid"),
        "resource_version": metadata.get("resourceVersion"),
        "labels": mapping(metadata.get("labels")),
        "generation": number_or_none(metadata.get("generation")),
        "created_at": time_or_none(metadata.get("creationTimestamp")),
        "deleted_at": time_or_none(metadata.get("deletionTimestamp")),
        "finalizers": tuple(metadata.get("finalizers") or ()),
        "spec_written_at": spec_written_at(metadata),
        "status_written_at": status_written_at(metadata),
    }


def _requests(metadata: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    annotations = mapping(metadata.get("annotations"))
    return {"requested": annotations.get(REQUESTED_AT), "handled": status.get("lastHandledReconcileAt")}


def _pauses(kind: Kind, metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    annotations = mapping(metadata.get("annotations"))
    suspended, frozen = is_suspended(kind, spec, annotations), is_frozen(metadata)
    is_held = suspended or frozen or NOTE in annotations
    pause = pause_of(kind, metadata, frozen=frozen and not suspended) if is_held else None
    return {
        "suspended": suspended,
        "frozen": frozen,
        "pause": pause,
        "noted_change": annotations.get(OURS + "change"),
        "cadence": cadence_of(kind.name, spec, annotations),
    }


def _relations(
    kind: Kind, metadata: Mapping[str, Any], spec: Mapping[str, Any], status: Mapping[str, Any]
) -> dict[str, Any]:
    namespace, name = str(metadata.get("namespace") or ""), str(metadata.get("name") or "")
    return {
        "source": source_of(kind.name, namespace, name, spec, status),
        "depends_on": depends_on(kind.name, namespace, spec),
        "by_expression": judged_by_expression(kind.name, namespace, spec),
        "mentions": mentions_of(namespace, spec),
        "owner": owner_of(metadata),
        "url": _url_of(kind, spec),
        "path": str(spec.get("path") or "./") if kind.name == "Kustomization" else None,
        "release": release_of(namespace, name, spec, status) if kind.name == "HelmRelease" else None,
    }


def _url_of(kind: Kind, spec: Mapping[str, Any]) -> str | None:
    """A Provider's address is a credential more often than not, and nobody fetches from it."""
    if not kind.is_source and kind.name != "ImageRepository":
        return None
    return next((str(spec[key]) for key in ("url", "endpoint", "image") if spec.get(key)), None)


def _state(kind: Kind, spec: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    conditions = conditions_of(status)
    artifact = _artifact(mapping(status.get("artifact")))
    return {
        "conditions": conditions,
        "observed_generation": _observed_generation(status, conditions),
        "static": _is_static(kind, spec, artifact),
        "artifact": artifact,
        "revision": _revision_of(kind, status, artifact),
        "attempted_revision": status.get("lastAttemptedRevision"),
    }


def _progress(kind: Kind, spec: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    is_helm = kind.name == "HelmRelease"
    inventory = mapping(status.get("inventory")).get("entries")
    return {
        "runs": () if is_helm else tuple(_run(row) for row in rows(status.get("history"))),
        "revisions": revisions_of(status) if is_helm else (),
        "failures": number_or_none(status.get("failures")) or 0,
        "detects_drift": mapping(spec.get("driftDetection")).get("mode") in ("enabled", "warn"),
        "inventory_count": len(inventory) if isinstance(inventory, list) else None,
    }


def _artifact(row: Mapping[str, Any]) -> Artifact | None:
    if not row:
        return None
    digest = row.get("digest") or row.get("checksum")
    return Artifact(str(row.get("revision") or ""), str(digest or ""), time_or_none(row.get("lastUpdateTime")))


def _observed_generation(status: Mapping[str, Any], conditions: tuple[Condition, ...]) -> int | None:
    """status.observedGeneration; where a kind has none, the one its Ready condition speaks of."""
    if isinstance(status.get("observedGeneration"), int):
        return int(status["observedGeneration"])  # -1, the default of some kinds, is behind everything
    return next((condition.generation for condition in conditions if condition.type == "Ready"), None)


def _is_static(kind: Kind, spec: Mapping[str, Any], artifact: Artifact | None) -> bool:
    if kind.is_source:
        return is_oci(kind, spec) or (kind.static and artifact is not None)
    return kind.static


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        outcome=str(row.get("lastReconciledStatus") or ""),
        revision=mapping(row.get("metadata")).get("revision"),
        first_at=time_or_none(row.get("firstReconciled")),
        last_at=time_or_none(row.get("lastReconciled")),
    )


def _revision_of(kind: Kind, status: Mapping[str, Any], artifact: Artifact | None) -> str | None:
    if kind.name == "HelmRelease":
        return _chart_version(status)
    if kind.name == "ImagePolicy":
        latest = mapping(status.get("latestRef"))
        return f"{latest['name']}:{latest.get('tag')}" if latest.get("name") else status.get("latestImage")
    found = (artifact and artifact.revision, status.get("lastAppliedRevision"), status.get("lastPushCommit"))
    return next((str(revision) for revision in found if revision), None)


def _chart_version(status: Mapping[str, Any]) -> str | None:
    """The chart version that is deployed; while there is none, the one that was tried."""
    history = rows(status.get("history"))
    deployed = [row for row in history if row.get("status") == "deployed"]
    found = [row.get("chartVersion") for row in [*deployed, *history]]
    found += [status.get("lastAppliedRevision"), status.get("lastAttemptedRevision")]
    return next((str(version) for version in found if version), None)
