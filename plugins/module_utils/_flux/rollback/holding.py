# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one patch that holds a HelmRelease: suspended, with a request its controller answers, and with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import FIELD_MANAGER
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import Until
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import CHANGE, NOTE, Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import FREEZE, OURS, WEB_USER

DISABLED = "disabled"
_APPLIERS = frozenset({"kustomize-controller", "helm-controller", "flux-operator"})
# https://github.com/fluxcd/pkg/blob/main/ssa/patch.go
_TAKEN_OVER = ("kubectl", "before-first-apply")


@dataclass(frozen=True)
class Holder:
    """Who holds a release, and why."""

    by: str
    reason: str
    ticket: str | None
    until: Until | None
    # New for each run.
    token: str


def is_suspended_by_git(stand: Stand) -> bool:
    """Whether the owner's next apply undoes a suspension: Git sets the field, or it was set with kubectl.

    kustomize-controller takes over what managers called kubectl… have written, and drops it when Git does not say it.
    A patch of ours with the same value would not make it ours.
    """
    by_kubectl = any(manager.startswith(_TAKEN_OVER) for manager in stand.managers)
    return bool(stand.managers & _APPLIERS) or (by_kubectl and FIELD_MANAGER not in stand.managers)


def needs_freeze(stand: Stand, owner: Ref | None) -> bool:
    """Whether a suspension lasts only while the owner leaves the object alone; InvalidInput when nobody can tell it."""
    if owner is None or not is_suspended_by_git(stand):
        return False
    if owner.kind != "Kustomization":
        managers = ", ".join(sorted(stand.managers - {FIELD_MANAGER}))
        raise InvalidInput(
            f"{stand.ref}: Git sets spec.suspend (written by {managers}), so a suspension of ours would be undone.",
            f"Take spec.suspend out of Git, or suspend {owner} first.",
        )
    return True


def hold_patch(stand: Stand, holder: Holder, note: Note) -> dict[str, Any]:
    """Who began stays; why, ticket and until follow the newest run."""
    known = stand.notes if stand.notes.get("change") == CHANGE else {}
    until = holder.until.text if holder.until else None
    if holder.until and holder.until.from_now and "until" in known:
        # Counted from the start: the same command run again does not move it.
        until = known["until"]
    values = {
        "by": known.get("by") or holder.by,
        "reason": holder.reason,
        "ticket": holder.ticket or known.get("ticket"),
        "until": until or known.get("until"),
        "change": CHANGE,
        "found": None,
    }
    annotations: dict[str, Any] = {
        OURS + name: value for name, value in values.items() if value is not None or name in stand.notes
    }
    annotations |= {WEB_USER: values["by"], REQUESTED_AT: holder.token, NOTE: note.text}
    annotations |= {FREEZE: DISABLED} if note.frozen else {}
    return {"spec": {"suspend": True}, "metadata": {"annotations": annotations}}


def note_patch(note: Note) -> Mapping[str, Any]:
    """How far it is, and nothing else."""
    return {"metadata": {"annotations": {NOTE: note.text}}}
