# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far the rollback is that holds a HelmRelease, as the health check lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import (
    FINISHING,
    HOLDING,
    NOTE,
    PINNING,
    ROLLING_BACK,
    SETTLED,
    Note,
    note_of,
)

_AGAIN = "under way, or interrupted: then run gitops.flux.{} again"
_UNFINISHED: Mapping[str, str] = {
    HOLDING: f"rollback {_AGAIN.format('helm_rollback')}",
    ROLLING_BACK: f"HALF rolled back, {_AGAIN.format('helm_rollback')}",
    PINNING: f"HALF pinned, {_AGAIN.format('helm_rollback')}",
    FINISHING: f"HALF let go, {_AGAIN.format('helm_rollback_finish')}",
}


def standing_of(metadata: Mapping[str, Any]) -> dict[str, Any] | None:
    """How far it is, for a record: phase, strategy, since, from, to, chart_version, unfinished, message; or None."""
    if NOTE not in mapping(metadata.get("annotations")):
        return None
    note = note_of(metadata)
    if note is None:
        unknown = dict.fromkeys(("phase", "strategy", "since", "from", "to", "chart_version"))
        return unknown | {"unfinished": True, "message": f"held by a rollback whose note ({NOTE}) nobody can read"}
    return {
        "phase": note.phase,
        "strategy": note.strategy,
        "since": note.at,
        "from": note.source.get("revision"),
        "to": note.target.get("revision"),
        "chart_version": note.target.get("chart_version"),
        "unfinished": note.phase not in SETTLED,
        "message": _UNFINISHED.get(note.phase) or _settled(note),
    }


def _settled(note: Note) -> str:
    """'rolled back from revision 4 to 3 (chart 1.2.0), held until gitops.flux.helm_rollback_finish'."""
    verb = "pinned back" if note.strategy == "pin" else "rolled back"
    version = f" (chart {note.target['chart_version']})" if note.target.get("chart_version") else ""
    moved = f"from revision {note.source.get('revision')} to {note.target.get('revision')}{version}"
    return f"{verb} {moved}, held until gitops.flux.helm_rollback_finish"
