# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suspends a HelmRelease so that nothing of it is in flight any more, and keeps the note on it up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Conflict, FluxError
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.barrier import (
    CONTROLLER_DOWN,
    REACHED,
    UNSUPPORTED,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.result import Outcome
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import SUSPENDED, Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import Holder, hold_patch, note_patch
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import Note
from ansible_collections.gitops.flux.plugins.module_utils._kube.barrier import Barrier
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

# A HelmRelease whose controller writes its status again and again is caught between two of these writes.
ATTEMPTS = 8


class NotHeld(FluxError):
    """It could not be made sure that nothing of the release is in flight."""


def hold(session: Session, situation: Situation, holder: Holder, note: Note) -> Outcome:
    """One patch onto what was read; tried again on what it has become in the meantime."""
    item: Any = situation.item
    for _attempt in range(ATTEMPTS):
        stand = stand_of(item)
        patch = hold_patch(stand, holder, note)
        version = {"resourceVersion": stand.item["metadata"]["resourceVersion"]}
        try:
            body = patch | {"metadata": {**patch["metadata"], **version}}
            return Outcome(Step(stand, SUSPENDED, patch), stand_of(session.client.patch(situation.path, body).json()))
        except Conflict:
            item = session.client.get(situation.path).json()
    raise NotHeld(f"{situation.ref} changed each of the {ATTEMPTS} times it was to be suspended.", "Run it again.")


def await_barrier(
    session: Session,
    situation: Situation,
    outcome: Outcome,
    token: str,
    params: Mapping[str, Any],
    progress: ProgressFile,
) -> tuple[str, list[str]]:
    """Until helm-controller has acknowledged: from then on no action of it is in flight. The barrier, and warnings.

    A controller that does not run has nothing in flight either. One that does not answer may have.
    """
    barrier = Barrier(session.client, situation.versions, params["flux_namespace"], params["timeout"], progress)
    found = barrier.await_all([outcome], token)[0]
    if found.barrier not in (REACHED, CONTROLLER_DOWN, UNSUPPORTED) or not found.stand.suspended:
        why = "; ".join(found.warnings) or f"helm-controller has not acknowledged it within {params['timeout']:g} s"
        raise NotHeld(
            f"{situation.ref} is suspended, but an action of helm-controller may still be running: {why}.",
            "Nothing was rolled back. Run the same again: it goes on from here.",
        )
    return str(found.barrier), list(found.warnings)


def keep_note(session: Session, situation: Situation, note: Note) -> Note:
    """Writes down how far it is."""
    session.client.patch(situation.path, note_patch(note))
    return note


def stand_now(session: Session, situation: Situation) -> Stand:
    return stand_of(session.client.get(situation.path).json())
