# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what the values of a HelmRelease are made of: exactly the ConfigMaps and Secrets it names, into memory only."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Forbidden, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values import Holder, composed, holders_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.go_yaml import read_values

Item = Mapping[str, Any]
_PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets"}


def composed_values(client: Client, item: Item) -> dict[str, Any]:
    """The values helm-controller would give to the chart now. Unverifiable where that is not certain, or forbidden."""
    spec, metadata = mapping(item.get("spec")), mapping(item.get("metadata"))
    namespace = str(metadata.get("namespace"))
    held = {holder: _data(client, namespace, holder) for holder in holders_of(spec) if holder.kind in _PLURALS}
    return composed(spec, held, read_values)


def values_or_why(client: Client, item: Item) -> tuple[dict[str, Any] | None, str | None]:
    """The values, or why nobody can tell them."""
    try:
        return composed_values(client, item), None
    except Unverifiable as error:
        return None, error.message


def _data(client: Client, namespace: str, holder: Holder) -> dict[str, bytes] | None:
    try:
        found = client.get(f"/api/v1/namespaces/{namespace}/{_PLURALS[holder.kind]}/{holder.name}").json()
    except NotFound:
        return None
    except Forbidden:
        raise Unverifiable(f"{holder} of namespace {namespace}, which holds values, may not be read") from None
    data = mapping(found.get("data"))
    if holder.kind == "ConfigMap":
        return {key: str(text).encode() for key, text in data.items()}
    try:
        return {key: base64.b64decode(str(text)) for key, text in data.items()}
    except binascii.Error:
        raise Unverifiable(f"{holder} cannot be read") from None
