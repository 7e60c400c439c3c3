# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rollback changes, deletes and runs, and what no rollback brings back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import count, escaped, listed, reference
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import Section, section

Row = Mapping[str, Any]
PATHS = 12


def changes(plan: Row, *, is_rehearsal: bool) -> list[Section]:
    """By which strategy and why, step by step, and each object it touches."""
    if not plan:
        return []
    touched = [row for row in plan.get("objects") or () if row.get("action") != "none"]
    rows = [*map(_touched_row, touched), *map(_deleted_row, plan.get("deletes") or ())]
    rows += [
        [f"hook {reference(_placed(row))}", "runs", ", ".join(row.get("events") or ())]
        for row in plan.get("hooks") or ()
    ]
    text = [*_choice(plan), *_values(plan), *_steps(plan), ""]
    if is_rehearsal:
        title = f"What it would change ({count(len(rows), 'object')})" if rows else "What it would do"
    else:
        title = f"What the rollback changes ({count(len(rows), 'object')})"
    return [section(title, text=text, columns=["object", "", "fields"], rows=rows)]


def _choice(plan: Row) -> list[str]:
    why = f": {escaped(plan['why'], 600)}" if plan.get("why") else ""
    chosen = [f"- Strategy `{plan['strategy']}`{why}"] if plan.get("strategy") else []
    return [*chosen, *([f"- Digest of this plan: `{plan['digest']}`"] if plan.get("digest") else [])]


def _values(plan: Row) -> list[str]:
    """Paths only; what stands there is nobody's business."""
    paths = plan.get("values_paths") or []
    return [f"- Values that differ ({len(paths)}): {escaped(listed(paths, PATHS), 1000)}"] if paths else []


def _steps(plan: Row) -> list[str]:
    return ["", *(f"{number}. {escaped(text, 600)}" for number, text in enumerate(plan.get("steps") or (), 1))]


def _touched_row(row: Row) -> list[str]:
    verb = {"change": "changes", "create": "is made"}.get(str(row.get("action")), str(row.get("action")))
    return [escaped(reference(_placed(row))), verb, escaped(listed(row.get("paths") or (), PATHS), 1000)]


def _deleted_row(row: Row) -> list[str]:
    allowed = "" if row.get("allowed", True) else "not named in helm_rollback_allow_delete"
    return [escaped(reference(_placed(row))), "**is deleted**", allowed]


def _placed(row: Row) -> Row:
    return {"namespace": "", **row}


def not_rolled_back(plan: Row) -> list[Section]:
    texts = plan.get("not_rolled_back") or ()
    lines = [f"- {escaped(text, 600)}" for text in texts]
    return [section("What does not roll back", text=lines)] if lines else []
