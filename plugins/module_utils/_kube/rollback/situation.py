# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything a rollback has to know before it decides: the HelmRelease, its owner, its chart, and Helm's storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release, release_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.particulars import is_remote
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, owner_of, source_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import Note, note_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import read_cluster
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import read_storage
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, require_meant

Item = Mapping[str, Any]
HELM_RELEASE = "HelmRelease"


@dataclass(frozen=True)
class Situation:
    """One HelmRelease and what belongs to it, as they were read together."""

    cluster: Mapping[str, Any]
    # The API server's clock.
    now: datetime
    ref: Ref
    item: Item
    release: Release
    # Newest first.
    stored: Sequence[Stored]
    owner: Ref | None
    # None when there is no owner, or it cannot be read.
    owner_item: Item | None
    # The HelmChart or OCIRepository the chart comes from; None when there is none yet.
    chart_item: Item | None
    facts: Mapping[Ref, Facts]
    versions: Mapping[str, str]
    warnings: Sequence[str]

    @property
    def metadata(self) -> Item:
        return mapping(self.item.get("metadata"))

    @property
    def spec(self) -> Item:
        return mapping(self.item.get("spec"))

    @property
    def status(self) -> Item:
        return mapping(self.item.get("status"))

    @property
    def note(self) -> Note | None:
        return note_of(self.metadata)

    @property
    def path(self) -> str:
        """Where the HelmRelease is read and written."""
        return object_path(self.ref, self.versions[HELM_RELEASE])


def read_situation(session: Session, namespace: str, name: str, flux_namespace: str = "flux-system") -> Situation:
    """Reads it all anew; refuses another cluster than the one that is meant, and a release on a remote cluster."""
    wishes = Wishes(flux_namespace=flux_namespace)
    reading = read_cluster(session.client, wishes)
    picture = session.picture(reading, wishes)
    require_meant(picture["cluster"], session.expected_uid)
    facts = {fact.ref: fact for fact in reading.facts()}
    versions = _versions(reading, facts)
    ref = Ref(HELM_RELEASE, namespace, name)
    item = _release_item(session, versions, ref, facts)
    spec, status = mapping(item.get("spec")), mapping(item.get("status"))
    if is_remote(spec):
        raise InvalidInput(
            f"{ref} installs into another cluster (spec.kubeConfig): its release is not stored here.",
            "Work on that cluster, through a context of its own.",
        )
    release = release_of(namespace, name, spec, status)
    owner = owner_of(mapping(item.get("metadata")))
    return Situation(
        cluster=picture["cluster"],
        now=reading.now,
        ref=ref,
        item=item,
        release=release,
        stored=read_storage(session.client, release),
        owner=owner,
        owner_item=read_item(session, versions, owner),
        chart_item=read_item(session, versions, source_of(HELM_RELEASE, namespace, name, spec, status)),
        facts=facts,
        versions=versions,
        warnings=picture["warnings"],
    )


def read_item(session: Session, versions: Mapping[str, str], ref: Ref | None) -> Item | None:
    """A Flux object as it is now; None when it is not there, or of no kind that is served."""
    if ref is None or ref.kind not in versions:
        return None
    try:
        return session.client.get(object_path(ref, versions[ref.kind])).json()
    except NotFound:
        return None


def _versions(reading: Reading, facts: Mapping[Ref, Facts]) -> dict[str, str]:
    served = {kind: version for kind, version in (reading.served or {}).items() if version}
    return {fact.kind: fact.api_version for fact in facts.values()} | served


def _release_item(session: Session, versions: Mapping[str, str], ref: Ref, facts: Mapping[Ref, Facts]) -> Item:
    if HELM_RELEASE not in versions:
        raise InvalidInput("This cluster has no HelmReleases.", "Check the context.")
    item = read_item(session, versions, ref)
    if item is None:
        names = sorted(f"{each.namespace}/{each.name}" for each in facts if each.kind == HELM_RELEASE)
        near = get_close_matches(f"{ref.namespace}/{ref.name}", names, n=3)
        hint = f"Near it are: {', '.join(near)}." if near else "Look at the namespace and the name, and at the context."
        raise InvalidInput(f"There is no HelmRelease {ref.namespace}/{ref.name}.", hint)
    return item
