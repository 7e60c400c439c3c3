# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a blocked object waits for, as far as one reading of the cluster shows it with certainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    PROGRESSING,
    READY,
    STALLED,
    STUCK,
    SUSPENDED,
    TERMINATING,
    UNOBSERVED,
)

Record = Mapping[str, Any]

MET, BAD, MISSING, WAITS, UNDER_WAY, UNSEEN = "met", "bad", "missing", "waits", "under way", "unseen"

_SEEN = ("ok", "absent")
# Says which of an object's needs is not met. A GitRepository needs nothing but those it includes.
_ON_DEPENDENCIES = "DependencyNotReady"


class Need(NamedTuple):
    target: Ref
    state: str


@dataclass(frozen=True)
class Scene:
    """The records of one cluster by name, and which kinds were readable (None: not known)."""

    records: Mapping[Ref, Record]
    coverage: Mapping[str, Mapping[str, Any]] | None

    def is_readable(self, kind: str) -> bool:
        """Whether an object of this kind that is not among the records certainly does not exist."""
        if kind not in KINDS:
            return False
        if self.coverage is None:
            return any(ref.kind == kind for ref in self.records)
        return self.coverage.get(kind, {}).get("state") in _SEEN


def needs_of(record: Record, scene: Scene) -> list[Need]:
    """The needs a blocked object speaks of, each with its state."""
    if record["reason"] == _ON_DEPENDENCIES or record["kind"] == "GitRepository":
        return [Need(ref_of(row), _of_dependency(record, ref_of(row), scene)) for row in record["depends_on"]]
    if record["source"] is None:
        return []
    return [Need(ref_of(record["source"]), _of_source(ref_of(record["source"]), scene))]


def _of_source(target: Ref, scene: Scene) -> str:
    record = scene.records.get(target)
    if record is not None and record["status"] == SUSPENDED:
        return MET if record["artifact_revision"] else BAD
    return _state_of(target, record, scene)


def _of_dependency(waiting: Record, target: Ref, scene: Scene) -> str:
    record = scene.records.get(target)
    if record is not None and record["status"] == SUSPENDED:
        return BAD if _holds_back(waiting, record, scene) else MET
    return _state_of(target, record, scene)


def _holds_back(waiting: Record, suspended: Record, scene: Scene) -> bool:
    """Not ready, it never will be; ready, it satisfies only until the source they share has moved."""
    if suspended["suspended"]["last"] != READY:
        return True
    if waiting["source"] is None or waiting["source"] != suspended["source"]:
        return False
    source = scene.records.get(ref_of(waiting["source"]))
    return source is not None and source["artifact_revision"] != suspended["revision"]


def _state_of(target: Ref, record: Record | None, scene: Scene) -> str:
    if record is None:
        return MISSING if scene.is_readable(target.kind) else UNSEEN
    if record["status"] in (FAILED, STALLED) or {STUCK, UNOBSERVED, BEHIND} & set(record["flags"]):
        return BAD
    if record["status"] == BLOCKED:
        return WAITS
    return UNDER_WAY if record["status"] in (PROGRESSING, TERMINATING) else MET
