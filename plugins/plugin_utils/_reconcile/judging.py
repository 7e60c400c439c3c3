# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a run: ok, as bad as before, bad, or worse; and the one line that says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.comparing import (
    Row,
    fixed_rows,
    was_bad,
    worse_rows,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Run, ended_as, said
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import count, cut, reference
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import key_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import REASON_LIMIT

OK, BAD_AS_BEFORE, BAD, WORSE = "ok", "bad_as_before", "bad", "worse"
WORST_FIRST = (WORSE, BAD, BAD_AS_BEFORE, OK)
WORDS = {WORSE: "WORSE", BAD: "BAD", BAD_AS_BEFORE: "BAD AS BEFORE", OK: "ok"}
UNREACHABLE = "UNREACHABLE"
NAMED = 3


@dataclass(frozen=True)
class Judgement:
    verdict: str
    # The verdict as people see it.
    word: str
    worse: Sequence[Row]
    fixed: Sequence[Row]
    message: str
    numbers: Mapping[str, int]


def judged(run: Run) -> Judgement:
    """In check mode nothing was done, so nothing can be bad but the way to the cluster."""
    compared = run.before is not None and not run.check
    worse = worse_rows(run.before, run.after, run.verdicts) if compared else []
    fixed = fixed_rows(run.before, run.after) if compared else []
    verdict = _verdict(run, worse)
    word = UNREACHABLE if run.unreachable and not worse else WORDS[verdict]
    return Judgement(verdict, word, worse, fixed, _message(run, verdict, worse), _numbers(run, worse, fixed))


def _verdict(run: Run, worse: Sequence[Row]) -> str:
    if worse:
        return WORSE
    if run.problem:
        return BAD
    if not run.bad:
        return OK
    return BAD_AS_BEFORE if all(was_bad(run.before, verdict) for verdict in run.bad) else BAD


def _numbers(run: Run, worse: Sequence[Row], fixed: Sequence[Row]) -> dict[str, int]:
    found = Counter(verdict["verdict"] for verdict in run.verdicts)
    return {
        "objects": len(run.verdicts),
        "reconciled": found["reconciled"],
        "bad": len(run.bad),
        "suspended": found["suspended"],
        "worse": len(worse),
        "fixed": len(fixed),
        "requests": run.requests,
    }


def _message(run: Run, verdict: str, worse: Sequence[Row]) -> str:
    if run.problem:
        return cut(run.problem, REASON_LIMIT)
    if run.check:
        return would_ask(run)
    if verdict == WORSE:
        return _some([row_in_brief(row) for row in worse if not row["waits_for"]] or [*map(row_in_brief, worse)])
    if verdict != OK:
        return _some(_bad_in_brief(run))
    return _all_well(run)


def would_ask(run: Run) -> str:
    asked = sum(bool(verdict["requested"]) for verdict in run.verdicts)
    return f"would ask {count(asked, 'object')}, nothing was sent"


def row_in_brief(row: Row) -> str:
    """'Kustomization apps/web: was ready, is failed'."""
    who = reference(row) if row["name"] else "the cluster"
    return f"{who}: was {row['was'].replace('_', ' ')}, is {row['is'].replace('_', ' ')}"


def _bad_in_brief(run: Run) -> list[str]:
    """What is bad itself, with how much it blocks; what is blocked only where its blocker is not among them."""
    bad = {key_of(verdict) for verdict in run.bad}
    blocked = Counter(verdict["blocked_by"] for verdict in run.bad if ended_as(verdict) == "blocked")
    lines = [_verdict_in_brief(verdict, blocked) for verdict in run.bad if ended_as(verdict) != "blocked"]
    outside = [name for name in blocked if name and tuple(name.split("/", 2)) not in bad]
    return [*lines, *(f"{count(blocked[name], 'object')} blocked by {name}" for name in outside)] or ["blocked"]


def _verdict_in_brief(verdict: Mapping[str, Any], blocked: Mapping[str | None, int]) -> str:
    cause = verdict["cause"] or {}
    what = cause.get("class") if cause.get("class") not in (None, "unknown") else verdict["reason"]
    waiting = blocked.get("/".join(key_of(verdict)), 0)
    detail = f" ({what})" if what else ""
    return f"{reference(verdict)} {said(verdict)}{detail}{f', blocks {waiting}' if waiting else ''}"


def _some(lines: Sequence[str]) -> str:
    more = len(lines) - NAMED
    return " · ".join([*lines[:NAMED], *([f"{more} more"] if more > 0 else [])])


def _all_well(run: Run) -> str:
    found = Counter(str(verdict["verdict"]).replace("_", " ") for verdict in run.verdicts if verdict["verdict"])
    return ", ".join(f"{number:,} {word}" for word, number in found.most_common()) or "there was nothing to ask"
