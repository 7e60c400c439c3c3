# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_suspend: read, choose, refuse, write each object once, and wait until nothing of it is in flight."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.rows import failure_of_run
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.blast import Around, blast_of, open_suspensions
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.choice import (
    chosen,
    require_choice,
    require_pausable,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.difference import difference_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.forewarning import forewarnings
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.result import Outcome, foreseen, row_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.resuming import resume_waves
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import (
    LEFT,
    RESUMED,
    SUSPENDED,
    Intent,
    Step,
    refuse_other_changes,
    step_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import until_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._kube.barrier import Barrier
from ansible_collections.gitops.flux.plugins.module_utils._kube.pausing_writes import (
    read_parents,
    read_stands,
    refused,
    write_steps,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import read_cluster
from ansible_collections.gitops.flux.plugins.module_utils._kube.reconciling import CONNECTIONS, followed
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, opened, require_meant

Record = Mapping[str, Any]
Params = Mapping[str, Any]

# More of them would bury each other; every object has its own in the result.
WARNINGS_SHOWN = 10


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the first write."""

    cluster: Mapping[str, Any]
    # The API server's clock.
    now: datetime
    intent: Intent
    around: Around
    steps: Sequence[Step]
    # Of each paused object its status and revision are kept on it.
    keeps_found: bool
    # About the cluster, not about single objects.
    warnings: Sequence[str]

    @property
    def paused(self) -> frozenset[Ref]:
        """What this run suspends, and what one before it has suspended for the same."""
        return frozenset(step.stand.ref for step in self.steps if step.state == SUSPENDED)

    @property
    def open_suspensions(self) -> list[dict[str, Any]]:
        """Everything that stays suspended or frozen, and is none of this run's business."""
        concerned = {step.stand.ref for step in self.steps if step.state != LEFT}
        return open_suspensions(concerned, self.around.records.values())

    def decide(self, stand: Stand) -> Step:
        """What is to be done to an object as it stands now."""
        record = self.around.records.get(stand.ref)
        return step_for(stand, self.intent, record if self.keeps_found else None)

    def warnings_of(self, outcome: Outcome) -> list[str]:
        return [*forewarnings(outcome.step, self.paused, self.around), *outcome.warnings]


def change_pause(params: Params, scratch: str) -> dict[str, Any]:
    """The result of flux_suspend for its parameters. scratch: folder for key files of a kubeconfig."""
    require_choice(params)
    session = opened(params, scratch, CONNECTIONS)
    plan = _planned(session, params)
    blast = blast_of(plan.paused, plan.around) | {"open_suspensions": plan.open_suspensions}
    outcomes = [replace(each, warnings=plan.warnings_of(each)) for each in _outcomes(session, plan, params, scratch)]
    failure = refused(outcomes, params["state"])
    waited = _waited(session, plan, outcomes, params, scratch) if failure is None else {}
    result = {
        "changed": any(each.changed for each in outcomes),
        "reachable": True,
        "cluster": plan.cluster,
        "change": params["change"],
        "objects": [row_of(each, plan.around.status(each.step.stand.ref), plan.now) for each in outcomes],
        "blast": blast,
        "warnings": _shown([*plan.warnings, *(text for each in outcomes for text in each.warnings)]),
    }
    diff = {"diff": [row for each in outcomes if each.changed and (row := difference_of(each.step))]}
    return result | (diff if params["_diff"] else {}) | ({"failure": failure} if failure else {}) | waited


def _planned(session: Session, params: Params) -> Plan:
    """Everything that can be refused is refused here."""
    wishes = Wishes(flux_namespace=params["flux_namespace"])
    reading = read_cluster(session.client, wishes)
    picture = session.picture(reading, wishes)
    require_meant(picture["cluster"], session.expected_uid)
    intent = _intent(params, picture["cluster"], reading.now)
    unseen = _unseen(params, picture["coverage"])
    facts = {fact.ref: fact for fact in reading.facts()}
    records = {ref_of(record): record for record in picture["objects"]}
    refs = [ref_of(record) for record in chosen(params, records.values(), facts)]
    read = read_stands(session.client, versions_of(facts), refs)
    stands = [read[ref] for ref in refs if ref in read]
    require_pausable(params, stands)
    if params["refuse_other_change"]:
        refuse_other_changes(stands, intent)
    parents = read_parents(session.client, versions_of(facts)) if params["state"] == SUSPENDED else ()
    nobody = [] if refs else [f"Nothing is suspended under change {params['change']}."]
    plan = Plan(
        cluster=picture["cluster"],
        now=reading.now,
        intent=intent,
        around=Around(facts, records, parents),
        steps=(),
        keeps_found=params["found"],
        warnings=[*picture["warnings"], *unseen, *nobody],
    )
    return replace(plan, steps=[plan.decide(stand) for stand in stands])


def versions_of(facts: Mapping[Ref, Facts]) -> dict[str, str]:
    """The apiVersion each kind was read in."""
    return {fact.kind: fact.api_version for fact in facts.values()}


def _intent(params: Params, cluster: Mapping[str, Any], now: datetime) -> Intent:
    token = f"{format_time(now)}-{uuid.uuid4().hex[:12]}"
    if params["state"] == RESUMED:
        return Intent(RESUMED, token, change=params["change"], asks=params["wait"])
    by = params["by"] or (cluster["user"] or {}).get("name")
    if not by:
        raise InvalidInput("Nobody knows who suspends: the API server does not say who we are.", "Give by.")
    return Intent(
        SUSPENDED,
        token,
        by=by,
        reason=params["reason"].strip(),
        ticket=params["ticket"] or None,
        until=until_of(params["until"], now) if params["until"] else None,
        change=params["change"],
    )


def _unseen(params: Params, coverage: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What could not be read cannot be paused either; said, and an error when it was named."""
    unread = [kind for kind in KINDS if coverage[kind]["state"] in ("forbidden", "error")]
    for kind in params["kinds"] or ():
        if kind in unread:
            raise InvalidInput(f"{kind} cannot be read: {coverage[kind]['message']}.", "Ask for the right to list it.")
    named = ", ".join(unread)
    return [f"Left out, because they cannot be read: {named}."] if unread and not params["kinds"] else []


def _outcomes(session: Session, plan: Plan, params: Params, scratch: str) -> list[Outcome]:
    """In the order of the steps."""
    if params["_check_mode"]:
        return [foreseen(step) for step in plan.steps]
    versions = versions_of(plan.around.facts)
    resumes = params["state"] == RESUMED
    waves = resume_waves(plan.steps, plan.around.records.values()) if resumes else [plan.steps]
    written = [each for wave in waves for each in write_steps(session.client, versions, wave, plan.decide)]
    if not resumes and params["barrier"]:
        progress = ProgressFile(scratch if params["progress"] else None)
        barrier = Barrier(session.client, versions, params["flux_namespace"], params["timeout"], progress)
        written = barrier.await_all(written, plan.intent.token)
    place = {step.stand.ref: number for number, step in enumerate(plan.steps)}
    return sorted(written, key=lambda each: place[each.step.stand.ref])


def _waited(session: Session, plan: Plan, outcomes: Sequence[Outcome], params: Params, scratch: str) -> dict[str, Any]:
    """The verdicts on what runs again: what was resumed just now has been asked, what ran already is only looked at."""
    if not params["wait"] or params["state"] != RESUMED or params["_check_mode"]:
        return {}
    running = [each for each in outcomes if each.step.state == RESUMED]
    resumed = [each.stand.ref for each in running if each.changed and each.step.stand.suspended]
    others = [each.stand.ref for each in running if each.stand.ref not in resumed]
    progress = ProgressFile(scratch if params["progress"] else None)
    rows = [
        row
        for refs, token in ((resumed, plan.intent.token), (others, None))
        if refs
        for row in followed(session, params, refs, token, progress)
    ]
    return {"verdicts": rows, "failure": failure_of_run(rows)}


def _shown(warnings: Sequence[str]) -> list[str]:
    rest = len(warnings) - WARNINGS_SHOWN
    more = [f"{rest} more warnings stand at the objects of the result."] if rest > 0 else []
    return [*warnings[:WARNINGS_SHOWN], *more]
