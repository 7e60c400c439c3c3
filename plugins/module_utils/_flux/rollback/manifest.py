# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of a release's manifest: their names, how Helm dresses them, and what has gone from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping

# https://github.com/helm/helm/blob/v4.2.4/pkg/action/validate.go
_MANAGED_BY = ("app.kubernetes.io/managed-by", "Helm")
_NAME, _NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"
_POLICY = "helm.sh/resource-policy"
# What is lost with them does not come back.
PRECIOUS = frozenset({"CustomResourceDefinition", "Namespace", "PersistentVolumeClaim", "StatefulSet"})


class Named(NamedTuple):
    """An object whatever its version: group, kind, namespace, name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "namespace": self.namespace, "name": self.name}


def named(item: Mapping[str, Any], namespace: str) -> Named:
    """namespace: where an object without one belongs; empty for a kind that has none."""
    group, _slash, _version = str(item.get("apiVersion") or "").rpartition("/")
    metadata = mapping(item.get("metadata"))
    return Named(group, str(item.get("kind") or ""), namespace, str(metadata.get("name") or ""))


def dressed(item: Mapping[str, Any], release: Release, namespace: str) -> dict[str, Any]:
    """An object of a manifest as Helm applies it: with the marks of its release. namespace: empty where it has none."""
    metadata = dict(mapping(item.get("metadata")))
    labels = {**mapping(metadata.get("labels")), _MANAGED_BY[0]: _MANAGED_BY[1]}
    marks = {_NAME: release.name, _NAMESPACE: release.release_namespace}
    metadata |= {"labels": labels, "annotations": {**mapping(metadata.get("annotations")), **marks}}
    if namespace:
        metadata["namespace"] = namespace
    return {**item, "metadata": metadata}


def belongs_to(item: Mapping[str, Any], release: Release) -> bool:
    """Whether a live object bears the marks of this release, and may go with it."""
    annotations = mapping(mapping(item.get("metadata")).get("annotations"))
    marks = (annotations.get(_NAME), annotations.get(_NAMESPACE))
    return marks == (release.name, release.release_namespace) and annotations.get(_POLICY) != "keep"


def gone(later: Iterable[Named], target: Iterable[Named]) -> list[Named]:
    """What later revisions have and the target has not, each once."""
    kept = set(target)
    return sorted({each for each in later if each not in kept})
