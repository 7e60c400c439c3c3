"""Revisions of a Helm release, packed into Secrets as Helm packs them, and unpacked again."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored, stored_of

Json = dict[str, Any]


def packed(release: Json, status: str = "deployed", namespace: str = "apps") -> Json:
    """The Secret of one revision. release: its JSON, as Helm writes it."""
    name, revision = release["name"], release["version"]
    inner = base64.b64encode(gzip.compress(json.dumps(release).encode()))
    labels = {"owner": "helm", "name": name, "status": status, "version": str(revision)}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {"name": f"sh.helm.release.v1.{name}.v{revision}", "namespace": namespace, "labels": labels},
        "data": {"release": base64.b64encode(inner).decode()},
    }


def release(revision: int, status: str, description: str = "Upgrade complete", **more: Any) -> Json:
    """A revision of the release web; its chart version is 1.0.<revision> unless said otherwise."""
    chart = {"name": "web", "version": more.pop("chart_version", f"1.0.{revision}"), "appVersion": "7"}
    info = {
        "first_deployed": "2026-11-20T10:00:00Z",
        "last_deployed": f"2026-11-20T10:{revision:02}:00Z",
        "status": status,
        "description": description,
    }
    told = {"name": "web", "namespace": "apps", "version": revision, "info": info, "chart": {"metadata": chart}}
    return {**told, "config": {}, "manifest": f"# {chart['version']}\n", "hooks": [], "apply_method": "ssa", **more}


def revision(number: int, status: str, description: str = "Upgrade complete", **more: Any) -> Stored:
    return stored_of(packed(release(number, status, description, **more), status))
