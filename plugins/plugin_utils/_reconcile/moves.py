# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which revision each source moved from and to, and what followed it: one line for many objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER, KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import TERMINATING
from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    escaped,
    reference,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Key, key_of

Verdict = Mapping[str, Any]
NAMED = 10


def move_lines(verdicts: Sequence[Verdict]) -> list[str]:
    """Sources that moved, with what followed and what did not; then what moved although its source stood still."""
    sources = [verdict for verdict in verdicts if _moved(verdict) and KINDS[verdict["kind"]].is_source]
    lines = [_source_line(source, _of(source, verdicts)) for source in sources]
    told = {key_of(source): source["revision_after"] for source in sources}
    rest = [verdict for verdict in verdicts if _moved(verdict) and not _is_told(verdict, told)]
    return [*lines, *_other_lines(rest)]


def population_lines(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """What a parent made and pruned meanwhile, whether it was asked for or not. What is in deletion counts as gone."""
    if before is None or not before["reachable"] or not after["reachable"]:
        return []
    was, now = (
        {slash_reference(record): None for record in entry["objects"] if record["status"] != TERMINATING}
        for entry in (before, after)
    )
    groups = {"New": [name for name in now if name not in was], "Gone": [name for name in was if name not in now]}
    return [f"{word}: {compact(names, NAMED)}" for word, names in groups.items() if names]


def _moved(verdict: Verdict) -> bool:
    return bool(verdict["revision_after"]) and verdict["revision_after"] != verdict["revision_before"]


def _of(source: Verdict, verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict["source"] and key_of(verdict["source"]) == key_of(source)]


def _is_told(verdict: Verdict, told: Mapping[Key, str]) -> bool:
    """In the line of its source, or as a source."""
    source = key_of(verdict["source"]) if verdict["source"] else None
    follows = source is not None and told.get(source) == verdict["revision_after"]
    return follows or key_of(verdict) in told


def _source_line(source: Verdict, users: Sequence[Verdict]) -> str:
    following = [user for user in users if user["revision_after"] == source["revision_after"]]
    behind = [user for user in users if user["revision_after"] != source["revision_after"]]
    who = f"; {_counted(following)} followed" if following else ""
    not_yet = f"; {len(behind)} did not: {compact(map(slash_reference, behind), NAMED)}" if behind else ""
    return f"{reference(source)} moved {_way(source)}{who}{not_yet}"


def _way(verdict: Verdict) -> str:
    """'from main@sha1:aaaaaaa to main@sha1:bbbbbbb'."""
    before, after = (escaped(short_revision(verdict[key])) for key in ("revision_before", "revision_after"))
    return f"from {before} to {after}" if before else f"to {after}, its first"


def _counted(verdicts: Iterable[Verdict]) -> str:
    kinds = Counter(str(verdict["kind"]) for verdict in verdicts)
    ordered = sorted(kinds, key=lambda kind: KIND_ORDER.get(kind, len(KIND_ORDER)))
    return ", ".join(count(kinds[kind], kind) for kind in ordered)


def _other_lines(moved: Iterable[Verdict]) -> list[str]:
    groups: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in moved:
        source = reference(verdict["source"]) if verdict["source"] else ""
        groups.setdefault((str(verdict["kind"]), source, _way(verdict)), []).append(verdict)
    return [
        f"{count(len(group), kind)} moved {way}{f' on {source}' if source else ''}: "
        f"{compact(map(slash_reference, group), NAMED).partition(' ')[2]}"
        for (kind, source, way), group in groups.items()
    ]
