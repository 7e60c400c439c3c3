# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rollback writes on the HelmRelease, so that whoever comes next knows how far it is. Never a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping

NOTE = "gitops.flux/rollback"
# Marks every Secret of ours; its value is the name of the HelmRelease, or the hash of a name that is too long.
LABEL = "gitops.flux/rollback"
# What the pause is noted under, so that ending somebody's maintenance leaves it alone.
CHANGE = "helm-rollback"

HOLDING, ROLLING_BACK, ROLLED_BACK = "holding", "rolling_back", "rolled_back"
PINNING, PINNED, FINISHING = "pinning", "pinned", "finishing"
PHASES = (HOLDING, ROLLING_BACK, ROLLED_BACK, PINNING, PINNED, FINISHING)
# Nothing is half done in these.
SETTLED = frozenset({ROLLED_BACK, PINNED})


@dataclass(frozen=True)
class Note:
    """How far a rollback is. source and target: revision, chart, chart_version, config_digest."""

    phase: str
    strategy: str
    # When it began (RFC 3339, UTC).
    at: str
    # Digest of the plan it carries out.
    plan: str
    source: Mapping[str, Any]
    target: Mapping[str, Any]
    # What the HelmRelease asked for when it was bad; digests where it could hold values.
    desired: Mapping[str, Any] = field(default_factory=dict)
    frozen: bool = False
    # The Secret that holds what the strategy pin has changed.
    kept_in: str | None = None
    # Git says spec.suspend: false, so only the freeze keeps it suspended.
    git_suspend: bool = False

    @property
    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    def at_phase(self, phase: str, **changes: Any) -> Note:
        return replace(self, phase=phase, **changes)


def note_of(metadata: Mapping[str, Any]) -> Note | None:
    """The note on an object; None when there is none, or one nobody can read."""
    text = mapping(metadata.get("annotations")).get(NOTE)
    try:
        found = json.loads(text) if isinstance(text, str) else None
        if not isinstance(found, dict) or found.get("phase") not in PHASES:
            return None
        return Note(**{key: value for key, value in found.items() if key in Note.__dataclass_fields__})
    except (ValueError, TypeError):
        return None
