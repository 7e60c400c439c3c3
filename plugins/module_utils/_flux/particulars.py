# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one object says about itself beyond its record: conditions, runs, and the revisions wanted and running."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import histories_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.lineage import shortened, wanted_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of

Item = Mapping[str, Any]
LONGEST = 4000
_HISTORY = 5


def particulars_of(record: Item, facts: Facts, item: Item, scene: Scene) -> dict[str, Any]:
    """The record of an object, and beside it what only the whole object says. Of its values, nothing."""
    spec, status = mapping(item.get("spec")), mapping(item.get("status"))
    return {
        **record,
        "message": shortened(record["message"], LONGEST),
        "conditions": _conditions(facts),
        "history": _runs(facts),
        "revisions": revisions_of(record, spec, status, scene),
        "names": [row for row in record["references"] if row["kind"] in ("Secret", "ConfigMap")],
        "remote": is_remote(spec),
    }


def is_remote(spec: Item) -> bool:
    """Whether what it applies lives on another cluster."""
    return bool(spec.get("kubeConfig"))


def _conditions(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "type": row.type,
            "status": row.status,
            "reason": row.reason,
            "message": shortened(row.message, LONGEST),
            "changed_at": text_of(row.changed_at),
            "generation": row.generation,
        }
        for row in facts.conditions
    ]


def _runs(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "outcome": run.outcome,
            "revision": run.revision,
            "first_at": text_of(run.first_at),
            "last_at": text_of(run.last_at),
        }
        for run in facts.runs[:_HISTORY]
    ]


def revisions_of(record: Item, spec: Item, status: Item, scene: Scene) -> dict[str, Any]:
    """What it should run, what it tried last, what it runs. Three different ones is where trouble shows."""
    source = scene.records.get(ref_of(record["source"])) if record["source"] else None
    return {
        "asked_for": _asked_for(record["kind"], spec),
        "offered": source["artifact_revision"] if source else None,
        "attempted": status.get("lastAttemptedRevision"),
        "running": record["revision"],
        "origin": status.get("lastAppliedOriginRevision"),
    }


def _asked_for(kind: str, spec: Item) -> str | None:
    if kind != "HelmRelease":
        return wanted_of(kind, spec)
    chart = mapping(mapping(spec.get("chart")).get("spec"))
    if chart:
        return f"chart {chart.get('chart')} {chart.get('version') or '*'}"
    named = mapping(spec.get("chartRef"))
    return f"{named.get('kind')} {named.get('name')}" if named else None


def release_of(facts: Facts) -> dict[str, Any] | None:
    """The Helm release behind a HelmRelease, from its status: no Secret is read for it."""
    found = histories_of([facts])
    return found[0] if found else None
