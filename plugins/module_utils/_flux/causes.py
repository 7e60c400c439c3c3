# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root causes: what is bad by itself, and what waits for it.

Whatever is not in order and not merely blocked is a cause. A blocked object belongs to the causes it
reaches over needs that are certainly not met; one that reaches none is a cause itself, so that nothing is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.blame import Blame, blame_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import looks_at, target_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import UNSEEN, Record, Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    READY,
    STALLED,
    STATUSES,
    SUSPENDED,
    UNOBSERVED,
)

UNKNOWN_CLASS = "unknown"
_SEVERITY = {STALLED: 0, FAILED: 1}


def root_causes(
    records: Iterable[Record],
    controllers: Sequence[Mapping[str, Any]] | None = None,
    coverage: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    expected: Collection[str] = (),
    cluster: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """Every cause of one cluster with its victims, the one whose removal frees most first.

    expected names the controllers that count even when no object misses them; cluster is what the commands aim at.
    """
    scene = Scene({ref_of(record): record for record in records}, coverage)
    blame = blame_of(scene, controllers or (), frozenset(expected), now)
    shared = Counter(victim for victims in blame.victims.values() for victim in victims)
    causes = [
        {
            **_cause(ref, victims, blame, target_of(cluster or _cluster_of(scene))),
            "freed_alone": sum(shared[victim] == 1 for victim in victims),
        }
        for ref, victims in blame.victims.items()
    ]
    return sorted(causes, key=lambda cause: _rank(cause, scene.records.get(ref_of(cause))))


def _cluster_of(scene: Scene) -> dict[str, Any]:
    return {"context": next((record["cluster"] for record in scene.records.values()), None)}


def _cause(ref: Ref, victims: Collection[Ref], blame: Blame, target: Sequence[str]) -> dict[str, Any]:
    record, controller = blame.scene.records.get(ref), blame.controllers.get(ref)
    exists = record is not None or (controller is not None and controller["desired"] > 0)
    return {
        **ref.as_dict(),
        "class": UNKNOWN_CLASS,
        "message": _message(ref, record, controller, blame),
        "victims": sorted(map(str, victims)),
        "freed_alone": 0,
        "members": [str(member) for member in blame.cycles.get(ref, ())],
        "commands": looks_at(ref, exists, target),
        "handoff": None,
        "known": None,
        "since": record["since"] if record else None,
        "last_good_at": record["last_good_at"] if record else None,
    }


def _message(ref: Ref, record: Record | None, controller: Mapping[str, Any] | None, blame: Blame) -> str:
    if controller is not None:
        return str(controller["message"] or f"is {controller['state'].replace('_', ' ')}")
    if ref in blame.cycles:
        return f"wait for each other: {' -> '.join(member.name for member in [*blame.cycles[ref], ref])}"
    if record is None:
        return "does not exist" if blame.scene.is_readable(ref.kind) else "cannot be seen"
    return _of_record(ref, record, str(record["message"] or record["reason"] or ""), blame)


def _of_record(ref: Ref, record: Record, said: str, blame: Blame) -> str:
    if record["status"] == BLOCKED:
        return _of_blocked(ref, said, blame)
    if record["status"] == SUSPENDED:
        return f"is suspended (it was {record['suspended']['last']}), and others wait for it"
    if record["status"] == READY and BEHIND in record["flags"]:
        return f"still runs {record['revision']} although its source has moved on; it last said: {said}"
    if record["status"] == READY and UNOBSERVED in record["flags"]:
        return f"says it is ready, but has not been run since {record['last_good_at']}; it last said: {said}"
    return said or f"is {record['status']}"


def _of_blocked(ref: Ref, said: str, blame: Blame) -> str:
    unseen = sorted({need.target.kind for need in blame.needs.get(ref, ()) if need.state == UNSEEN})
    if unseen:
        return f"{said}; the cause may be in {', '.join(unseen)}, which could not be seen"
    return f"{said}; nothing it waits for is in the way any more"


def _rank(cause: Mapping[str, Any], record: Record | None) -> tuple[Any, ...]:
    severity = _SEVERITY.get(record["status"], len(STATUSES)) if record else len(_SEVERITY)
    return (
        cause["kind"] != "Deployment",
        -cause["freed_alone"],
        -len(cause["victims"]),
        severity,
        cause["last_good_at"] or "",
        KIND_ORDER.get(cause["kind"], len(KIND_ORDER)),
        cause["namespace"],
        cause["name"],
    )
