# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about the rollback of one HelmRelease on one cluster, from its first run to the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import clock, escaped, reference, stamp
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import Section, section
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.asking import Asking, next_moves
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.planned import changes, not_rolled_back
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.record import (
    Run,
    is_over,
    newest_told,
    plan_told,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.verdict import verdict_of
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.verified import now_section

Row = Mapping[str, Any]
Page = dict[str, Any]
SENTENCE = 1200
REVISION_COLUMNS = ["", "revision", "chart", "app", "status", "deployed (UTC)", "what Helm says"]


def page(runs: Sequence[Run], asking: Asking, name: str, now: str) -> Page:
    """The verdict first, then what remains to be done, then the story. name: of the cluster, for people."""
    run, told, plan = runs[-1], newest_told(runs), plan_told(runs)
    asked = asking.asked
    return {
        "title": f"{escaped(name)}: HelmRelease {asked['namespace']}/{asked['name']} {escaped(verdict_of(runs), 600)}",
        "subtitle": _where(told, now),
        "notes": _notes(run, told),
        "sections": [
            *_remaining(runs, asking),
            *_missing_in_git(told),
            *_was_and_is(told | {"plan": plan}),
            *_held(told, run, now),
            *_story(runs),
            *now_section(told, run["step"]),
            *changes(plan, is_rehearsal=run["rehearsal"]),
            *not_rolled_back(plan),
            *_history(told),
        ],
    }


def _where(told: Row, now: str) -> str:
    cluster = mapping(told.get("cluster"))
    user = mapping(cluster.get("user")).get("name")
    parts = [cluster.get("context"), cluster.get("server"), stamp(now), f"as {user}" if user else ""]
    return " · ".join(escaped(part) for part in parts if part)


def _notes(run: Run, told: Row) -> list[str]:
    """What has to be read before anything else."""
    said = [f"**{escaped(run['problem'], SENTENCE)}**"] if run["problem"] else []
    if run["ended_at"] is None:
        said.append(
            "**If no play is at work on it any more, this one was interrupted. What it has done stands on the "
            "HelmRelease itself, and the health check shows it.**"
        )
    texts = [*(told.get("warnings") or ()), *(mapping(told.get("plan")).get("warnings") or ())]
    return said + [escaped(text, SENTENCE) for text in dict.fromkeys(texts)]


def _remaining(runs: Sequence[Run], asking: Asking) -> list[Section]:
    """In order, with the commands as they are typed."""
    run = runs[-1]
    if is_over(run):
        return [section("What remains to be done", text=["Nothing: the release is Flux's again."])]
    # The module names itself; here the playbooks are named, by the commands.
    told = [str(text) for text in mapping(run["result"]).get("next") or ()]
    texts = [escaped(text, SENTENCE) for text in told if "gitops.flux.flux_helm_rollback" not in text]
    numbered = [f"{number}. {text}" for number, text in enumerate(texts, 1)]
    commands = [line for move in next_moves(run, asking) for line in (f"# {move.why}", move.command)]
    return [section("What remains to be done", text=numbered, code=commands)]


def _missing_in_git(told: Row) -> list[Section]:
    """The change without which the bad version comes back."""
    missing = mapping(told.get("missing_in_git"))
    if not missing:
        return []
    snippet = str(missing.get("snippet") or "").rstrip().splitlines()
    return [section("What is missing in Git", text=[escaped(missing.get("text"), SENTENCE)], code=snippet)]


def _was_and_is(told: Row) -> list[Section]:
    plan, verification = mapping(told.get("plan")), mapping(told.get("verification"))
    rows = [("bad", plan.get("source")), ("goes back to", plan.get("target")), ("is now", verification.get("release"))]
    cells = [[label, *_revision_cells(mapping(row))] for label, row in rows if row]
    return [section("What was, and what is", text=_names(told), columns=REVISION_COLUMNS, rows=cells)] if cells else []


def _names(told: Row) -> list[str]:
    release, owner = mapping(told.get("release")), mapping(told.get("owner"))
    if not release:
        return []
    places = f"in {release['release_namespace']}, stored in {release['storage_namespace']}"
    made = f"{reference(owner)} applies the HelmRelease" if owner else "Nobody applies the HelmRelease but people"
    return [f"Helm release {escaped(release['name'])} {escaped(places)}. {escaped(made)}.", ""]


def _revision_cells(row: Row) -> list[str]:
    chart = " ".join(str(row[key]) for key in ("chart", "chart_version") if row.get(key))
    deployed = stamp(row.get("deployed_at")).removesuffix(" UTC")
    cells = [row.get("revision"), chart, row.get("app_version"), row.get("status"), deployed, row.get("description")]
    return [escaped("" if cell is None else cell, 200) for cell in cells]


def _held(told: Row, run: Run, now: str) -> list[Section]:
    held = mapping(told.get("held"))
    if not held or is_over(run):
        return []
    how = [word for key, word in (("suspended", "suspended"), ("frozen", "frozen against its owner")) if held.get(key)]
    planned = f", planned until {clock(held['until'], now)}" if held.get("until") else ", with no planned end"
    ticket = f" ({escaped(held['ticket'], 60)})" if held.get("ticket") else ""
    state = " and ".join(how) or "noted, and neither suspended nor frozen"
    text = (
        f"By {escaped(held.get('by') or 'somebody', 60)} since {clock(held.get('since'), now)}{planned}: "
        f"{escaped(held.get('reason'), 200)}{ticket}. It is {state}. "
        "Nothing lets it go by itself."
    )
    return [section("Held", text=[text])]


def _story(runs: Sequence[Run]) -> list[Section]:
    """What was done, by whom, with the times (UTC)."""
    rows = [row for run in runs for row in _told_by(run)]
    return [section("What was done", columns=["time (UTC)", "step", "what"], rows=rows)] if rows else []


def _told_by(run: Run) -> Iterator[list[str]]:
    yield _story_row(run["began_at"], run["step"], _beginning(run))
    for row in mapping(run["result"]).get("story") or ():
        yield _story_row(row.get("at"), row.get("step"), row.get("text"))
    if run["ended_at"] is None:
        yield _story_row(None, run["step"], "the play has not told how it ended")
    elif run["problem"]:
        yield _story_row(run["ended_at"], run["step"], f"failed: {run['problem']}")


def _beginning(run: Run) -> str:
    rehearsed = ", as a check that writes nothing" if run["rehearsal"] else ""
    reason = f": {run['reason']}" if run["reason"] else ""
    return f"begun by {run['by'] or 'somebody'}{rehearsed}{reason}"


def _story_row(at: Any, step: Any, text: Any) -> list[str]:
    return [
        stamp(str(at or "")).removesuffix(" UTC"),
        escaped(str(step or "").replace("_", " "), 40),
        escaped(text, 600),
    ]


def _history(told: Row) -> list[Section]:
    rows = [_revision_cells(mapping(row)) for row in told.get("history") or ()]
    return [section("Helm's storage", columns=REVISION_COLUMNS[1:], rows=rows)] if rows else []
