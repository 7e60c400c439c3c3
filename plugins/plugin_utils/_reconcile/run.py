# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run on one cluster as it came back: what was asked, what each object answered, and the pictures around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import entry_of, failure_reason, unreadable

Entry = Mapping[str, Any]
Result = Mapping[str, Any]


def ended_as(verdict: Mapping[str, Any]) -> str | None:
    """The verdict; where a newer request took over, what became of that."""
    ended: str | None = verdict["outcome"] if verdict["bad"] and verdict["outcome"] else verdict["verdict"]
    return ended


def said(verdict: Mapping[str, Any]) -> str:
    """The verdict as a person says it: 'timed out'."""
    return str(ended_as(verdict)).replace("_", " ")


@dataclass(frozen=True)
class Run:
    """A run, whole or not. before is None where nobody saw the cluster; after then says why."""

    host: str
    display_name: str
    mode: str
    check: bool
    after: Entry
    before: Entry | None = None
    verdicts: Sequence[Mapping[str, Any]] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    notices: Sequence[str] = ()
    warnings: Sequence[str] = ()
    changed: bool = False
    seconds: float | None = None
    # Why it did not come to verdicts, or not to a second picture.
    problem: str | None = None
    unreachable: bool = False

    @property
    def bad(self) -> list[Mapping[str, Any]]:
        return [verdict for verdict in self.verdicts if verdict["bad"]]

    @property
    def requests(self) -> int:
        return int(self.summary.get("requests") or 0)


@dataclass(frozen=True)
class Asker:
    """Who asked for the run, and how: the host's name and the settings its pictures are judged with."""

    host: str
    display_name: str | None
    mode: str
    check: bool
    context: str | None
    settings: HealthSettings

    def entry(self, picture: Mapping[str, Any]) -> Entry:
        return entry_of(self.host, self.display_name, picture, picture.get("objects") or [], self.settings)


def unasked(asker: Asker, reason: str, at: str, *, unreachable: bool = False) -> Run:
    """The run of a cluster nobody could even ask."""
    after, name = asker.entry(unreadable(reason, asker.context, at)), asker.display_name or asker.host
    return Run(asker.host, name, asker.mode, asker.check, after, problem=reason, unreachable=unreachable)


def run_of(asker: Asker, result: Result, pictures: Mapping[str, Any], at: str) -> Run:
    """The run out of flux_reconcile's result and the two pictures it left. at: now, RFC 3339."""
    if "verdicts" not in result:
        refused = (result.get("error") or {}).get("type") == "Unreachable"
        return unasked(asker, failure_reason(result), at, unreachable=refused)
    before, after = pictures.get("before"), pictures.get("after")
    unreachable = not result.get("reachable")
    reason = str(result.get("reason") or failure_reason(result)) if unreachable else None
    if after is None and not asker.check:
        reason = reason or "what the cluster looks like after the run could not be kept, so it cannot be compared"
    seen = asker.entry(before) if before else None
    return Run(
        host=asker.host,
        display_name=asker.display_name or asker.host,
        mode=asker.mode,
        check=asker.check,
        before=seen,
        after=asker.entry(after) if after and not reason else _unseen(asker, seen, reason, at),
        verdicts=result["verdicts"],
        summary=result.get("summary") or {},
        notices=result.get("notices") or [],
        warnings=result.get("warnings") or [],
        changed=bool(result.get("changed")),
        seconds=result.get("seconds"),
        problem=reason,
        unreachable=unreachable,
    )


def _unseen(asker: Asker, before: Entry | None, reason: str | None, at: str) -> Entry:
    """Nobody looked again: in check mode there is nothing to look for; otherwise nobody answered any more."""
    if before is not None and reason is None:
        return before
    return asker.entry(unreadable(reason or "no picture of the cluster was taken", asker.context, at))
