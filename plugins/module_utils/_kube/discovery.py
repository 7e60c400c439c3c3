# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Flux kinds a cluster serves, and in which version: one request where the server aggregates discovery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import Forbidden, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS, Kind
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client

# https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery (1.26 to 1.29 serve v2beta1)
AGGREGATED = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList" for version in ("v2", "v2beta1")
)


def served_versions(client: Client) -> dict[str, str | None] | None:
    """Kind to the version to read it in, None where it is not served. None at all: we may not ask."""
    try:
        answer = client.get("/apis", accept=f"{AGGREGATED},application/json").json()
    except Forbidden:
        return None
    if answer.get("kind") == "APIGroupDiscoveryList":
        resources = dict(_aggregated(answer.get("items") or ()))
    else:
        resources = dict(_one_by_one(client, answer.get("groups") or ()))
    return {kind.name: _served(kind, resources) for kind in KINDS.values()}


def _served(kind: Kind, resources: Mapping[str, list[tuple[str, set[str]]]]) -> str | None:
    for version, plurals in resources.get(kind.group, ()):
        if kind.plural in plurals:
            return f"{kind.group}/{version}"
    return None


def _aggregated(groups: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, list[tuple[str, set[str]]]]]:
    """Each group with its versions, the server's preferred one first."""
    for group in groups:
        versions = group.get("versions") or ()
        yield (
            group["metadata"]["name"],
            [
                (entry["version"], {resource["resource"] for resource in entry.get("resources") or ()})
                for entry in versions
            ],
        )


def _one_by_one(
    client: Client, groups: Iterable[Mapping[str, Any]]
) -> Iterable[tuple[str, list[tuple[str, set[str]]]]]:
    """For servers before Kubernetes 1.26: one more request for each version of a Flux group."""
    wanted = {kind.group for kind in KINDS.values()}
    for group in groups:
        if group["name"] in wanted:
            versions = [entry["version"] for entry in group.get("versions") or ()]
            yield group["name"], [(version, _plurals(client, group["name"], version)) for version in versions]


def _plurals(client: Client, group: str, version: str) -> set[str]:
    try:
        answer = client.get(f"/apis/{group}/{version}").json()
    except NotFound:
        return set()
    return {resource["name"] for resource in answer.get("resources") or ()}
