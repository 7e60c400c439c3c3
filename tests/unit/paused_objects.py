# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that somebody has paused, and what is wanted of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.blast import Around, Parent
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import Intent, Step, step_for
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import ref_of

from tests.unit.flux_objects import Item, ago, facts, flux, records

BY, REASON, CHANGE = (f"gitops.flux/suspended-{name}" for name in ("by", "reason", "change"))
TICKET, UNTIL, FOUND = (f"gitops.flux/suspended-{name}" for name in ("ticket", "until", "found"))
WEB = "fluxcd.controlplane.io/suspendedBy"
REQUEST = "reconcile.fluxcd.io/requestedAt"
NOTES = {BY: "alice", REASON: "disk swap", CHANGE: "CHG-7", WEB: "alice"}


def written(manager: str, *path: str, age: float = 60) -> Item:
    """An entry of managedFields for one field."""
    fields: dict[str, Any] = {}
    for step in reversed(path or ("f:spec", "f:suspend")):
        fields = {step: fields}
    return {"manager": manager, "operation": "Update", "time": ago(age), "fieldsV1": fields}


def paused(kind: str = "Kustomization", manager: str = "gitops.flux", **metadata: Any) -> Item:
    """An object with spec.suspend, by this collection unless told otherwise."""
    notes = NOTES if manager == "gitops.flux" else {}
    metadata = {"annotations": dict(notes), "managedFields": [written(manager)]} | metadata
    return flux(kind, spec={"suspend": True}, resourceVersion="7", **metadata)


def running(kind: str = "Kustomization", **metadata: Any) -> Item:
    return flux(kind, resourceVersion="7", **metadata)


def disabled(kind: str, manager: str = "gitops.flux") -> Item:
    """The same for a kind that is paused by an annotation."""
    key = str(KINDS[kind].suspend)
    field = written(manager, "f:metadata", "f:annotations", f"f:{key}")
    return running(kind, annotations={**NOTES, key: "disabled"}, managedFields=[field])


def stand(item: Item) -> Stand:
    return stand_of(item)


def suspending(**more: Any) -> Intent:
    return Intent(
        **{"state": "suspended", "token": "t1", "by": "alice", "reason": "disk swap", "change": "CHG-7", **more}
    )


def resuming(change: str | None = None) -> Intent:
    return Intent("resumed", "t1", change=change)


def step(item: Item, intent: Intent) -> Step:
    return step_for(stand_of(item), intent)


def around(*items: Item, parents: tuple[Parent, ...] = ()) -> Around:
    """One cluster with these objects."""
    return Around(
        {fact.ref: fact for fact in facts(*items)}, {ref_of(record): record for record in records(*items)}, parents
    )
