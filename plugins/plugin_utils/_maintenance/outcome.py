# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each cluster of the play made of the start or the end of a change, in one form for pages and gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.comparison import BAD_OUTCOMES
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import failure_reason
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import listed, slash_reference

Row = Mapping[str, Any]
Result = Mapping[str, Any]

NOT_REACHED = ("controller_down", "timed_out")
NAMED = 3
INSTEAD = "Wait for its end, end it, or leave these objects out."
LINEAR = "the start of a change needs strategy linear and no serial."


@dataclass(frozen=True)
class Outcome:
    """One cluster. done is None until something was written; problem is why it fails, None where all is well."""

    host: str
    name: str
    looked: Result
    done: Result | None = None
    kept: Result = field(default_factory=dict)
    waited: Result = field(default_factory=dict)
    compared: Result = field(default_factory=dict)
    problem: str | None = None

    @property
    def newest(self) -> Result:
        """What was written, else what was looked at."""
        return self.done if self.done and "objects" in self.done else self.looked

    def rows(self, *states: str) -> list[Row]:
        return [row for row in self.newest.get("objects") or () if row["state"] in states]

    @property
    def was_over(self) -> bool:
        """An earlier run has ended the change here, and told everything."""
        return bool(self.kept.get("ended_at")) and not self.compared and not self.rows("resumed")

    @property
    def was_asked(self) -> bool:
        return "objects" in self.looked


def failure_of(result: Result) -> str | None:
    """Why a task failed, in one sentence; None when it did not."""
    return failure_reason(result) if result.get("failed") else None


def refusal(outcomes: Sequence[Outcome]) -> str | None:
    """Why nothing may be written anywhere: somebody else's change is open on something that was selected."""
    unasked = [outcome.host for outcome in outcomes if outcome.looked.get("unasked")]
    if unasked:
        return f"Nothing was written on any cluster, because {', '.join(unasked)} was not asked first: {LINEAR}"
    refused = [outcome for outcome in outcomes if (outcome.looked.get("error") or {}).get("change")]
    if not refused:
        return None
    said = [f"{outcome.host}: {str(failure_of(outcome.looked)).partition(' Nothing was')[0]}" for outcome in refused]
    return f"Nothing was written on any cluster, because another change is open. {' '.join(said)} {INSTEAD}"


def start_problem(outcome: Outcome) -> str | None:
    """Why the start of a change fails on a cluster; None when everything is paused as it was meant."""
    failure = next(filter(None, map(failure_of, (outcome.looked, outcome.kept, outcome.done or {}))), None)
    missed = [row for row in outcome.rows("suspended") if row.get("barrier") in NOT_REACHED]
    if not missed:
        return failure
    named = listed((f"{slash_reference(row)} ({row['barrier']})" for row in missed), NAMED)
    loud = f"the barrier was NOT reached for {named}: an action of these objects may still be in flight"
    return f"{failure}; {loud}" if failure else loud


def is_known(outcome: Outcome) -> bool:
    """Whether a cluster has anything of this change: objects, or what an interrupted end has left to tell."""
    return bool(outcome.rows("resumed") or outcome.kept.get("known"))


def nobody_knows(outcomes: Sequence[Outcome], change: str) -> str | None:
    """The one sentence for a change that is on no cluster. A cluster that was not seen may have it."""
    if any(is_known(outcome) or not outcome.was_asked for outcome in outcomes):
        return None
    hosts = ", ".join(outcome.host for outcome in outcomes)
    return (
        f"Nothing is paused under change {change} on {hosts}, and nothing about it is kept on this machine: "
        "it was never started there, or it was ended elsewhere. gitops.flux.suspensions lists what is paused."
    )


def end_problem(outcome: Outcome) -> str | None:
    """Why the end of a change fails on a cluster; None when all that it paused runs, and nothing got worse."""
    failure = failure_of(outcome.looked) or failure_of(outcome.kept)
    if failure:
        return failure
    if "rows" not in outcome.compared:
        return failure_of(outcome.done or {}) or failure_of(outcome.compared)
    bad = [_said(row) for row in outcome.compared["rows"] if row["outcome"] in BAD_OUTCOMES]
    if bad:
        return listed(bad, NAMED)
    # Everything was resumed and waited for: what fails as it did at the start is told, and fails nobody.
    return None if "verdicts" in (outcome.done or {}) else failure_of(outcome.done or {})


def _said(row: Row) -> str:
    words = {
        "still_paused": "is still paused",
        "suspended_again": "is suspended again",
        "newly_failing": f"is {row['status']} and was {row['status_before'] or 'not'} before",
        "unsure": f"is {row['status']}, and nobody knows how it was at the start",
    }
    why = f" ({row['reason']})" if row.get("reason") else ""
    return f"{slash_reference(row)} {words[row['outcome']]}{why}"
