# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions of charts, as a HelmRelease asks for them, a source offers them, and Helm stores them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping

Item = Mapping[str, Any]

# helm-controller adds twelve hex digits of an artifact's digest, source-controller twelve of a commit.
_DIGEST_PART = re.compile(r"\+([0-9a-f]{12})(?:\.[0-9]+)?\Z")
# With valuesFiles source-controller adds the generation of the HelmChart.
_GENERATION = re.compile(r"\+[0-9]+\Z")
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\Z")
_DIGEST_KEPT = 12
_OCI_VERSION = "org.opencontainers.image.version"
# What decides which chart a HelmChart fetches.
CHOOSING = ("chart", "version", "sourceRef", "reconcileStrategy", "valuesFiles", "ignoreMissingValuesFiles", "verify")


class Version(NamedTuple):
    """number: without the digest. digest: its first twelve hex digits. None: not known, or there is none."""

    number: str | None
    digest: str | None

    def __str__(self) -> str:
        return "+".join(part for part in self if part)


def version_of(text: str) -> Version:
    """The version of a stored revision, or of the artifact of a HelmChart."""
    part = _DIGEST_PART.search(text)
    number = text[: part.start()] if part else _GENERATION.sub("", text)
    return Version(_without_v(number) or None, part[1] if part else None)


def exact_version(asked: str | None) -> str | None:
    """The one version that is asked for; None where it is a range."""
    return _without_v(asked) if asked and _EXACT.match(asked) else None


def is_current(item: Item | None) -> bool:
    """Whether a source has an artifact, and it is of what its spec asks for now."""
    if item is None:
        return False
    metadata, status = mapping(item.get("metadata")), mapping(item.get("status"))
    return bool(status.get("artifact")) and status.get("observedGeneration") == metadata.get("generation")


def artifact_version(item: Item | None) -> Version:
    """What a HelmChart or OCIRepository offers; nothing as long as that is not what its spec asks for."""
    if item is None or not is_current(item):
        return Version(None, None)
    artifact = mapping(mapping(item.get("status")).get("artifact"))
    revision = str(artifact.get("revision") or "")
    if ":" not in revision:
        return version_of(revision)
    tag, _at, digest = revision.rpartition("@")
    said = mapping(artifact.get("metadata")).get(_OCI_VERSION)
    return Version(exact_version(str(said or tag.replace("_", "+"))), digest.rpartition(":")[2][:_DIGEST_KEPT] or None)


def short_digest(digest: str | None) -> str | None:
    """sha256:0123… as helm-controller shortens it."""
    return digest.rpartition(":")[2][:_DIGEST_KEPT] if digest else None


def templated_chart(spec: Item) -> dict[str, Any] | None:
    """The spec of the HelmChart that helm-controller makes of a HelmRelease; None where it makes none."""
    template = mapping(mapping(spec.get("chart")).get("spec"))
    if not template:
        return None
    source = mapping(template.get("sourceRef"))
    kept = {key: template[key] for key in CHOOSING if key in template and key != "sourceRef"}
    return {
        "version": "*",
        **kept,
        "interval": template.get("interval") or spec.get("interval"),
        "sourceRef": {"kind": source.get("kind"), "name": source.get("name")},
    }


def is_of_template(item: Item | None, template: Item | None) -> bool:
    """Whether a HelmChart is what helm-controller would make of the HelmRelease as it is now."""
    if item is None or template is None:
        return False
    found = mapping(item.get("spec"))
    return all(_chosen(key, found.get(key)) == _chosen(key, template.get(key)) for key in CHOOSING)


def _chosen(key: str, value: Any) -> Any:
    if key == "sourceRef":
        return mapping(value).get("kind"), mapping(value).get("name")
    return value or None


def _without_v(version: str) -> str:
    return version[1:] if version[:1] == "v" and version[1:2].isdigit() else version
