# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps an owner away from an object of its: the object is marked where the owner heeds that, else the owner stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.barrier import (
    CONTROLLER_DOWN,
    REACHED,
    UNSUPPORTED,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import NOTES, Stand, stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import (
    RESUMED,
    SUSPENDED,
    Intent,
    step_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import DISABLED
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import CHANGE
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import FREEZE, OURS
from ansible_collections.gitops.flux.plugins.module_utils._kube.barrier import Barrier
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.pausing_writes import write_steps
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.holding import NotHeld
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

# Owners that heed no mark on a single object.
STANDING = ("HelmRelease", "ResourceSet")


def stop_owner(
    session: Session, situation: Situation, token: str, params: Mapping[str, Any], progress: ProgressFile
) -> str | None:
    """Suspends or disables the owner, and waits until nothing of it is in flight. What was done; None: nothing."""
    stand = _owner(session, situation)
    if stand is None:
        return None
    notes = stand_of(situation.item).notes
    intent = Intent(
        SUSPENDED,
        token,
        by=notes.get("by"),
        reason=f"{situation.ref} is pinned: {notes.get('reason', 'rollback')}",
        ticket=notes.get("ticket"),
        change=CHANGE,
    )
    written = list(_write(session, situation, stand, intent))
    barrier = Barrier(session.client, situation.versions, params["flux_namespace"], params["timeout"], progress)
    found = barrier.await_all(written, token)[0]
    if found.failure:
        raise NotHeld(f"{stand.ref} could not be suspended: {found.failure}", "Run the same again.")
    if found.step.state == SUSPENDED and found.barrier not in (REACHED, CONTROLLER_DOWN, UNSUPPORTED):
        raise NotHeld(
            f"{stand.ref} is suspended, but its controller has not acknowledged within {params['timeout']:g} s.",
            "Run the same again: it goes on from here.",
        )
    return f"suspended {stand.ref}, its owner" if found.changed else None


def start_owner(session: Session, situation: Situation, token: str) -> str | None:
    """Lets go what stop_owner has stopped; a pause of somebody else is theirs. What was done; None: nothing."""
    stand = _owner(session, situation)
    if stand is None or not stand.is_ours or stand.notes.get("change") != CHANGE:
        return None
    found = next(iter(_write(session, situation, stand, Intent(RESUMED, token, change=CHANGE))))
    if found.failure:
        raise NotHeld(f"{stand.ref} could not be resumed: {found.failure}", "Run the same again.")
    return f"resumed {stand.ref}, its owner" if found.changed else None


def freeze(session: Session, situation: Situation, ref: Ref) -> None:
    """Tells the owner of an object beside the HelmRelease to leave it alone, with who and why."""
    notes = stand_of(situation.item).notes
    told = {OURS + name: value for name, value in notes.items() if name != "found"}
    path = object_path(ref, situation.versions[ref.kind])
    session.client.patch(path, {"metadata": {"annotations": told | {FREEZE: DISABLED}}})


def thaw(session: Session, situation: Situation, ref: Ref) -> None:
    """Takes that back."""
    gone: dict[str, None] = dict.fromkeys([FREEZE, *(OURS + name for name in NOTES)])
    try:
        path = object_path(ref, situation.versions[ref.kind])
        session.client.patch(path, {"metadata": {"annotations": gone}})
    except NotFound:
        return


def _owner(session: Session, situation: Situation) -> Stand | None:
    owner = situation.owner
    if owner is None or owner.kind not in STANDING or situation.owner_item is None:
        return None
    return stand_of(session.client.get(object_path(owner, situation.versions[owner.kind])).json())


def _write(session: Session, situation: Situation, stand: Stand, intent: Intent) -> Any:
    step = step_for(stand, intent)
    return write_steps(session.client, situation.versions, [step], lambda now: step_for(now, intent))
