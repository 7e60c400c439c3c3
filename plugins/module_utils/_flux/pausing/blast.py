# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pausing does to the objects around: who is blocked now, who at the next commit, who waits for its health."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, ref_of, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import PROGRESSING, READY, SUSPENDED, TERMINATING

Record = Mapping[str, Any]

NOW, LATER = "now", "later"


class Parent(NamedTuple):
    """An object that applies others, and whose health it waits for."""

    ref: Ref
    # Everything it applies.
    waits: bool
    # What its healthChecks name.
    checks: frozenset[Ref]


def parent_of(item: Mapping[str, Any]) -> Parent | None:
    """What a Kustomization, ResourceSet or FluxInstance waits for; None when it waits for nothing, or is paused."""
    metadata, spec = mapping(item.get("metadata")), mapping(item.get("spec"))
    namespace = str(metadata.get("namespace") or "")
    checks = frozenset(
        Ref(str(row.get("kind") or ""), str(row.get("namespace") or namespace), str(row.get("name") or ""))
        for row in rows(spec.get("healthChecks"))
    )
    waits = spec.get("wait") is True
    return (
        Parent(Ref(str(item.get("kind")), namespace, str(metadata.get("name"))), waits, checks)
        if waits or checks
        else None
    )


@dataclass(frozen=True)
class Around:
    """One reading of a cluster: facts and records of everything, and who waits for whose health."""

    facts: Mapping[Ref, Facts]
    records: Mapping[Ref, Record]
    parents: Sequence[Parent] = ()

    @cached_property
    def dependents(self) -> Mapping[Ref, Sequence[Ref]]:
        """Who needs an object: as a dependency, or as the source."""
        found: defaultdict[Ref, list[Ref]] = defaultdict(list)
        for ref, fact in self.facts.items():
            for need in {*fact.depends_on, *([fact.source] if fact.source else ())}:
                found[need].append(ref)
        return found

    def status(self, ref: Ref) -> str:
        """What it is, or would be if it were not suspended."""
        record = self.records[ref]
        return str(record["suspended"]["last"] if record["status"] == SUSPENDED else record["status"])

    def runs(self, ref: Ref) -> bool:
        return self.records[ref]["status"] not in (SUSPENDED, TERMINATING)


def blocked_by(paused: Ref, all_paused: Collection[Ref], around: Around) -> dict[Ref, str]:
    """Everything that a paused object blocks, directly or through others, now or later."""
    found: dict[Ref, str] = {}
    queue = [(ref, effect) for ref in around.dependents.get(paused, ()) if (effect := _effect(ref, paused, around))]
    while queue:
        ref, effect = queue.pop()
        if ref in all_paused or not around.runs(ref) or found.get(ref) in (NOW, effect):
            continue
        found[ref] = effect
        # What is blocked is not ready, and so holds back whatever depends on it.
        queue += [(each, effect) for each in around.dependents.get(ref, ()) if ref in around.facts[each].depends_on]
    return found


def _effect(waiting: Ref, paused: Ref, around: Around) -> str | None:
    """A paused source goes on serving what it has. A paused dependency will do until the source they share moves."""
    held, fact = around.facts[paused], around.facts[waiting]
    if KINDS[paused.kind].is_source:
        return None if held.artifact or held.static else NOW
    if paused not in fact.depends_on or paused in fact.by_expression:
        return None
    if around.status(paused) not in (READY, PROGRESSING):
        return NOW
    # Only kustomize-controller compares revisions, and only of the same source.
    if waiting.kind != "Kustomization" or fact.source is None or fact.source != held.source:
        return None
    source = around.facts.get(fact.source)
    has_moved = source is not None and source.artifact is not None and source.artifact.revision != held.revision
    return NOW if has_moved and around.status(paused) == READY else LATER


def waiting_for(paused: Ref, all_paused: Collection[Ref], around: Around) -> list[Ref]:
    """The parents that wait for its health, as far as they run."""
    owner = around.facts[paused].owner
    return [
        parent.ref
        for parent in around.parents
        if (paused in parent.checks or (parent.waits and parent.ref == owner))
        and parent.ref not in (paused, *all_paused)
        and parent.ref in around.records
        and around.runs(parent.ref)
    ]


def blast_of(paused: Collection[Ref], around: Around) -> dict[str, Any]:
    """Whom pausing these objects together reaches."""
    effects: dict[Ref, str] = {}
    for ref in paused:
        for blocked, effect in blocked_by(ref, paused, around).items():
            effects[blocked] = NOW if NOW in (effect, effects.get(blocked)) else LATER
    parents = {parent for ref in paused for parent in waiting_for(ref, paused, around)}
    return {
        "objects": len(paused),
        "inventory": sum(around.facts[ref].inventory_count or 0 for ref in paused),
        "blocked_now": _names(ref for ref, effect in effects.items() if effect == NOW),
        "blocked_later": _names(ref for ref, effect in effects.items() if effect == LATER),
        "waiting_parents": _names(parents),
    }


def open_suspensions(but: Collection[Ref], records: Iterable[Record]) -> list[dict[str, Any]]:
    """Everything that is suspended or frozen already, apart from some objects."""
    return [
        ref_of(record).as_dict() | dict(record["suspended"])
        for record in records
        if record["suspended"] is not None and ref_of(record) not in but
    ]


def _names(refs: Iterable[Ref]) -> list[str]:
    return sorted(map(str, refs))
