# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Known failures: shown, not counted, until they expire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time, parse_end, text_of

_SELECTORS = ("cluster", "kind", "namespace", "name", "class")
_KEYS = (*_SELECTORS, "until", "ticket")


@dataclass(frozen=True)
class Known:
    """The known failures that hold at one time on one cluster, and sentences about those that do not."""

    entries: Sequence[Mapping[str, Any]]
    warnings: Sequence[str]

    def mark_of(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Ticket and end of the first entry that speaks of a cause; None when none does."""
        for entry in self.entries:
            if all(entry[key] == row.get(key) for key in _SELECTORS[1:] if key in entry):
                return {"ticket": entry.get("ticket"), "until": entry.get("until")}
        return None


def known_of(given: Iterable[Any], names: Iterable[str | None], now: datetime) -> Known:
    """Sorts the entries that speak of the cluster with one of these names into valid, expired and malformed."""
    here = {name for name in names if name}
    entries: list[Mapping[str, Any]] = []
    warnings: list[str] = []
    for number, entry in enumerate(given, 1):
        problem = _problem(entry)
        if problem:
            warnings.append(f"Known failure {number} is not used: {problem}.")
            continue
        if entry.get("cluster") and entry["cluster"] not in here:
            continue
        end = _end(entry.get("until"))
        if end is not None and end <= now:
            warnings.append(
                f"Known failure {number} ({_title(entry)}) has expired at {format_time(end)}: it counts again."
            )
        else:
            entries.append({**{key: entry[key] for key in _KEYS if entry.get(key)}, "until": text_of(end)})
    return Known(entries, warnings)


def _problem(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return f"it is not a mapping with some of {', '.join(_KEYS)}"
    unknown = [str(key) for key in entry if key not in _KEYS]
    if unknown:
        return f"it has {unknown[0]!r}, which is none of {', '.join(_KEYS)}"
    if not any(entry.get(key) for key in _SELECTORS):
        return f"it needs at least one of {', '.join(_SELECTORS)}"
    try:
        _end(entry.get("until"))
    except ValueError:
        return f"its until, {str(entry['until'])!r}, is no time like 2026-12-24T18:00:00Z and no day like 2026-12-24"
    return ""


def _end(until: Any) -> datetime | None:
    return None if until is None or until == "" else parse_end(until)


def _title(entry: Mapping[str, Any]) -> str:
    name = "/".join(str(entry[key]) for key in ("kind", "namespace", "name", "class") if entry.get(key))
    parts = (entry.get("cluster"), name, entry.get("ticket"))
    return redact(", ".join(str(part) for part in parts if part))
