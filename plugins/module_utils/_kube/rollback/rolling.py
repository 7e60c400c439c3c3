# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_helm_rollback: plan, hold, look again, roll back, verify, and stay held."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import until_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.desired import desired_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import Holder, needs_freeze
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import CONTROLLER
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import HELM as HELM_MANAGER
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import (
    HOLDING,
    PINNED,
    PINNING,
    ROLLED_BACK,
    ROLLING_BACK,
    SETTLED,
    Note,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import (
    HELM,
    PIN,
    Plan,
    require_approved,
    require_deletions_allowed,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.refusing import (
    refuse_remediated,
    refuse_running,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.result import (
    noted_row,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.verification import Verification
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.reconciling import CONNECTIONS
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.account import Account
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.by_helm import roll_back_by_helm
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.helm_program import Helm
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.holding import await_barrier, hold, keep_note
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.ownership import hand_over
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.permissions import require_rights
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.pinning import pin
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.planning import Planner
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.records import refuse_strangers
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.rights import rights_for
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.rollback import (
    PLANNED,
    Rollback,
    difference_made_by,
    result_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation, read_situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.verifying import verify
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import opened

Params = Mapping[str, Any]


def roll_back(params: Params, scratch: str) -> dict[str, Any]:
    """The result of flux_helm_rollback for its parameters. scratch: folder for a kubeconfig helm can read."""
    rollback = _prepared(params, scratch)
    diff = difference_made_by(rollback)
    if params["_check_mode"]:
        return result_of(rollback, PLANNED, diff)
    try:
        _carry_out(rollback)
    except FluxError as error:
        # By now something has been written: it is told whole, not as an error alone.
        rollback.account.tell("failed", error.message)
        return result_of(rollback, rollback.note.phase, diff, failure=error.sentence)
    failure = rollback.verification.failure if rollback.verification else None
    return result_of(rollback, rollback.note.phase, diff, failure=failure)


def _prepared(params: Params, scratch: str) -> Rollback:
    """Everything that can be refused is refused here; nothing is written."""
    if not (params["reason"] or "").strip():
        raise InvalidInput("reason is missing.", "Say why it is rolled back: whoever finds it has to know.")
    session = opened(params, scratch, CONNECTIONS)
    situation = read_situation(session, params["namespace"], params["name"], params["flux_namespace"])
    helm = Helm(params["helm"], session.target, params, scratch)
    planner = Planner(session, params, helm)
    planner.refuse(situation)
    plan = planner.plan(situation, planner.target(situation))
    if plan.strategy == HELM:
        helm.require_usable()
        if situation.note is None:
            refuse_strangers(session.client, situation.release)
    if not params["_check_mode"]:
        if not _is_under_way(situation.note, params["plan_digest"]):
            require_approved(plan, params["plan_digest"])
        require_deletions_allowed(plan)
    objects = planner.objects(situation)
    require_rights(session.client, rights_for(situation, plan, objects, planner.resources))
    progress = ProgressFile(scratch if params["progress"] else None)
    holder = _holder(params, situation)
    account = Account(progress, len(plan.steps) + 1)
    return Rollback(session, params, situation, planner, helm, account, plan, holder, _note(situation, plan))


def _is_under_way(note: Note | None, digest: str | None) -> bool:
    """Whether the plan that was approved is carried out already: what is left of it is another plan."""
    return note is not None and note.phase != HOLDING and note.plan == digest


def _holder(params: Params, situation: Situation) -> Holder:
    by = params["by"] or (situation.cluster["user"] or {}).get("name")
    if not by:
        raise InvalidInput("Nobody knows who rolls back: the API server does not say who we are.", "Give by.")
    until = until_of(params["until"], situation.now) if params["until"] else None
    token = f"{format_time(situation.now)}-{uuid.uuid4().hex[:12]}"
    return Holder(by, params["reason"].strip(), params["ticket"] or None, until, token)


def _note(situation: Situation, plan: Plan) -> Note:
    """A rollback that goes on keeps what it has written down; another target makes it a new one."""
    begun = situation.note
    if begun is not None and begun.target.get("revision") == plan.target.revision:
        return replace(begun, strategy=plan.strategy)
    stand = stand_of(situation.item)
    fresh = Note(
        phase=HOLDING,
        strategy=plan.strategy,
        at=format_time(situation.now),
        plan=plan.digest,
        source=noted_row(plan.source),
        target=noted_row(plan.target),
        desired=desired_of(situation.item, situation.chart_item, None),
        frozen=needs_freeze(stand, situation.owner),
        git_suspend=needs_freeze(stand, situation.owner),
    )
    if begun is None:
        return fresh
    # Held already: what was bad, and what has to be restored, is what it was at the start.
    kept = ("source", "desired", "frozen", "kept_in", "git_suspend")
    return replace(fresh, **{name: getattr(begun, name) for name in kept})


def _carry_out(rollback: Rollback) -> None:
    if rollback.note.phase in SETTLED and _verified(rollback).is_exact:
        return
    _hold(rollback)
    _replan(rollback)
    _roll(rollback)
    rollback.read_again()
    if _verified(rollback).is_exact:
        settled = PINNED if rollback.note.strategy == PIN else ROLLED_BACK
        rollback.note = keep_note(rollback.session, rollback.situation, rollback.note.at_phase(settled))


def _verified(rollback: Rollback) -> Verification:
    objects, seconds = rollback.planner.objects(rollback.situation), rollback.params["timeout"]
    found = verify(rollback.situation, rollback.plan, objects, seconds, rollback.account.note)
    rollback.verification = found
    if found.is_exact:
        rollback.account.tell("verified", f"live objects are exactly those of revision {rollback.plan.target.revision}")
    return found


def _hold(rollback: Rollback) -> None:
    """Suspended, and nothing in flight."""
    account, situation = rollback.account, rollback.situation
    outcome = hold(rollback.session, situation, rollback.holder, rollback.note)
    rollback.changed = True
    account.tell("held", f"suspended {situation.ref}" + (", frozen against its owner" if rollback.note.frozen else ""))
    barrier, _warnings = await_barrier(
        rollback.session, situation, outcome, rollback.holder.token, rollback.params, account.progress
    )
    account.tell("barrier", f"no action of helm-controller is in flight ({barrier})")


def _replan(rollback: Rollback) -> None:
    """What was planned may be out of date: an action that was in flight has come to its end since."""
    rollback.read_again()
    situation, planner = rollback.situation, rollback.planner
    name = str(situation.ref)
    if not stand_of(situation.item).suspended:
        raise FluxError(
            f"{name} is not suspended any more: somebody has resumed it.", "Find out who, and run it again."
        )
    if rollback.note.phase == HOLDING:
        if rollback.params["revision"] is None:
            refuse_remediated(situation.item, situation.stored, name)
        if not rollback.params["force"]:
            refuse_running(situation.item, situation.stored, situation.now, name)
    planned = rollback.plan
    # Why it was chosen was decided before there was a note to go on from.
    rollback.plan = replace(planner.plan(situation, planner.target(situation)), why=planned.why)
    require_deletions_allowed(rollback.plan)
    if rollback.plan.digest != planned.digest and not _is_under_way(rollback.note, rollback.params["plan_digest"]):
        require_approved(rollback.plan, rollback.params["plan_digest"])


def _roll(rollback: Rollback) -> None:
    session, situation, plan = rollback.session, rollback.situation, rollback.plan
    objects = rollback.planner.objects(situation)
    if rollback.note.strategy == PIN:
        # What belongs to helm, of an earlier attempt, helm-controller would not take away.
        hand_over(session.client, [each.path for each in objects.placed(plan.target)], HELM_MANAGER, CONTROLLER)
        rollback.note = rollback.note.at_phase(PINNING)
        rollback.note = pin(session, situation, plan, rollback.note, rollback.account, rollback.params)
        return
    rollback.note = keep_note(session, situation, rollback.note.at_phase(ROLLING_BACK))
    roll_back_by_helm(session, situation, plan, objects, rollback.helm, rollback.account)
