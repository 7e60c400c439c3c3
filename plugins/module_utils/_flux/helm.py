# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a HelmRelease says about its Helm release: its names, its history, the revision that runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import rows

if TYPE_CHECKING:
    from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts

# Helm refuses longer release names; helm-controller shortens them to 40 characters, a dash and 12 of the hash.
_NAME_LIMIT, _NAME_KEPT, _HASH_KEPT = 53, 40, 12

_DIGEST_PART = re.compile(r"[0-9a-f]{12}\Z")

# A release in one of these has had its verdict, and it was bad.
_BAD = frozenset({"failed", "uninstalled"})


class Release(NamedTuple):
    """A Helm release as Helm knows it. Its records are Secrets in storage_namespace."""

    name: str
    storage_namespace: str
    release_namespace: str


def release_of(namespace: str, name: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Release:
    target = str(spec.get("targetNamespace") or "")
    storage = str(status.get("storageNamespace") or spec.get("storageNamespace") or namespace)
    return Release(release_name(name, target, str(spec.get("releaseName") or "")), storage, target or namespace)


def release_name(name: str, target_namespace: str = "", given: str = "") -> str:
    """The name helm-controller gives the release of a HelmRelease."""
    full = given or (f"{target_namespace}-{name}" if target_namespace else name)
    if len(full) <= _NAME_LIMIT:
        return full
    digest = hashlib.sha256(full.encode()).hexdigest()
    return f"{full[:_NAME_KEPT]}-{digest[:_HASH_KEPT]}"


def revisions_of(status: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """status.history, newest first, in the words of helm history."""
    return tuple(_revision(row) for row in rows(status.get("history")))


def _revision(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "revision": row.get("version"),
        "status": row.get("status"),
        "chart": row.get("chartName"),
        "chart_version": row.get("chartVersion"),
        "app_version": row.get("appVersion"),
        "action": row.get("action"),
        "first_deployed": row.get("firstDeployed"),
        "last_deployed": row.get("lastDeployed"),
        "oci_digest": row.get("ociDigest"),
    }


def is_bad(revision: Mapping[str, Any]) -> bool:
    """Whether the revision ended badly; a pending one has not ended."""
    return revision.get("status") in _BAD


def running_of(revisions: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The revision that is deployed, which may not be the newest."""
    for row in revisions:
        if row["status"] == "deployed":
            kept = {key: row[key] for key in ("revision", "chart", "chart_version", "app_version", "status")}
            return {**kept, "deployed_at": row["last_deployed"]}
    return None


def named_release(release: Release, revisions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The release's names, and its newest revision: null before the first."""
    newest = revisions[0] if revisions else {}
    return {**release._asdict(), "revision": newest.get("revision"), "status": newest.get("status")}


def histories_of(facts: Iterable[Facts]) -> list[dict[str, Any]]:
    """The history of every HelmRelease, read from its status; nothing of it comes from a Secret."""
    return [_history(fact) for fact in facts if fact.kind == "HelmRelease" and fact.release is not None]


def _history(fact: Facts) -> dict[str, Any]:
    release = fact.release or Release(fact.name, fact.namespace, fact.namespace)
    return {
        "namespace": fact.namespace,
        "name": fact.name,
        "release_name": release.name,
        "storage_namespace": release.storage_namespace,
        "release_namespace": release.release_namespace,
        "revisions": [{key: row[key] for key in row if key != "oci_digest"} for row in fact.revisions],
    }


def runs_artifact(revision: Mapping[str, Any], artifact: str, artifact_digest: str = "") -> bool:
    """Whether a release revision came from the artifact with this revision.

    A HelmChart's artifact is named by the chart version. An OCIRepository's is tag@algorithm:digest, of which
    helm-controller keeps twelve hex digits as build metadata, or the whole digest beside the version.
    """
    running = _plain(str(revision.get("chart_version") or ""))
    tag, at, digest = artifact.rpartition("@")
    if not at and ":" not in artifact:
        return running == _plain(artifact)
    digest_hex = (digest if at else artifact).rpartition(":")[2]
    version, _plus, metadata = running.partition("+")
    if _DIGEST_PART.match(metadata):
        return digest_hex.startswith(metadata)
    known = str(revision.get("oci_digest") or "").rpartition(":")[2]
    if known:
        return known in (digest_hex, artifact_digest.rpartition(":")[2])
    # Digest tracking is off: the version is all there is.
    return not tag or version == _plain(tag.replace("_", "+")).partition("+")[0]


def _plain(version: str) -> str:
    return version[1:] if version[:1] == "v" and version[1:2].isdigit() else version
