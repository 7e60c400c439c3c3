# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where objects of any kind are read and written: what the API server serves, asked for once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import NotFound
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client


class Resource(NamedTuple):
    plural: str
    namespaced: bool


class Resources:
    """The kinds of one API server, one request for each version of a group that is asked about."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Mapping[str, Resource]] = {}

    def find(self, api_version: str, kind: str) -> Resource | None:
        """None when the API server does not serve it, or not any more."""
        if api_version not in self._known:
            self._known[api_version] = dict(self._read(api_version))
        return self._known[api_version].get(kind)

    def path(self, api_version: str, kind: str, namespace: str, name: str) -> str | None:
        """Where one object is. namespace is left out where the kind has none."""
        found = self.find(api_version, kind)
        if found is None:
            return None
        place = f"/namespaces/{namespace}" if found.namespaced else ""
        return f"{_root(api_version)}{place}/{found.plural}/{name}"

    def path_of(self, item: Mapping[str, Any], namespace: str) -> str | None:
        """Where an object of a manifest is. namespace: of the release, for those that name none."""
        metadata = item.get("metadata") or {}
        place = str(metadata.get("namespace") or namespace)
        return self.path(str(item.get("apiVersion")), str(item.get("kind")), place, str(metadata.get("name")))

    def _read(self, api_version: str) -> Iterable[tuple[str, Resource]]:
        try:
            answer = self._client.get(_root(api_version)).json()
        except NotFound:
            return
        for row in answer.get("resources") or ():
            if "/" not in row["name"]:
                yield row["kind"], Resource(row["name"], bool(row.get("namespaced")))


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
