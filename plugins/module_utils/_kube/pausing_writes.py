# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads objects whole, and writes the steps of a pause to them: one patch for each, only onto what was read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Conflict, FluxError, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.blast import Parent, parent_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.result import Outcome
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import pages
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path

# A list is cheaper than so many single objects.
FEW = 50
# An object whose controller writes its status again and again is caught between two of these writes.
ATTEMPTS = 8

Versions = Mapping[str, str]
# The step for an object, from how it stands now.
Decide = Callable[[Stand], Step]


def read_stands(client: Client, versions: Versions, refs: Collection[Ref]) -> dict[Ref, Stand]:
    """How these objects stand now; one that is gone is left out. versions: apiVersion by kind."""
    by_kind: dict[str, list[Ref]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref)
    found: dict[Ref, Stand] = {}
    singles: list[Ref] = []
    for kind, wanted in by_kind.items():
        if len(wanted) > FEW:
            found |= {stand.ref: stand for stand in _listed(client, versions[kind], kind, frozenset(wanted))}
        else:
            singles += wanted
    with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        read = pool.map(lambda ref: _one(client, versions, ref), singles)
        return found | {stand.ref: stand for stand in read if stand is not None}


def _listed(client: Client, version: str, kind: str, wanted: Collection[Ref]) -> Iterator[Stand]:
    for page in pages(client, f"/apis/{version}/{KINDS[kind].plural}"):
        for item in page:
            metadata = item["metadata"]
            if Ref(kind, metadata["namespace"], metadata["name"]) in wanted:
                yield stand_of(item)


def _one(client: Client, versions: Versions, ref: Ref) -> Stand | None:
    try:
        return stand_of(client.get(object_path(ref, versions[ref.kind])).json())
    except NotFound:
        return None


def read_parents(client: Client, versions: Versions) -> list[Parent]:
    """Everybody who waits for the health of what it applies, or of what it names."""
    kinds = [kind for kind in ("Kustomization", "ResourceSet", "FluxInstance") if kind in versions]
    listed = (page for kind in kinds for page in pages(client, f"/apis/{versions[kind]}/{KINDS[kind].plural}"))
    return [parent for page in listed for item in page if (parent := parent_of(item)) is not None]


def write_steps(client: Client, versions: Versions, steps: Sequence[Step], decide: Decide) -> Iterator[Outcome]:
    """What became of each step, in their order; one that is refused does not stop the others."""
    with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        yield from pool.map(lambda step: _written(client, versions, step, decide), steps)


def _written(client: Client, versions: Versions, step: Step, decide: Decide) -> Outcome:
    stand = step.stand
    path = object_path(stand.ref, versions[stand.ref.kind])
    try:
        for _attempt in range(ATTEMPTS):
            if step.patch is None:
                return Outcome(step, step.stand)
            try:
                return Outcome(step, stand_of(client.patch(path, _onto(step)).json()))
            except Conflict:
                step = decide(stand_of(client.get(path).json()))
    except NotFound:
        return Outcome(Step(stand, "left", why_left="it has been deleted in the meantime"), stand)
    except FluxError as error:
        return Outcome(step, step.stand, failure=error.message)
    return Outcome(step, step.stand, failure=f"it changed each of the {ATTEMPTS} times it was to be written")


def _onto(step: Step) -> dict[str, Any]:
    """The patch, refused by the server when the object is no longer what the step was decided on."""
    patch = dict(step.patch or {})
    version = step.stand.item["metadata"]["resourceVersion"]
    return patch | {"metadata": {**patch.get("metadata", {}), "resourceVersion": version}}


def refused(outcomes: Iterable[Outcome], wish: str) -> str | None:
    """One sentence about everything that could not be written."""
    failed = [outcome for outcome in outcomes if outcome.failure]
    if not failed:
        return None
    many = f" ({len(failed)} objects, this is the first)" if len(failed) > 1 else ""
    return f"{failed[0].step.stand.ref} could not be {wish}{many}: {str(failed[0].failure).rstrip('.')}."
