# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the chart of a stored revision can still be had, as far as the cluster knows without asking a registry.

Helm itself needs no chart: it is in storage. Only helm-controller has to fetch it, when it is pinned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import (
    artifact_version,
    short_digest,
    version_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored

# Sources whose charts have the one version their revision holds.
_OF_A_REVISION = frozenset({"GitRepository", "Bucket", "ExternalArtifact"})


@dataclass(frozen=True)
class ChartSource:
    """Where the chart of a HelmRelease comes from. unread: why the one or the other could not be read."""

    # HelmChart, OCIRepository or ExternalArtifact; None where the HelmRelease names none.
    ref: Ref | None = None
    item: Mapping[str, Any] | None = None
    # What a HelmChart is taken from.
    repository: Ref | None = None
    repository_item: Mapping[str, Any] | None = None
    unread: str | None = None


class Obtainable(NamedTuple):
    """answer: None where nobody knows without asking the registry."""

    answer: bool | None
    reason: str


def repository_of(ref: Ref, item: Mapping[str, Any] | None) -> Ref | None:
    """What a HelmChart is taken from; nothing stands behind the other sources of charts."""
    source = mapping(mapping(mapping(item).get("spec")).get("sourceRef"))
    return Ref(str(source.get("kind")), ref.namespace, str(source.get("name"))) if source else None


def obtainable(one: Stored, oci_digest: str | None, source: ChartSource) -> Obtainable:
    """oci_digest: as helm-controller has recorded it of the revision."""
    if source.ref is None:
        return Obtainable(None, "the HelmRelease names no source of its chart")
    if _is_offered(one, oci_digest, source):
        return Obtainable(True, f"{source.ref} offers it now")
    if source.unread:
        return Obtainable(None, source.unread)
    gone = _why_gone(source)
    return Obtainable(False, gone) if gone else Obtainable(None, _why_unknown(one, source))


def _why_gone(source: ChartSource) -> str | None:
    if source.item is None:
        return f"{source.ref} does not exist"
    if source.repository and source.repository_item is None:
        return f"{source.repository} does not exist"
    kind = source.repository.kind if source.repository else str(source.item.get("kind"))
    if kind in _OF_A_REVISION:
        return f"a {kind} has no other version of the chart than the one it offers now"
    return None


def _why_unknown(one: Stored, source: ChartSource) -> str:
    asked = _chart_in(source.item)
    if source.repository and asked != one.chart:
        return f"{source.ref} now asks for another chart, {asked}"
    return f"{source.repository or source.ref} has not been asked for it: that takes a pull"


def _is_offered(one: Stored, oci_digest: str | None, source: ChartSource) -> bool:
    offered, wanted = artifact_version(source.item), version_of(one.chart_version)
    digest = wanted.digest or short_digest(oci_digest)
    if offered.digest and digest:
        return offered.digest == digest
    same_chart = source.repository is None or _chart_in(source.item) == one.chart
    return offered.number is not None and offered.number == wanted.number and same_chart


def _chart_in(item: Mapping[str, Any] | None) -> str:
    """The name of a chart, of which a GitRepository has the path."""
    return str(mapping(mapping(item).get("spec")).get("chart") or "").rstrip("/").rpartition("/")[2]
