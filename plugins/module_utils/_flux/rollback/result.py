# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows and sentences of a rollback's result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.description import description_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import CHANGE, NOTE, SETTLED
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import values_digest
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import is_frozen
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of


def revision_row(stored: Stored) -> dict[str, Any]:
    """One revision in the words of helm history; of its values a digest."""
    return {
        "revision": stored.revision,
        "status": stored.status,
        "chart": stored.chart,
        "chart_version": stored.chart_version,
        "app_version": stored.app_version,
        "deployed_at": stored.deployed_at,
        "description": description_of(stored),
        "config_digest": values_digest(stored.config),
    }


def noted_row(stored: Stored) -> dict[str, Any]:
    """What the note keeps of a revision."""
    row = revision_row(stored)
    return {key: row[key] for key in ("revision", "chart", "chart_version", "config_digest")}


def held_row(stand: Stand, now: datetime) -> dict[str, Any] | None:
    """How a HelmRelease is held by a rollback; None when it is not."""
    metadata = mapping(stand.item.get("metadata"))
    if NOTE not in mapping(metadata.get("annotations")) and stand.notes.get("change") != CHANGE:
        return None
    pause = stand.pause
    return {
        "by": stand.notes.get("by"),
        "reason": stand.notes.get("reason"),
        "ticket": stand.notes.get("ticket"),
        "until": stand.notes.get("until"),
        "since": text_of((pause.since if pause else None) or now),
        "frozen": is_frozen(metadata),
        "suspended": stand.suspended,
    }


def snippet_for(item: Mapping[str, Any], bad: Stored, target: Stored) -> dict[str, str]:
    """What Git has to say before the release may be let go: the version of the target, or its values, or a revert."""
    spec = mapping(item.get("spec"))
    version = target.chart_version.partition("+")[0]
    name = f"{mapping(item.get('metadata')).get('namespace')}/{mapping(item.get('metadata')).get('name')}"
    if target.chart_version == bad.chart_version:
        return {
            "text": f"HelmRelease {name} asks for the values of revision {bad.revision}. "
            f"Revert in Git the change of its values, back to those of revision {target.revision}.",
            "snippet": "",
        }
    if spec.get("chartRef"):
        ref = mapping(spec["chartRef"])
        return {
            "text": f"{ref.get('kind')} {ref.get('name')} offers chart {bad.chart_version}. "
            f"Pin it in Git to {version}, or revert the change.",
            "snippet": f"spec:\n  ref:\n    tag: {version}\n",
        }
    return {
        "text": f"HelmRelease {name} asks for chart {bad.chart} {bad.chart_version}. "
        f"Pin it in Git to {version}, or revert the change.",
        "snippet": f'spec:\n  chart:\n    spec:\n      version: "{version}"\n',
    }


def next_steps(phase: str, missing: str, failure: str | None) -> list[str]:
    """What remains to be done after a rollback came to a phase, in order."""
    if phase == "planned":
        return ["Run it without check mode, with the digest of this plan if it was approved."]
    if phase in SETTLED and failure is None:
        return [missing, "Then finish it: gitops.flux.flux_helm_rollback_finish."]
    if phase in SETTLED:
        return ["Look at what is not well. The release is held as it is.", missing]
    return ["Run the same again: it goes on from here."]
