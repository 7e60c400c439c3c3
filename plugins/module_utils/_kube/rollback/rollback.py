# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One rollback under way, and what is returned of it, however far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.difference import difference_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import SUSPENDED, Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import Holder, hold_patch
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import SETTLED, Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import SAME, Plan
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.result import (
    held_row,
    next_steps,
    revision_row,
    snippet_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.verification import Verification
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.account import Account
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.helm_program import Helm
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.planning import Planner
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation, read_situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

Params = Mapping[str, Any]
PLANNED = "planned"


@dataclass
class Rollback:
    """One rollback under way. What it has come to is kept, so that a failure is told with it."""

    session: Session
    params: Params
    situation: Situation
    planner: Planner
    helm: Helm
    account: Account
    plan: Plan
    holder: Holder
    note: Note
    changed: bool = False
    verification: Verification | None = None

    def read_again(self) -> None:
        params = self.params
        self.situation = read_situation(self.session, params["namespace"], params["name"], params["flux_namespace"])


def result_of(rollback: Rollback, phase: str, diff: list[dict[str, Any]], failure: str | None = None) -> dict[str, Any]:
    situation, plan = rollback.situation, rollback.plan
    if rollback.changed:
        _try_to_read(rollback)
        situation = rollback.situation
    stand = stand_of(situation.item)
    missing = snippet_for(situation.item, plan.source, plan.target)
    result = {
        "changed": rollback.changed or (phase == PLANNED and not _is_done(rollback)),
        "reachable": True,
        "cluster": situation.cluster,
        "namespace": situation.ref.namespace,
        "name": situation.ref.name,
        "release": situation.release._asdict(),
        "owner": situation.owner.as_dict() if situation.owner else None,
        "phase": phase,
        "plan": plan.as_dict(revision_row(plan.source), revision_row(plan.target)),
        "story": rollback.account.rows,
        "verification": rollback.verification.as_dict() if rollback.verification else None,
        "history": [revision_row(one) for one in situation.stored],
        "held": held_row(stand, situation.now),
        "missing_in_git": missing,
        "next": next_steps(phase, missing["text"], failure),
        "warnings": list(plan.warnings),
    }
    shown = {"diff": diff} if rollback.params["_diff"] else {}
    return result | shown | ({"failure": failure} if failure else {})


def _is_done(rollback: Rollback) -> bool:
    """Whether there is nothing to do any more, as far as a check can see."""
    plan = rollback.plan
    return rollback.note.phase in SETTLED and not plan.deletes and all(each.action == SAME for each in plan.changes)


def difference_made_by(rollback: Rollback) -> list[dict[str, Any]]:
    """The HelmRelease's own fields whole; the fields of its objects by their paths, for values may be secret."""
    if rollback.note.phase in SETTLED:
        return []
    stand = stand_of(rollback.situation.item)
    own = difference_of(Step(stand, SUSPENDED, hold_patch(stand, rollback.holder, rollback.note)))
    objects = [
        {"before_header": str(change.name), "after_header": str(change.name), "before": "", "after": text}
        for change in rollback.plan.changes
        if (text := "".join(f"{path} (changes)\n" for path in change.paths))
    ]
    return [*([own] if own else []), *objects]


def _try_to_read(rollback: Rollback) -> None:
    """How it is now; without an answer, how it was when it was read last."""
    try:
        rollback.read_again()
    except FluxError as error:
        rollback.account.tell("unread", f"how it is now could not be read: {error.message}")
