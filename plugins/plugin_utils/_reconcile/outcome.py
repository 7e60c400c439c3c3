# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a cluster's task leaves for the fleet's: the small part of its run that others need to know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.judging import Judgement, judged
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.moves import move_lines
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Run
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run_view import run_view
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.trouble import trouble
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import PRIVATE
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten, write_atomically


@dataclass(frozen=True)
class Outcome:
    """One cluster's run in a few lines."""

    host: str
    display_name: str
    verdict: str
    word: str
    message: str
    report: str
    reachable: bool = False
    check: bool = False
    mode: str = ""
    uid: str | None = None
    seconds: float | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    worse: list[dict[str, Any]] = field(default_factory=list)
    fixed: list[dict[str, Any]] = field(default_factory=list)
    # Headings of what is bad, and lines of what moved, as in the cluster's own report.
    bad: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)


def outcome_of(run: Run, judgement: Judgement, report: str) -> Outcome:
    found: Mapping[str, Any] = trouble(run) if run.after["reachable"] else {"causes": [], "more_causes": []}
    return Outcome(
        host=run.host,
        display_name=run.display_name,
        verdict=judgement.verdict,
        word=judgement.word,
        message=judgement.message,
        report=report,
        reachable=run.after["reachable"],
        check=run.check,
        mode=run.mode,
        uid=(run.after["cluster"] or {}).get("uid"),
        seconds=run.seconds,
        numbers=dict(judgement.numbers),
        worse=list(judgement.worse),
        fixed=list(judgement.fixed),
        bad=[*(block["heading"].partition(". ")[2] for block in found["causes"]), *found["more_causes"]],
        moves=move_lines(run.verdicts) if not run.check else [],
    )


def reported(run: Run, template: str, path: str, kubeconfig: str | None = None) -> tuple[Outcome, str | None]:
    """The outcome of a run, and why its report could not be written. A folder that fails spoils no verdict."""
    judgement, problem = judged(run), None
    try:
        write_atomically(Path(path), rendered(Path(template), run_view(run, judgement, kubeconfig)))
    except ReportNotWritten as error:
        problem = str(error)
    return outcome_of(run, judgement, path), problem


def keep(outcome: Outcome, folder: Path) -> Path:
    """Store the outcome in ansible's own temporary folder; the fleet's task finds it at the path returned."""
    path = folder / f"{outcome.host.replace('/', '_')}.reconcile.json"
    write_atomically(path, json.dumps(asdict(outcome)), PRIVATE)
    return path


def kept(path: Path) -> Outcome:
    """The outcome stored at path."""
    return Outcome(**json.loads(path.read_text(encoding="utf-8")))
