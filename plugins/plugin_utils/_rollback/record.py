# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What plays on this machine have done to one HelmRelease, kept beside its report so that the story stays whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import PHASES, SETTLED
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    SCHEMA_VERSION,
    report_path,
    write_atomically,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import ROLLBACK

Run = dict[str, Any]
Record = dict[str, Any]

FINISHED = "finished"
# Of a finish that has found Git as bad as before: everything is held.
REFUSED = "refused"
# Phases in which a rollback has left something on the cluster, and those in which it is in the middle of something.
WRITTEN = frozenset(PHASES)
UNSETTLED = WRITTEN - SETTLED
# A story that is longer has been told long ago.
_MOST_RUNS = 50
# Of a module's result what pages are made of; a difference of objects could hold values.
_KEPT = (
    "changed", "cluster", "release", "owner", "phase", "plan", "story", "verification", "history", "held",
    "missing_in_git", "next", "warnings",
)  # fmt: skip


def record_path(options: Mapping[str, Any], host: str, suffix: str) -> Path:
    """<prefix>-<host>-<namespace>-<name>; in check mode too, since a report is what it is run for."""
    asked = options["asked"]
    return report_path(
        options["report_dir"], options["report_prefix"], f"{host}-{asked['namespace']}-{asked['name']}", suffix
    )


def read_runs(path: Path, uid: str | None) -> list[Run]:
    """The runs of the story so far, oldest first; none when it is over, or is about another cluster."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not isinstance(kept, dict) or kept.get("schema_version") != SCHEMA_VERSION:
        return []
    if uid and kept.get("uid") and kept["uid"] != uid:
        return []
    runs = kept.get("runs")
    return list(runs) if isinstance(runs, list) else []


def write_runs(path: Path, runs: Sequence[Run], uid: str | None) -> None:
    known = uid or next((found for run in reversed(runs) if (found := uid_of(run))), None)
    record: Record = {"schema_version": SCHEMA_VERSION, "uid": known, "runs": list(runs)[-_MOST_RUNS:]}
    write_atomically(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def uid_of(run: Run) -> str | None:
    uid: str | None = ((run.get("result") or {}).get("cluster") or {}).get("uid")
    return uid


def with_run(runs: Sequence[Run], run: Run) -> list[Run]:
    """The story with one more run, or with the end of the run that began last.

    A rehearsal is no part of the story: it stands at the end until the next run, which takes its place.
    """
    story = [each for each in runs if not each["rehearsal"]]
    if story and story[-1]["ended_at"] is None and story[-1]["began_at"] == run["began_at"]:
        story.pop()
    return _newest_story([*story, run])


def _newest_story(runs: list[Run]) -> list[Run]:
    """Without what was over before the last rollback wrote anything."""
    over = [place for place, run in enumerate(runs) if is_over(run)]
    if over and any(run["step"] == ROLLBACK and phase_of(run) in WRITTEN for run in runs[over[-1] + 1 :]):
        return runs[over[-1] + 1 :]
    return runs


def phase_of(run: Run) -> str | None:
    phase: str | None = (run["result"] or {}).get("phase")
    return phase


def is_over(run: Run) -> bool:
    """Whether a story ends with this run: everything was let go."""
    return not run["rehearsal"] and not run["problem"] and phase_of(run) == FINISHED


def kept_result(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part of a module's result that is kept; None when it has told nothing."""
    return {key: result.get(key) for key in _KEPT} if "phase" in result else None


def plan_told(runs: Sequence[Run]) -> dict[str, Any]:
    """The plan the story is about: of a rehearsal its own, else the one most of which was done.

    A run that goes on plans only what is left.
    """
    if runs[-1]["rehearsal"]:
        return _plan(runs[-1])
    told = [_plan(run) for run in runs if run["step"] == ROLLBACK and _plan(run).get("target")]
    same = [plan for plan in told if plan["target"].get("revision") == told[-1]["target"].get("revision")]
    return max(reversed(same), key=_touched, default=_plan(runs[-1]))


def _plan(run: Run) -> dict[str, Any]:
    return dict(mapping(mapping(run["result"]).get("plan")))


def _touched(plan: Mapping[str, Any]) -> int:
    touched = [row for row in plan.get("objects") or () if row.get("action") != "none"]
    return len(plan.get("deletes") or ()) + len(touched)


def newest_told(runs: Sequence[Run]) -> dict[str, Any]:
    """The result of the last run whose module has told something; {} when none has."""
    return next((run["result"] for run in reversed(runs) if run["result"]), {})
