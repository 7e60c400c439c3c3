# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_helm_history: find each HelmRelease, read Helm's storage of it, and tell its revisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError, Forbidden, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release, release_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.particulars import is_remote
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, source_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.asked import (
    compared_revisions,
    wanted_releases,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.history import (
    FORBIDDEN,
    MISSING,
    NONE,
    REMOTE,
    Storage,
    release_history,
    values_compared,
    without_history,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.obtainable import ChartSource, repository_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored, stored_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.subject import absence
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import read_cluster
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.needs import unserved_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.resources import Resources
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import read_item
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import release_secrets
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, opened

Row = dict[str, Any]
Item = Mapping[str, Any]


def helm_histories(params: Mapping[str, Any], scratch: str) -> Row:
    """The result of flux_helm_history for its parameters. scratch: folder for key files of a kubeconfig."""
    wanted, compared = wanted_releases(params), compared_revisions(params["compare"])
    session = opened(params, scratch)
    wishes = Wishes(flux_namespace=params["flux_namespace"])
    reading = read_cluster(session.client, wishes)
    picture = session.picture(reading, wishes)
    served = reading.served or {name: f"{kind.group}/{kind.versions[0]}" for name, kind in KINDS.items()}
    versions = {kind: version for kind, version in served.items() if version}
    historian = _Historian(session, versions, picture, Resources(session.client), compared)
    entries = [historian.entry(ref) for ref in wanted]
    problems = [entry["message"] for entry in entries if entry["state"] in (MISSING, FORBIDDEN)]
    problems += [problem for entry in entries if (problem := _not_compared(entry, compared))]
    return {
        "reachable": True,
        "cluster": picture["cluster"],
        "releases": entries,
        "warnings": picture["warnings"],
        **({"failure": ". ".join(problems) + "."} if problems else {}),
    }


@dataclass(frozen=True)
class _Historian:
    """Asks one server about one HelmRelease after the other."""

    session: Session
    versions: Mapping[str, str]
    picture: Item
    resources: Resources
    compared: tuple[int, int] | None

    def entry(self, ref: Ref) -> Row:
        try:
            item = read_item(self.session, self.versions, ref)
        except Forbidden as error:
            return without_history(ref, FORBIDDEN, f"{ref} cannot be read: {error.message.rstrip('.')}")
        if item is None:
            state = self.picture["coverage"].get(ref.kind, {"state": "absent"})["state"]
            return without_history(ref, MISSING, absence(ref, state, self.picture["objects"]))
        spec, status = mapping(item.get("spec")), mapping(item.get("status"))
        release = release_of(ref.namespace, ref.name, spec, status)
        if is_remote(spec):
            return without_history(ref, REMOTE, _elsewhere(ref, spec), release)
        try:
            secrets = release_secrets(self.session.client, release.storage_namespace, release.name)
        except Forbidden as error:
            return without_history(ref, FORBIDDEN, _forbidden(release, error), release)
        if not secrets:
            return without_history(ref, NONE, _nothing(release), release)
        return self._history(ref, release, item, secrets)

    def _history(self, ref: Ref, release: Release, item: Item, secrets: Iterable[Item]) -> Row:
        spec, status = mapping(item.get("spec")), mapping(item.get("status"))
        stored, broken = _unpacked(secrets)
        unserved = unserved_of(self.resources, stored) if stored else {}
        storage = Storage(stored, broken, unserved)
        source = self._chart_source(source_of(ref.kind, ref.namespace, ref.name, spec, status))
        entry = release_history(ref, release, status, storage, source)
        return entry | {"compared": values_compared(storage, self.compared) if self.compared else None}

    def _chart_source(self, ref: Ref | None) -> ChartSource:
        item, unread = self._seen(ref)
        repository = repository_of(ref, item) if ref else None
        repository_item, unread_repository = self._seen(repository)
        return ChartSource(ref, item, repository, repository_item, unread or unread_repository)

    def _seen(self, ref: Ref | None) -> tuple[Item | None, str | None]:
        """Not being allowed to see a source only leaves open whether the chart can still be had."""
        try:
            return read_item(self.session, self.versions, ref), None
        except ApiError as error:
            return None, error.message.rstrip(".")


def _unpacked(secrets: Iterable[Item]) -> tuple[list[Stored], dict[int, str]]:
    """The revisions, newest first, and the Secrets that hold none, by the revision their label says."""
    stored: list[Stored] = []
    broken: dict[int, str] = {}
    for secret in secrets:
        try:
            stored.append(stored_of(secret))
        except InvalidInput:
            metadata = mapping(secret.get("metadata"))
            label = str(mapping(metadata.get("labels")).get("version") or "")
            broken[int(label) if label.isdecimal() else 0] = f"{metadata.get('namespace')}/{metadata.get('name')}"
    return sorted(stored, key=lambda one: -one.revision), broken


def _elsewhere(ref: Ref, spec: Item) -> str:
    config = mapping(spec["kubeConfig"])
    names = [f"{kind} {mapping(config[key])['name']}" for key, kind in _CONFIGS.items() if mapping(config.get(key))]
    return f"{ref} installs into the cluster of spec.kubeConfig ({', '.join(names)}): its release is stored there"


_CONFIGS = {"secretRef": "Secret", "configMapRef": "ConfigMap"}


def _forbidden(release: Release, error: Forbidden) -> str:
    namespace = release.storage_namespace
    return (
        f"the storage of release {release.name} cannot be read: "
        f"the right to list secrets in namespace {namespace} is missing ({error.message.rstrip('.')})"
    )


def _nothing(release: Release) -> str:
    return f"namespace {release.storage_namespace} holds no revision of a release {release.name} yet"


def _not_compared(entry: Row, compared: tuple[int, int] | None) -> str | None:
    if not compared or not entry["revisions"] or entry["compared"]:
        return None
    there = ", ".join(str(row["revision"]) for row in reversed(entry["revisions"]))
    first, second = compared
    name = f"{entry['namespace']}/{entry['name']}"
    return f"revisions {first} and {second} of {name} cannot be compared: in storage are {there}"
