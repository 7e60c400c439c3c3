# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a HelmRelease can be pinned to a revision, exactly: by its version, with its values, its owner kept away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import is_suspended_by_git
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored

Item = Mapping[str, Any]
HELM_REPOSITORY, OCI = "HelmRepository", "OCIRepository"
# What Helm does not store: nobody can tell whether they were the same then.
_UNTOLD = ("postRenderers", "commonMetadata")


class Seen(Protocol):
    """A HelmRelease and what belongs to it, as far as it matters here."""

    @property
    def ref(self) -> Ref:
        """The HelmRelease."""

    @property
    def spec(self) -> Item:
        """Of the HelmRelease."""

    @property
    def owner(self) -> Ref | None:
        """Who applies it."""

    @property
    def owner_item(self) -> Item | None:
        """None when it cannot be read."""

    @property
    def chart_item(self) -> Item | None:
        """The HelmChart or OCIRepository the chart comes from."""

    @property
    def facts(self) -> Mapping[Ref, Facts]:
        """Of every Flux object."""


def why_not_pinnable(situation: Seen, bad: Stored, target: Stored) -> list[str]:
    """Everything that speaks against it, in whole sentences without a point; empty when it can be pinned."""
    return [*_chart(situation, bad, target), *_unchanged(situation.spec, target), *_owner(situation)]


def pinned_source(spec: Item, namespace: str) -> Ref | None:
    """The OCIRepository that is pinned in place of the HelmRelease's own version."""
    ref = mapping(spec.get("chartRef"))
    if ref.get("kind") != OCI:
        return None
    return Ref(OCI, str(ref.get("namespace") or namespace), str(ref.get("name")))


def _chart(situation: Seen, bad: Stored, target: Stored) -> Iterator[str]:
    spec = situation.spec
    if bad.chart != target.chart:
        yield f"revision {target.revision} is of another chart ({target.chart})"
    kind = mapping(spec.get("chartRef")).get("kind")
    source = pinned_source(spec, situation.ref.namespace)
    if source is not None:
        yield from _oci(situation, source)
    elif kind:
        yield f"its chart comes from a {kind} of its own, which nobody but its owner should change"
    else:
        template = mapping(mapping(spec.get("chart")).get("spec"))
        repository = _repository(template, situation.ref.namespace)
        if repository.kind != HELM_REPOSITORY:
            yield f"its chart comes from a {repository.kind}, where a version has no effect"
        elif repository not in situation.facts:
            yield f"{repository}, where its chart comes from, is not there"
        if template.get("valuesFiles"):
            yield "it uses valuesFiles, which make another version of every chart"


def _repository(template: Item, namespace: str) -> Ref:
    source = mapping(template.get("sourceRef"))
    return Ref(str(source.get("kind")), str(source.get("namespace") or namespace), str(source.get("name")))


def _oci(situation: Seen, source: Ref) -> Iterator[str]:
    if situation.chart_item is None:
        yield f"{source} is not there"
        return
    others = sorted(
        str(fact.ref) for fact in situation.facts.values() if fact.source == source and fact.ref != situation.ref
    )
    if others:
        yield f"{source} is used by {', '.join(others)}, too"
    facts = situation.facts.get(source)
    owner = facts.owner if facts else None
    if owner is not None and owner.kind != "Kustomization" and owner != situation.owner:
        yield f"{source} belongs to {owner}, which cannot be told to leave it alone"
    if stand_of(situation.chart_item).suspended:
        yield f"{source} is suspended"


def _unchanged(spec: Item, target: Stored) -> Iterator[str]:
    for name in _UNTOLD:
        if spec.get(name):
            yield f"it has {name}, and nobody can tell whether revision {target.revision} had the same"


def _owner(situation: Seen) -> Iterator[str]:
    owner, item = situation.owner, situation.owner_item
    if owner is None or owner.kind == "Kustomization" or item is None:
        return
    if owner.kind not in ("HelmRelease", "ResourceSet"):
        yield f"its owner is {owner}, which cannot be told to leave it alone"
    elif owner.kind == "HelmRelease" and is_suspended_by_git(stand_of(item)):
        yield f"its owner {owner} has spec.suspend set by its own owner, so it cannot be kept suspended"


def blast_of_freeze(situation: Seen) -> list[str]:
    """What else stands still while an owner is kept away: a Kustomization leaves out one object, the others cannot."""
    owner = situation.owner
    if owner is None or situation.owner_item is None or owner.kind == "Kustomization":
        return []
    facts = situation.facts.get(owner)
    count = (facts.inventory_count or 1) - 1 if facts else 0
    how = "disabled" if owner.kind == "ResourceSet" else "suspended"
    rest = f": {count} other objects of it are not kept up to date meanwhile" if count > 0 else ""
    return [f"{owner}, the owner of {situation.ref}, is {how} until the rollback is finished{rest}."]


def shares_owner(situation: Seen) -> Sequence[Ref]:
    """Other releases that are pinned and need the same owner kept away."""
    return [
        fact.ref
        for fact in situation.facts.values()
        if fact.kind == "HelmRelease"
        and fact.ref != situation.ref
        and fact.owner is not None
        and fact.owner == situation.owner
        and fact.noted_change == "helm-rollback"
        and not fact.suspended
    ]
