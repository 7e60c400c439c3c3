# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Helm's storage: the Secrets of one release, and the objects in their manifests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Forbidden, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored, stored_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import yaml
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import items

_INT = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+)\Z")


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
    """Every revision in storage that can be read, the newest first.

    A revision that cannot be unpacked is left out, as Helm does; InvalidInput when it is the newest, with which Helm
    could not go on either.
    """
    secrets = release_secrets(client, release.storage_namespace, release.name)
    secrets.sort(key=lambda secret: -_revision(secret))
    found = [stored_of(secrets[0])] if secrets else []
    for secret in secrets[1:]:
        with suppress(InvalidInput):
            found.append(stored_of(secret))
    return found


def _revision(secret: Mapping[str, Any]) -> int:
    number = str(secret["metadata"]["labels"].get("version"))
    return int(number) if number.isdigit() else 0


def objects_of(stored: Stored) -> list[dict[str, Any]]:
    """The objects of a revision's manifest, hooks left out, as Helm has rendered them; List kinds taken apart."""
    try:
        documents = [document for document in yaml.load_all(stored.manifest, Loader=_loader()) if document]
    except yaml.YAMLError:
        # Without the cause: it quotes the lines around the fault.
        raise InvalidInput(f"The manifest of revision {stored.revision} is not valid YAML.") from None
    found: list[dict[str, Any]] = []
    for document in documents:
        listed = document.get("items") if str(document.get("kind", "")).endswith("List") else None
        found += listed if isinstance(listed, list) else [document]
    return found


@cache
def _loader() -> Any:
    """Reads scalars as Helm's library does: a date, 1:30 and = are texts, 1e3 is a number.

    Go's yaml.v2 (https://github.com/yaml/go-yaml/blob/v2/resolve.go); values of whole documents are go_yaml.py's.
    """

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """PyYAML's, with other rules of what a plain scalar is."""

    prefix = "tag:yaml.org,2002:"
    dropped = {prefix + name for name in ("timestamp", "value", "int", "float")}
    Loader.yaml_implicit_resolvers = {
        letter: [rule for rule in rules if rule[0] not in dropped]
        for letter, rules in Loader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(prefix + "int", _INT, list("-+0123456789"))
    Loader.add_implicit_resolver(prefix + "float", _FLOAT, list("-+.0123456789"))
    return Loader
