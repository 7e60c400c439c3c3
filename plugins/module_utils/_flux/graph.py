# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Circles in "needs" relations, found without recursion: fleets have deeper chains than Python has stack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref


def cycles_of(needs: Mapping[Ref, Sequence[Ref]]) -> list[list[Ref]]:
    """Every set of objects that wait for each other, members in alphabetical order. Linear in the relations."""
    return sorted(sorted(group) for group in _components(needs) if len(group) > 1 or group[0] in needs[group[0]])


def _components(needs: Mapping[Ref, Sequence[Ref]]) -> Iterator[list[Ref]]:
    """Kosaraju's two passes: a node's set is what it reaches backwards, in the order of finishing forwards."""
    needed_by: dict[Ref, list[Ref]] = {node: [] for node in needs}
    for node, targets in needs.items():
        for target in targets:
            if target in needs:
                needed_by[target].append(node)
    seen: set[Ref] = set()
    for root in reversed(_finishing_order(needs)):
        if root not in seen:
            yield _reached(root, needed_by, seen)


def _finishing_order(needs: Mapping[Ref, Sequence[Ref]]) -> list[Ref]:
    order: list[Ref] = []
    seen: set[Ref] = set()
    for root in needs:
        walk: list[tuple[Ref, Iterator[Ref]]] = [] if root in seen else [(root, iter(needs[root]))]
        seen.add(root)
        while walk:
            step = next((ref for ref in walk[-1][1] if ref in needs and ref not in seen), None)
            if step is None:
                order.append(walk.pop()[0])
            else:
                seen.add(step)
                walk.append((step, iter(needs[step])))
    return order


def _reached(root: Ref, edges: Mapping[Ref, Iterable[Ref]], seen: set[Ref]) -> list[Ref]:
    group, waiting = [], [root]
    seen.add(root)
    while waiting:
        node = waiting.pop()
        group.append(node)
        fresh = [ref for ref in edges[node] if ref not in seen]
        seen.update(fresh)
        waiting += fresh
    return group
