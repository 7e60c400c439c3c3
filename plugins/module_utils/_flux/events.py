# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kubernetes events: short rows, and what they tell about an object's last runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import FLUX_GROUPS, group_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of, time_or_none

WARNING = "Warning"

# Reasons a controller gives only when a run has ended well.
_GOOD = frozenset(
    {
        "ReconciliationSucceeded",
        "NewArtifact",
        "ArtifactUpToDate",
        "GitOperationSucceeded",
        "Succeeded",
        "ChartPullSucceeded",
        "ChartPackageSucceeded",
        "InstallSucceeded",
        "UpgradeSucceeded",
        "TestSucceeded",
    }
)


@dataclass(frozen=True)
class Verdicts:
    """When each object last had a warning, with its row, and when a run of it last ended well."""

    bad_at: Mapping[Ref, datetime] = field(default_factory=dict)
    warnings: Mapping[Ref, Mapping[str, Any]] = field(default_factory=dict)
    good_at: Mapping[Ref, datetime] = field(default_factory=dict)
    # Whether events could be read at all.
    known: bool = True


def is_about_flux(item: Mapping[str, Any]) -> bool:
    """Whether a core/v1 event speaks of a Flux object."""
    return group_of(str(mapping(item.get("involvedObject")).get("apiVersion"))) in FLUX_GROUPS


def events_of(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of core/v1 events, the newest last, messages redacted."""
    return sorted((_row(item) for item in items), key=lambda row: str(row["last_at"] or ""))


def _row(item: Mapping[str, Any]) -> dict[str, Any]:
    about, series = mapping(item.get("involvedObject")), mapping(item.get("series"))
    created = mapping(item.get("metadata")).get("creationTimestamp")
    first = item.get("firstTimestamp") or item.get("eventTime") or created
    last = series.get("lastObservedTime") or item.get("lastTimestamp") or first
    return {
        "namespace": about.get("namespace") or mapping(item.get("metadata")).get("namespace"),
        "kind": about.get("kind"),
        "name": about.get("name"),
        "type": item.get("type"),
        "reason": item.get("reason"),
        "message": redact(str(item.get("message") or "")).strip(),
        "count": series.get("count") or item.get("count") or 1,
        "first_at": text_of(time_or_none(first)),
        "last_at": text_of(time_or_none(last)),
        "component": item.get("reportingComponent") or mapping(item.get("source")).get("component"),
    }


# The reason of what a controller says in the middle of a run, such as when it is stopped: no verdict.
_UNDER_WAY = "Progressing"


def verdicts_of(
    rows: Iterable[Mapping[str, Any]] | None, created: Mapping[Ref, datetime | None] | None = None
) -> Verdicts:
    """The last word of events about each object. Those older than it are about a deleted one of the same name."""
    born = created or {}
    bad: dict[Ref, datetime] = {}
    good: dict[Ref, datetime] = {}
    warnings: dict[Ref, Mapping[str, Any]] = {}
    for row in rows or ():
        at = time_or_none(row.get("last_at"))
        if at is None:
            continue
        ref = ref_of(row)
        begun = born.get(ref)
        if begun is not None and at < begun:
            continue
        if row.get("type") == WARNING and row.get("reason") != _UNDER_WAY and (ref not in bad or at >= bad[ref]):
            bad[ref], warnings[ref] = at, row
        elif row.get("reason") in _GOOD:
            good[ref] = max(at, good.get(ref, at))
    return Verdicts(bad, warnings, good, known=rows is not None)
