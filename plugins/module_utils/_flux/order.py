# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order objects are reconciled so that each finds what it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.graph import cycles_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER, KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import SUSPENDED, TERMINATING

Record = Mapping[str, Any]

# Families that wait for the one before: content is fetched, then applied, then everything else.
_FAMILIES = {"Kustomization": 1, "HelmRelease": 2}
_REST = 3


def reconcile_order(records: Iterable[Record]) -> list[list[dict[str, str]]]:
    """Waves of objects: each may start once the wave before it is done.

    Leaves out what takes no request: suspended and terminating objects, and kinds nobody reconciles.
    Raises InvalidInput for objects of several clusters, and naming the members of a circle: there is no order.
    """
    records = list(records)
    clusters = sorted({str(record["cluster"]) for record in records})
    if len(clusters) > 1:
        raise InvalidInput(
            f"These objects are of {len(clusters)} clusters ({', '.join(clusters)}); an order is for one."
        )
    asked = {ref_of(record): record for record in records if _takes_requests(record)}
    needs = {ref: [need for need in _needs(record) if need in asked] for ref, record in asked.items()}
    circles = cycles_of(needs)
    if circles:
        names = " -> ".join(f"{ref.kind} {ref.namespace}/{ref.name}" for ref in [*circles[0], circles[0][0]])
        raise InvalidInput(f"There is no order for objects that wait for each other: {names}.", members=circles)
    levels = _levels(needs)
    waves: defaultdict[tuple[int, int], list[Ref]] = defaultdict(list)
    for ref, level in levels.items():
        waves[(_family(ref), level)].append(ref)
    return [[ref.as_dict() for ref in sorted(waves[key], key=_place)] for key in sorted(waves)]


def _takes_requests(record: Record) -> bool:
    kind = KINDS[record["kind"]]
    # A HelmRepository nobody has ever looked at and nobody fetches is of type oci.
    is_address = (
        record["kind"] == "HelmRepository" and record["fetch"] is None and record["observed_generation"] is None
    )
    return not (kind.static or is_address or record["status"] in (SUSPENDED, TERMINATING))


def _needs(record: Record) -> list[Ref]:
    source = [record["source"]] if record["source"] else []
    return [ref_of(row) for row in [*source, *record["depends_on"]]]


def _family(ref: Ref) -> int:
    return 0 if KINDS[ref.kind].is_source else _FAMILIES.get(ref.kind, _REST)


def _place(ref: Ref) -> tuple[int, str, str]:
    return KIND_ORDER[ref.kind], ref.namespace, ref.name


def _levels(needs: Mapping[Ref, Sequence[Ref]]) -> dict[Ref, int]:
    """The longest chain of needs beneath each object, counted within its family."""
    needed_by: defaultdict[Ref, list[Ref]] = defaultdict(list)
    open_needs = {ref: len(found) for ref, found in needs.items()}
    for ref, found in needs.items():
        for need in found:
            needed_by[need].append(ref)
    levels = dict.fromkeys(needs, 0)
    free = [ref for ref, number in open_needs.items() if not number]
    while free:
        ref = free.pop()
        for waiting in needed_by[ref]:
            if _family(waiting) == _family(ref):
                levels[waiting] = max(levels[waiting], levels[ref] + 1)
            open_needs[waiting] -= 1
            if not open_needs[waiting]:
                free.append(waiting)
    return levels
