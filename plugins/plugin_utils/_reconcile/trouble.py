# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What went wrong, for the report of one cluster: causes with remedies, and what is blocked by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import aim_at, looks_at
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.comparing import was_bad
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Run, ended_as, said
from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import cause_block, cause_line, folded
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    escaped,
    reference,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Objects, object_named

Cause = Mapping[str, Any]
Verdict = Mapping[str, Any]

BLOCKS = 10
NAMED = 10
BEFORE = "It was so before this run."


def trouble(run: Run) -> dict[str, Any]:
    """Blocks with commands for the first causes, a line for each of the others, and causes this run did not touch."""
    causes = [cause for cause in run.after["root_causes"] if _is_of(cause, run.bad)]
    others = [cause for cause in run.after["root_causes"] if cause not in causes]
    objects, folds = Objects(run.after["objects"]), folded(causes)
    blocks = [
        _marked(cause_block(number, fold, objects, run.after["read_at"]), fold, run)
        for number, fold in enumerate(folds[:BLOCKS], 1)
    ]
    plain = _unexplained(run.bad, causes)
    room = BLOCKS - len(blocks)
    blocks += [_plain_block(len(blocks) + place, verdict, run) for place, verdict in enumerate(plain[:room], 1)]
    more = [*(cause_line(fold, objects) for fold in folds[BLOCKS:]), *map(_plain_line, plain[room:])]
    return {"causes": blocks, "more_causes": more, "elsewhere": _elsewhere(others)}


def _is_of(cause: Cause, bad: Iterable[Verdict]) -> bool:
    """Whether a cause holds any of the bad verdicts, or is one of them."""
    held = {slash_reference(cause), *cause["victims"], *cause["members"]}
    return any(not held.isdisjoint(_names_of(verdict)) for verdict in bad)


def _names_of(verdict: Verdict) -> set[str]:
    names = {slash_reference(verdict)}
    if verdict["cause"]:
        names.add(slash_reference(verdict["cause"]))
    return names | ({verdict["blocked_by"]} if verdict["blocked_by"] else set())


def _marked(block: dict[str, Any], fold: Sequence[Cause], run: Run) -> dict[str, Any]:
    if all(was_bad(run.before, cause) for cause in fold):
        block["lines"].append(BEFORE)
    return block


def _unexplained(bad: Iterable[Verdict], causes: Sequence[Cause]) -> list[Verdict]:
    """Bad verdicts that no cause speaks of; what is blocked stands with its blocker."""
    return [
        verdict
        for verdict in bad
        if ended_as(verdict) != "blocked" and not any(_is_of(cause, [verdict]) for cause in causes)
    ]


def _plain_block(number: int, verdict: Verdict, run: Run) -> dict[str, Any]:
    cause, message = verdict["cause"] or {}, verdict["message"] or verdict["reason"] or "its controller said nothing"
    remedy = [f"Mend: {escaped(cause['remedy'], 300)}"] if cause.get("remedy") else []
    known = [BEFORE] if was_bad(run.before, verdict) else []
    ref = Ref(verdict["kind"], verdict["namespace"], verdict["name"])
    commands = cause.get("commands") or looks_at(ref, True, aim_at(run.after["cluster"] or {}))
    return {
        "heading": f"{number}. {reference(verdict)} {_came_to(verdict)}",
        "lines": [
            escaped(message, 400),
            *remedy,
            *known,
        ],
        "commands": [{"label": "Look", "text": commands[0]["command"], "writes": bool(commands[0]["writes"])}],
        "waiting": "",
        "at_risk": "",
    }


def _plain_line(verdict: Verdict) -> str:
    return f"{reference(verdict)} {_came_to(verdict)}: {escaped(verdict['message'] or verdict['reason'], 160)}"


def _came_to(verdict: Verdict) -> str:
    after = f" after {verdict['seconds']:.0f} s" if ended_as(verdict) == "timed_out" and verdict["seconds"] else ""
    return f"{'is ' if ended_as(verdict) == 'stalled' else ''}{said(verdict)}{after}"


def _elsewhere(causes: Sequence[Cause]) -> str:
    return compact(map(slash_reference, causes), NAMED)


def blocked_lines(verdicts: Iterable[Verdict]) -> list[str]:
    """One line for each thing that blocks others, the one that blocks most first."""
    groups: dict[str, list[str]] = {}
    for verdict in verdicts:
        if ended_as(verdict) == "blocked":
            groups.setdefault(verdict["blocked_by"] or "", []).append(slash_reference(verdict))
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [f"{_blocker(name)}: {count(len(names), 'object')}: {compact(names, NAMED)}" for name, names in ordered]


def _blocker(name: str) -> str:
    return f"by {reference(object_named(name))}" if name else "by what is not known"
