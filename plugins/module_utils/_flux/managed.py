# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What metadata.managedFields tells: who wrote a field, and since when at the latest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none

# Who our own writes are by.
FIELD_MANAGER = "gitops.flux"


class Writer(NamedTuple):
    manager: str
    # When the manager last wrote anything of what it owns: the field is at least this old.
    at: datetime | None


def writer_of(metadata: Mapping[str, Any], path: Sequence[str]) -> Writer | None:
    """Who owns a field. Of several owners the earliest: each of their times only says "since then at the latest"."""
    found = [
        Writer(str(entry.get("manager") or ""), time_or_none(entry.get("time")))
        for entry in rows(metadata.get("managedFields"))
        if _owns(entry, path)
    ]
    dated = [writer for writer in found if writer.at is not None]
    return min(dated, key=lambda writer: str(writer.at)) if dated else next(iter(found), None)


def managers_of(metadata: Mapping[str, Any], path: Sequence[str]) -> frozenset[str]:
    """Everybody who owns a field."""
    return frozenset(str(row.get("manager") or "") for row in rows(metadata.get("managedFields")) if _owns(row, path))


def _owns(entry: Mapping[str, Any], path: Sequence[str]) -> bool:
    node: Any = entry.get("fieldsV1")
    for step in path:
        if not isinstance(node, Mapping) or step not in node:
            return False
        node = node[step]
    return True


def spec_written_at(metadata: Mapping[str, Any]) -> datetime | None:
    """When a part of spec was last written, as far as managedFields are there."""
    return _newest(entry for entry in rows(metadata.get("managedFields")) if _owns(entry, ("f:spec",)))


def status_written_at(metadata: Mapping[str, Any]) -> datetime | None:
    """When a controller last changed the status."""
    return _newest(entry for entry in rows(metadata.get("managedFields")) if _owns(entry, ("f:status",)))


def _newest(entries: Any) -> datetime | None:
    return max((at for entry in entries if (at := time_or_none(entry.get("time")))), default=None)
