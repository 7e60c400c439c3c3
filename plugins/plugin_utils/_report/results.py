# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report tasks return: small, because AWX drops the result of a task that is large."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import totals
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import Handover
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import VERDICT_WORDS, short_finding


def cluster_result(handover: Handover, entry_path: Path, problem: str | None) -> dict[str, Any]:
    """The result of one cluster's report."""
    entry = handover.entry
    return {
        "changed": False,
        "verdict": entry["verdict"],
        "reachable": entry["reachable"],
        "message": f"{VERDICT_WORDS[entry['verdict']]}: {short_finding(entry)}",
        "counts": numbers(entry),
        "report": handover.printing.path,
        "report_problem": problem,
        "entry_path": str(entry_path),
    }


def numbers(entry: Mapping[str, Any]) -> dict[str, int]:
    """The few numbers of a cluster that travel in results and in set_stats."""
    suspensions = entry["suspensions"]
    return totals(entry) | {
        "causes": len(entry["root_causes"]),
        "known_failures": len(entry["known_failures"]),
        "suspended": len(suspensions),
        "overdue": sum(bool(item["overdue"]) for item in suspensions),
    }


def fleet_summary(fleet: Mapping[str, Any]) -> dict[str, Any]:
    """What later nodes of a workflow get to know: verdicts and numbers, no messages of controllers."""
    return {
        "schema_version": fleet["schema_version"],
        "generated_at": fleet["generated_at"],
        "verdict": fleet["verdict"],
        "selected": fleet["selected"],
        "total": fleet["total"],
        "clusters": {
            host: {"verdict": entry["verdict"], **numbers(entry)} for host, entry in fleet["clusters"].items()
        },
    }
