# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A revision of a Helm release as Helm keeps it: one Secret each, packed, values included.

What is read here never leaves the process whole: values may hold secrets, and so may manifests.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows

# https://github.com/helm/helm/blob/v4.2.4/pkg/storage/driver/util.go
_GZIPPED = b"\x1f\x8b\x08"
# Labels Helm sets itself; any other one it carries over from revision to revision.
SYSTEM_LABELS = frozenset({"name", "owner", "status", "version", "createdAt", "modifiedAt"})
DEPLOYED, SUPERSEDED, FAILED = "deployed", "superseded", "failed"
PENDING = frozenset({"pending-install", "pending-upgrade", "pending-rollback"})
SSA = "ssa"
_API_VERSION = re.compile(r"^apiVersion:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)


class Hook(NamedTuple):
    """A manifest that Helm runs at certain moments instead of keeping it in the release."""

    kind: str
    name: str
    namespace: str
    events: tuple[str, ...]
    # Empty when its manifest does not say.
    api_version: str = ""


@dataclass(frozen=True)
class Stored:
    """One revision in storage. config and manifest are kept out of any text made of it."""

    revision: int
    status: str
    namespace: str
    chart: str
    chart_version: str
    app_version: str
    first_deployed: str | None
    deployed_at: str | None
    description: str
    # "ssa", "csa", or None: written by a Helm that did not know the difference, which is client-side apply.
    apply_method: str | None
    labels: Mapping[str, str]
    hooks: tuple[Hook, ...]
    config: Mapping[str, Any] = field(repr=False)
    manifest: str = field(repr=False)

    @property
    def is_pending(self) -> bool:
        return self.status in PENDING


def stored_of(secret: Mapping[str, Any]) -> Stored:
    """What a Secret of Helm's storage holds; InvalidInput when it cannot be unpacked."""
    metadata = mapping(secret.get("metadata"))
    release = _unpacked(secret, f"{metadata.get('namespace')}/{metadata.get('name')}")
    info, chart = mapping(release.get("info")), mapping(mapping(release.get("chart")).get("metadata"))
    labels = {key: str(value) for key, value in mapping(metadata.get("labels")).items() if key not in SYSTEM_LABELS}
    return Stored(
        revision=int(release.get("version") or 0),
        status=str(info.get("status") or "unknown"),
        namespace=str(release.get("namespace") or ""),
        chart=str(chart.get("name") or ""),
        chart_version=str(chart.get("version") or ""),
        app_version=str(chart.get("appVersion") or ""),
        first_deployed=info.get("first_deployed") or None,
        deployed_at=info.get("last_deployed") or None,
        description=str(info.get("description") or ""),
        apply_method=release.get("apply_method") or None,
        labels=labels,
        hooks=tuple(_hook(row) for row in rows(release.get("hooks"))),
        config=mapping(release.get("config")),
        manifest=str(release.get("manifest") or ""),
    )


def _unpacked(secret: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    try:
        packed = base64.b64decode(base64.b64decode(str(mapping(secret.get("data"))["release"])))
        release = json.loads(gzip.decompress(packed) if packed.startswith(_GZIPPED) else packed)
    except (KeyError, ValueError, OSError, EOFError, zlib.error, binascii.Error):
        # Without the cause: it quotes what it could not read.
        release = None
    if not isinstance(release, dict):
        raise InvalidInput(f"Secret {name} is not a revision Helm could read.", "Look at it: kubectl get secret.")
    return release


def _hook(row: Mapping[str, Any]) -> Hook:
    events = tuple(str(event) for event in row.get("events") or ())
    kind, name, namespace = (str(row.get(key) or "") for key in ("kind", "name", "namespace"))
    version = _API_VERSION.search(str(row.get("manifest") or ""))
    return Hook(kind, name, namespace, events, version[1] if version else "")
