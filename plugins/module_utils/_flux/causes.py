# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root causes: what is bad by itself, and what hangs on it.

Whatever is not in order and does not hang on something else is a cause. A blocked object belongs to the causes it
reaches over needs that are certainly not met; one that reaches none is a cause itself, so that nothing is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.blame import Blame, blame_of, everything_behind
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND, STALE_SOURCE
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER, KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import UNSEEN, Record, Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import is_silent, sentence_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    READY,
    STALLED,
    STATUSES,
    SUSPENDED,
    UNOBSERVED,
)

_SEVERITY = {STALLED: 0, FAILED: 1}


def scene_of(records: Iterable[Record], coverage: Mapping[str, Mapping[str, Any]] | None = None) -> Scene:
    return Scene({ref_of(record): record for record in records}, coverage)


def root_causes(
    records: Iterable[Record],
    controllers: Sequence[Mapping[str, Any]] | None = None,
    coverage: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    expected: Collection[str] = (),
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """Every cause of one cluster with its victims, the one whose removal frees most first.

    expected names the controllers that count even when no object misses them.
    """
    return causes_of(blame_of(scene_of(records, coverage), controllers or (), frozenset(expected), now))


def causes_of(blame: Blame) -> list[dict[str, Any]]:
    """The causes a blame holds, in their order."""
    consumers = _consumers(blame.scene)
    causes = [_cause(ref, blame, consumers) for ref in blame.victims]
    return sorted(causes, key=lambda cause: _rank(cause, blame.scene.records.get(ref_of(cause))))


def _consumers(scene: Scene) -> dict[Ref, list[Ref]]:
    """What runs on each source."""
    found: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for ref, record in scene.records.items():
        if record["source"]:
            found[ref_of(record["source"])].append(ref)
    return dict(found)


def _cause(ref: Ref, blame: Blame, consumers: Mapping[Ref, Sequence[Ref]]) -> dict[str, Any]:
    record, victims = blame.scene.records.get(ref), blame.victims[ref]
    return {
        **ref.as_dict(),
        "message": _message(ref, record, blame),
        "victims": sorted(map(str, victims)),
        "freed_alone": blame.freed_alone[ref],
        "at_risk": sorted(map(str, _at_risk(ref, blame, consumers))),
        "members": [str(member) for member in blame.cycles.get(ref, ())],
        "since": record["since"] if record else None,
        "last_good_at": record["last_good_at"] if record else None,
    }


def _at_risk(ref: Ref, blame: Blame, consumers: Mapping[Ref, Sequence[Ref]]) -> Iterable[Ref]:
    """What runs on, on a source that the cause keeps from bringing anything new."""
    sources = [name for name in (ref, *blame.victims[ref]) if name.kind in KINDS and KINDS[name.kind].is_source]
    reached = everything_behind(sources, consumers) - set(sources)
    return [name for name in reached if STALE_SOURCE in blame.scene.records[name]["flags"]]


def _message(ref: Ref, record: Record | None, blame: Blame) -> str:
    controller = blame.controllers.get(ref)
    if controller is not None:
        return str(controller["message"] or f"is {controller['state'].replace('_', ' ')}")
    if ref in blame.cycles:
        return f"wait for each other: {' -> '.join(member.name for member in [*blame.cycles[ref], ref])}"
    if record is None:
        return _of_absent(ref, blame)
    return _of_record(ref, record, str(record["message"] or record["reason"] or ""), blame)


def _of_absent(ref: Ref, blame: Blame) -> str:
    return "does not exist" if ref in blame.missed else "cannot be seen"


def _of_record(ref: Ref, record: Record, said: str, blame: Blame) -> str:
    if record["status"] == BLOCKED:
        return _of_blocked(ref, said, blame)
    if record["status"] == SUSPENDED:
        return f"is suspended (it was {record['suspended']['last']}), and others wait for it"
    if record["status"] == READY:
        return _of_ready(record, said)
    return said or f"is {record['status']}"


def _of_ready(record: Record, said: str) -> str:
    if BEHIND in record["flags"]:
        return f"still runs {record['revision']} although its source has moved on; it last said: {said}"
    if UNOBSERVED in record["flags"]:
        return f"says it is ready, but has not been run since {record['last_good_at']}; it last said: {said}"
    return sentence_of(record) if is_silent(record["fetch"]) else said


def _of_blocked(ref: Ref, said: str, blame: Blame) -> str:
    unseen = sorted({need.target.kind for need in blame.needs.get(ref, ()) if need.state == UNSEEN})
    if unseen:
        return f"{said}; the cause may be in {', '.join(unseen)}, which could not be seen"
    return f"{said}; nothing it waits for is in the way any more"


def _rank(cause: Mapping[str, Any], record: Record | None) -> tuple[Any, ...]:
    """The controllers first, since nobody else can be believed before they are back; then what mending it brings."""
    severity = _SEVERITY.get(record["status"], len(STATUSES)) if record else len(_SEVERITY)
    return (
        cause["kind"] != "Deployment",
        -cause["freed_alone"],
        -len(cause["at_risk"]),
        -len(cause["victims"]),
        severity,
        cause["last_good_at"] or "",
        KIND_ORDER.get(cause["kind"], len(KIND_ORDER)),
        cause["namespace"],
        cause["name"],
    )
