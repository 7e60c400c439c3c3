# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells what a run has done to a HelmRelease: in its report, in the last lines of the play, and to a workflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import failure_reason
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten, write_atomically
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.asking import Asking
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import FINISH
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.pages import next_commands, page
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.record import (
    Run,
    is_over,
    kept_result,
    phase_of,
    read_runs,
    record_path,
    uid_of,
    with_run,
    write_runs,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.verdict import verdict_of

Options = Mapping[str, Any]
UNREACHABLE = "Unreachable"
# The digest of no plan.
NO_PLAN = "none"


@dataclass(frozen=True)
class Teller:
    """Who tells it: the options of the task, and which host it is about."""

    options: Options
    asking: Asking
    rehearsal: bool
    by: str | None
    now: str

    @property
    def title(self) -> str:
        asked = self.asking.asked
        return f"HelmRelease {asked['namespace']}/{asked['name']}"

    def run_of(self, result: Mapping[str, Any] | None, problem: str | None, ended_at: str | None) -> Run:
        """One run of a playbook. by: as the cluster knows it, else who runs the play."""
        kept = kept_result(result) if result else None
        return {
            "step": self.options["step"],
            "rehearsal": self.rehearsal,
            "began_at": self.options["began_at"] or self.now,
            "ended_at": ended_at,
            "by": self.by or mapping(mapping(kept).get("held")).get("by"),
            "reason": self.asking.asked["reason"],
            "problem": problem,
            "result": kept,
        }


def told_beginning(teller: Teller, refused: str | None) -> dict[str, Any]:
    """Before anything is sent: what is refused at once, and otherwise a report that says so much as that it begins."""
    if not refused and not teller.rehearsal:
        problem = _written(teller, teller.run_of(None, None, None))[1]
        refused = f"{problem}. Nothing was sent." if problem else None
    return {"changed": False, "refused": refused, "began_at": teller.now}


def told_end(teller: Teller, result: Mapping[str, Any] | None) -> dict[str, Any]:
    """After everything: the report, and whether the host fails."""
    problem = _problem(teller.options, result)
    run = teller.run_of(result, problem, teller.now)
    path, unwritten = _written(teller, run)
    commands = [] if is_over(run) else [f"next: {command}" for command in next_commands(run, teller.asking)]
    said = f"{teller.asking.host}  {teller.title} {verdict_of(run)}"
    return {
        "changed": False,
        "lines": [said, *([f"why: {problem}"] if problem else []), *commands, unwritten or f"report: {path}"],
        "gate": problem or unwritten,
        "report": str(path),
        "summary": _summary(run),
        "plan_digest": _digest(run) if teller.rehearsal else "",
    }


def _problem(options: Options, result: Mapping[str, Any] | None) -> str | None:
    """Why the host fails: refused, unreachable, half done, or done and not as it should be."""
    if options["failure"]:
        return str(options["failure"])
    if not result:
        return "it was never asked"
    if result.get("failed"):
        reason = failure_reason(result)
        return f"UNREACHABLE: {reason}" if mapping(result.get("error")).get("type") == UNREACHABLE else reason
    missing = mapping(result.get("missing_in_git"))
    if options["step"] == FINISH and missing and result.get("phase") != "finished":
        return str(missing.get("text"))
    return None


def _written(teller: Teller, run: Run) -> tuple[Path, str | None]:
    """The report with this run as its last; the sentence of what could not be written."""
    options, host = teller.options, teller.asking.host
    kept, path = (record_path(options, host, suffix) for suffix in ("json", "md"))
    uid = uid_of(run)
    runs = with_run(read_runs(kept, uid), run)
    try:
        write_runs(kept, runs, uid)
        view = page(runs, teller.asking, options["display_name"] or host, teller.now)
        write_atomically(path, rendered(Path(options["template"]), view))
    except ReportNotWritten as error:
        return path, str(error)
    return path, None


def _summary(run: Run) -> dict[str, Any]:
    """What later nodes of a workflow get to know: names, revisions and the plan, no messages of controllers."""
    told = mapping(run["result"])
    plan = mapping(told.get("plan"))
    return {
        "step": run["step"],
        "check": run["rehearsal"],
        "ok": not run["problem"],
        "phase": phase_of(run),
        "strategy": plan.get("strategy"),
        "source": plan.get("source"),
        "target": plan.get("target"),
        "deletes": _rows(plan.get("deletes")),
        "objects": _rows(plan.get("objects")),
        "plan_digest": plan.get("digest"),
    }


def _digest(run: Run) -> str:
    """What a run after this rehearsal may carry out: this plan, or none at all."""
    plan = mapping(mapping(run["result"]).get("plan"))
    return str(plan.get("digest") or NO_PLAN) if not run["problem"] else NO_PLAN


def _rows(rows: Any) -> Sequence[str]:
    return [f"{row['kind']}/{row.get('namespace') or ''}/{row['name']}" for row in rows or ()]
