# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Helm's storage: the Secrets of one release, and the objects in their manifests."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Forbidden, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored, stored_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import yaml
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import items


def secrets_path(namespace: str, name: str = "") -> str:
    return f"/api/v1/namespaces/{namespace}/secrets" + (f"/{name}" if name else "")


def secret_name(release: str, revision: int) -> str:
    return f"sh.helm.release.v1.{release}.v{revision}"


def release_secrets(client: Client, namespace: str, release: str) -> list[dict[str, Any]]:
    """The Secrets of all revisions of a release in a namespace."""
    try:
        return items(client, secrets_path(namespace), {"labelSelector": f"owner=helm,name={release}"})
    except Forbidden as error:
        raise Forbidden(
            f"Helm's storage of release {release} cannot be read: {error.message}",
            error.status,
            f"It is kept in Secrets of namespace {namespace}: ask for the right to list Secrets there.",
        ) from error


def read_storage(client: Client, release: Release) -> list[Stored]:
    """Every revision in storage, the newest first. Raises InvalidInput where one cannot be unpacked."""
    found = [stored_of(secret) for secret in release_secrets(client, release.storage_namespace, release.name)]
    return sorted(found, key=lambda stored: -stored.revision)


def objects_of(stored: Stored) -> list[dict[str, Any]]:
    """The objects of a revision's manifest, hooks left out, as Helm has rendered them; List kinds taken apart."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = [document for document in yaml.load_all(stored.manifest, Loader=loader) if document]
    except yaml.YAMLError:
        # Without the cause: it quotes the lines around the fault.
        raise InvalidInput(f"The manifest of revision {stored.revision} is not valid YAML.") from None
    found: list[dict[str, Any]] = []
    for document in documents:
        listed = document.get("items") if str(document.get("kind", "")).endswith("List") else None
        found += listed if isinstance(listed, list) else [document]
    return found
