# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object of a run has to wait for, and whether it still has to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import (
    DEPENDENCY,
    RECONCILED,
    REMOVED,
    SUSPENDED,
    Member,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import is_current

# Of a need: not decided yet, met, or never going to be met in this run.
OPEN, MET, LOST = "open", "met", "lost"


class Need(NamedTuple):
    """blocker: what is to blame when it is lost, what is waited for while it is open."""

    state: str
    blocker: Ref
    why: str = ""


def needed_by(facts: Facts, members: Mapping[Ref, Member], world: Mapping[Ref, Facts]) -> tuple[Ref, ...]:
    """What has to be done before an object is asked: its source, where that is asked too, and its dependencies."""
    source = _source_of(facts, members, world)
    found = [*([source] if source is not None else []), *facts.depends_on]
    return tuple(ref for ref in dict.fromkeys(found) if ref != facts.ref)


def _source_of(facts: Facts, members: Mapping[Ref, Member], world: Mapping[Ref, Facts]) -> Ref | None:
    source = facts.source
    if source is None or source in members:
        return source if source and members[source].role != DEPENDENCY else None
    if source not in world:
        # helm-controller makes the HelmChart itself when it runs.
        return None if facts.kind == "HelmRelease" and source.kind == "HelmChart" else source
    # Nobody asks an ExternalArtifact; what generates it may be asked.
    maker = world[source].owner
    return maker if world[source].static and maker in members else None


def state_of_need(
    facts: Facts, ref: Ref, members: Mapping[Ref, Member], world: Mapping[Ref, Facts], readable: Collection[str]
) -> Need:
    """The state of one need of an object."""
    target, member = world.get(ref), members.get(ref)
    if target is None:
        # What must not be seen may well be there.
        return Need(LOST, ref, "does not exist") if ref.kind in readable else Need(MET, ref)
    if member is None:
        return Need(MET, ref)
    if ref in facts.by_expression:
        return Need(OPEN if member.open else MET, ref)
    if ref not in facts.depends_on:
        return _of_source(member, world.get(facts.source, target) if facts.source else target)
    return _of_dependency(facts, member, target, world)


def _of_source(member: Member, source: Facts) -> Need:
    """A source that fails or rests keeps its artifact, and what runs on it can run on."""
    if member.verdict is None:
        return Need(OPEN, member.ref)
    if source.artifact is not None or source.static or member.verdict.decisive == RECONCILED:
        return Need(MET, member.ref)
    return Need(LOST, member.verdict.blocked_by or member.ref, member.verdict.message or "")


def _of_dependency(facts: Facts, member: Member, target: Facts, world: Mapping[Ref, Facts]) -> Need:
    if member.verdict is None:
        return Need(OPEN, member.ref)
    if satisfies(target, facts, world):
        return Need(MET, member.ref)
    if member.verdict.bad or member.verdict.decisive in (SUSPENDED, REMOVED):
        return Need(LOST, member.verdict.blocked_by or member.ref, member.verdict.message or "")
    return Need(OPEN, member.ref)


def satisfies(target: Facts, facts: Facts, world: Mapping[Ref, Facts]) -> bool:
    """Whether a dependency is what its controller takes for ready.

    kustomize-controller also wants it at the revision of a source that both share.
    """
    if target.static:
        return True
    ready = target.condition("Ready")
    if ready is None or ready.status != "True" or not is_current(target):
        return False
    if facts.kind != "Kustomization" or target.kind != "Kustomization" or facts.source != target.source:
        return True
    source = world.get(target.source) if target.source else None
    return source is None or source.artifact is None or target.revision == source.artifact.revision
