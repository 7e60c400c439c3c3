# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells what a run has done to a HelmRelease: in its report, in the last lines of the play, and to a workflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import failure_reason
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten, write_atomically
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.asking import Asking, next_moves
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import FINISH
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.pages import page
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.record import (
    Run,
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


class Written(NamedTuple):
    """Where the story stands, and all its runs; problem: the sentence of what could not be written."""

    path: Path
    runs: list[Run]
    problem: str | None = None


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
            # A module that answers says an error, how far it came, or with which options it was not even able to begin.
            "unclear": bool(result) and not {"error", "phase", "invocation"} & set(result or ()),
            "result": kept,
        }


def told_beginning(teller: Teller, refused: str | None) -> dict[str, Any]:
    """Before anything is sent: what is refused at once, and otherwise a report that says so much as that it begins.

    A report that cannot be written keeps nobody from rolling back: the end says so.
    """
    if not refused and not teller.rehearsal:
        _written(teller, teller.run_of(None, None, None))
    return {"changed": False, "refused": refused, "began_at": teller.now}


def told_end(teller: Teller, result: Mapping[str, Any] | None) -> dict[str, Any]:
    """After everything: the report, and whether the host fails. A skipped task's result says nothing."""
    result = None if not result or result.get("skipped") else result
    problem = _problem(teller.options, result)
    run = teller.run_of(result, problem, teller.now)
    written = _written(teller, run)
    moves = next_moves(run, teller.asking)[-1:]
    said = f"{teller.asking.host}  {teller.title} {verdict_of(written.runs)}"
    return {
        "changed": False,
        "lines": [
            said,
            *([f"why: {problem}"] if problem else []),
            *(f"next, {move.why}: {move.command}" for move in moves),
            written.problem or f"report: {written.path}",
        ],
        "gate": problem or written.problem,
        "report": str(written.path),
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
        return _failure(result)
    missing = mapping(result.get("missing_in_git"))
    if options["step"] == FINISH and missing and result.get("phase") != "finished":
        return str(missing.get("text"))
    return None


def _failure(result: Mapping[str, Any]) -> str:
    """What went wrong and what to do. An error is raised before the first write; later ones come with a phase."""
    error, reason = mapping(result.get("error")), failure_reason(result).rstrip(".")
    told = f"UNREACHABLE: {reason}" if error.get("type") == UNREACHABLE else reason
    hint = f" {redact(str(error['hint']))}" if error.get("hint") else ""
    unwritten = " Nothing was written." if error and "phase" not in result and "Nothing was" not in told else ""
    return f"{told}.{hint}{unwritten}"


def _written(teller: Teller, run: Run) -> Written:
    """Writes the report with this run as its last."""
    options, host = teller.options, teller.asking.host
    kept, path = (record_path(options, host, suffix) for suffix in ("json", "md"))
    uid = uid_of(run)
    runs = with_run(read_runs(kept, uid), run)
    try:
        write_runs(kept, runs, uid)
        view = page(runs, teller.asking, options["display_name"] or host, teller.now)
        write_atomically(path, rendered(Path(options["template"]), view))
    except ReportNotWritten as error:
        return Written(path, runs, str(error))
    return Written(path, runs)


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
