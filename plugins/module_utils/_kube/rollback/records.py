# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lends Helm the records of a release whose objects live in another namespace than its storage, and brings them home.

Helm knows one namespace, helm-controller two. So the Secrets are copied to where the objects are, Helm works there, and
what it has written goes home. Copies bear a label of ours; Helm carries it over to the revision it adds. They are taken
away last, so that whoever comes after an interruption finds them, and finishes this first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Conflict, InvalidInput, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import LABEL
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import release_secrets, secrets_path

_COPY = "copy"


def is_apart(release: Release) -> bool:
    """Whether Helm would look for the records in another namespace than they are in."""
    return release.storage_namespace != release.release_namespace


def refuse_strangers(client: Client, release: Release) -> None:
    """A release of somebody else under the same name, in the namespace the copies would go to."""
    if not is_apart(release):
        return
    found = release_secrets(client, release.release_namespace, release.name)
    if found and not any(_is_copy(secret) for secret in found):
        raise InvalidInput(
            f"Namespace {release.release_namespace} has a Helm release {release.name} of its own "
            f"(Secret {found[0]['metadata']['name']}); its records and those of this release would mix.",
            "Look whose it is: helm history there. It has to go before this release can be rolled back by helm.",
        )


def lend(client: Client, release: Release) -> None:
    """Copies every record to where the objects are."""
    if not is_apart(release):
        return
    for secret in release_secrets(client, release.storage_namespace, release.name):
        labels = {**secret["metadata"]["labels"], LABEL: _COPY}
        client.create(secrets_path(release.release_namespace), _bare(secret, release.release_namespace, labels))


def bring_home(client: Client, release: Release) -> bool:
    """Writes what Helm has made of the copies into the storage, and takes the copies away. Whether there were any."""
    if not is_apart(release):
        return False
    found = release_secrets(client, release.release_namespace, release.name)
    if not any(_is_copy(secret) for secret in found):
        return False
    home = {item["metadata"]["name"]: item for item in release_secrets(client, *_home(release))}
    for secret in found:
        _bring(client, release, secret, home.get(secret["metadata"]["name"]))
    # The newest goes first: as long as one copy is there, nothing of this is forgotten.
    for secret in sorted(found, key=lambda item: -int(item["metadata"]["labels"].get("version", 0))):
        try:
            client.delete(secrets_path(release.release_namespace, secret["metadata"]["name"]))
        except NotFound:
            continue
    return True


def _home(release: Release) -> tuple[str, str]:
    return release.storage_namespace, release.name


def _bring(client: Client, release: Release, copy: Mapping[str, Any], at_home: Mapping[str, Any] | None) -> None:
    name = copy["metadata"]["name"]
    labels = {key: value for key, value in copy["metadata"]["labels"].items() if key != LABEL}
    if at_home is None:
        client.create(secrets_path(release.storage_namespace), _bare(copy, release.storage_namespace, labels))
    elif at_home["data"] != copy["data"]:
        patch = {"data": copy["data"], "metadata": {"labels": labels}}
        version = {"resourceVersion": at_home["metadata"]["resourceVersion"]}
        try:
            client.patch(
                secrets_path(release.storage_namespace, name), patch | {"metadata": {**patch["metadata"], **version}}
            )
        except Conflict as error:
            raise Conflict(
                f"Somebody writes into Helm's storage at the same time: {error.message}", error.status, "Run it again."
            ) from error


def _is_copy(secret: Mapping[str, Any]) -> bool:
    return bool(secret["metadata"]["labels"].get(LABEL) == _COPY)


def _bare(secret: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> dict[str, Any]:
    name = secret["metadata"]["name"]
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": secret["type"],
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "data": secret["data"],
    }
