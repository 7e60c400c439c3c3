# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has become of a rollback, in one line: the title of its report, and the last line of the play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import ROLLBACK
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.record import (
    FINISHED,
    REFUSED,
    UNSETTLED,
    Run,
    phase_of,
)

Row = Mapping[str, Any]

_HALF = {
    "holding": "is held, and is not rolled back yet",
    "rolling_back": "is HALF ROLLED BACK",
    "pinning": "is HALF PINNED",
    "finishing": "is HALF LET GO",
}
AGAIN = "run the same playbook again"


def verdict_of(runs: Sequence[Run]) -> str:
    """'is rolled back to demo 1.2.0 and held'; the HelmRelease's name stands before it.

    A run that came to nothing leaves what an earlier one has done: that is said too.
    """
    run, before = runs[-1], [each for each in runs[:-1] if not each["rehearsal"] and phase_of(each)]
    said = _of_run(run)
    if phase_of(run) or run["ended_at"] is None or not before or phase_of(before[-1]) == FINISHED:
        return said
    return f"{said} by this run; as the one before has left it, it {_of_run(before[-1])}"


def _of_run(run: Run) -> str:
    if run["ended_at"] is None:
        return f"is in a {run['step']} that has begun, and has not told how it ended"
    if run["unclear"]:
        return f"is in a {run['step']} that broke off, and nobody knows how far it came: {AGAIN}"
    if run["rehearsal"]:
        return _of_rehearsal(run)
    phase = phase_of(run)
    if phase in UNSETTLED:
        return f"{_HALF[str(phase)]}: {AGAIN}"
    return _of_rollback(run, phase) if run["step"] == ROLLBACK else _of_finish(run, phase)


def _of_rehearsal(run: Run) -> str:
    plan = _plan(run)
    if run["step"] == ROLLBACK:
        if run["problem"] or not plan.get("target"):
            return "would NOT be rolled back"
        return f"would be rolled back from {revision(plan.get('source'))} to {revision(plan['target'])}"
    return "would NOT be finished" if run["problem"] or is_missing(run) else "would be let go"


def _of_rollback(run: Run, phase: str | None) -> str:
    if phase in ("rolled_back", "pinned"):
        target = revision(_plan(run).get("target"))
        verified = mapping(mapping(run["result"]).get("verification")).get("ok")
        doubt = "" if verified and not run["problem"] else ", and it is NOT verified that all is well"
        return f"is rolled back to {target} and held{doubt}"
    return "was NOT rolled back"


def _of_finish(run: Run, phase: str | None) -> str:
    if phase == FINISHED:
        return "is let go: Flux runs what Git asks for" + (", and it is NOT well" if run["problem"] else "")
    return "was NOT let go, it stays held" if phase in ("rolled_back", "pinned", REFUSED) else "was NOT let go"


def is_missing(run: Run) -> bool:
    """Whether Git still asks for what is bad."""
    return bool(mapping(run["result"]).get("missing_in_git"))


def revision(row: Any) -> str:
    """'demo 1.2.0 (revision 3)'."""
    found = mapping(row)
    if not found:
        return "an unknown revision"
    chart = " ".join(str(found[key]) for key in ("chart", "chart_version") if found.get(key))
    return f"{chart} (revision {found.get('revision')})" if chart else f"revision {found.get('revision')}"


def _plan(run: Run) -> Row:
    return mapping(mapping(run["result"]).get("plan"))
