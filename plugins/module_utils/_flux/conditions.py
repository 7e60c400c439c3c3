# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Status conditions. Found by type: their order means nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none


class Condition(NamedTuple):
    type: str
    # "True", "False" or "Unknown"
    status: str
    reason: str
    message: str
    # Moves with every change of the message, not only of the status.
    changed_at: datetime | None
    generation: int | None


def conditions_of(status: Mapping[str, Any]) -> tuple[Condition, ...]:
    return tuple(_condition(row) for row in rows(status.get("conditions")) if row.get("type"))


def _condition(row: Mapping[str, Any]) -> Condition:
    return Condition(
        type=str(row["type"]),
        status=str(row.get("status") or "Unknown"),
        reason=str(row.get("reason") or ""),
        message=redact(str(row.get("message") or "")),
        changed_at=time_or_none(row.get("lastTransitionTime")),
        generation=number_or_none(row.get("observedGeneration")),
    )


def number_or_none(value: object) -> int | None:
    """A generation; controllers write 0 or nothing when they have none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
