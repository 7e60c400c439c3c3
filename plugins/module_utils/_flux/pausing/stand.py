# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How one object stands with pausing: suspended or not, by whom, and what is noted on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import Kind, kind_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import FIELD_MANAGER, managers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.ways import unpausable
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, owner_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.standing import standing_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import (
    OURS,
    WEB_USER,
    Pause,
    is_suspended,
    pause_of,
    suspending_field,
)

# What is noted on a paused object, by the ends of the annotations' names.
NOTES = ("by", "reason", "ticket", "until", "change", "found")
# Parts of a status that nobody needs here; thousands of objects are held at once.
_LONG = ("inventory", "history")


@dataclass(frozen=True)
class Stand:
    """An object as the API returned it, reduced to what pausing has to do with."""

    ref: Ref
    kind: Kind
    item: Mapping[str, Any]
    suspended: bool
    # Why it cannot be paused at all.
    unpausable: str | None
    # How far the rollback is that holds it, in words; None when none does.
    rollback: str | None
    # Our annotations that are there, by the ends of their names.
    notes: Mapping[str, str]
    # Who has written the field that pauses it, whatever its value.
    managers: frozenset[str]
    owner: Ref | None
    requested: str | None
    handled: str | None

    @property
    def is_ours(self) -> bool:
        """Paused by this collection: the notes of a pause somebody has ended since say nothing about the next one."""
        return self.suspended and bool(self.notes) and (not self.managers or FIELD_MANAGER in self.managers)

    @property
    def is_terminating(self) -> bool:
        return bool(mapping(self.item.get("metadata")).get("deletionTimestamp"))

    @property
    def pause(self) -> Pause | None:
        """Who paused it, since when and why; None of an object that runs."""
        return pause_of(self.kind, mapping(self.item.get("metadata")), frozen=False) if self.suspended else None


def stand_of(item: Mapping[str, Any]) -> Stand:
    """How an object stands; ValueError for one that is no Flux object."""
    kind = kind_of(item.get("kind"), item.get("apiVersion"))
    if kind is None:
        raise ValueError(f"{item.get('apiVersion')} {item.get('kind')} is not a Flux kind")
    metadata, spec, status = (mapping(item.get(part)) for part in ("metadata", "spec", "status"))
    annotations = mapping(metadata.get("annotations"))
    return Stand(
        ref=Ref(kind.name, str(metadata.get("namespace") or ""), str(metadata.get("name") or "")),
        kind=kind,
        item={**item, "status": {key: value for key, value in status.items() if key not in _LONG}},
        suspended=is_suspended(kind, spec, annotations),
        unpausable=unpausable(kind, spec),
        rollback=(standing_of(metadata) or {}).get("message"),
        notes={name: str(annotations[OURS + name]) for name in NOTES if OURS + name in annotations},
        managers=managers_of(metadata, suspending_field(kind)) if kind.suspend else frozenset(),
        owner=owner_of(metadata),
        requested=annotations.get(REQUESTED_AT),
        handled=status.get("lastHandledReconcileAt"),
    )


def annotations_of(stand: Stand) -> Mapping[str, Any]:
    return mapping(mapping(stand.item.get("metadata")).get("annotations"))


def traces_of(stand: Stand) -> list[str]:
    """The annotations a pause has left on it: ours, and that of the Flux operator's web page."""
    found = annotations_of(stand)
    return [key for key in (*(OURS + name for name in NOTES), WEB_USER) if key in found]
