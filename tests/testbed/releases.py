"""Helm releases as something that died in the middle of its work leaves them behind."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from .testbed import Testbed

_PENDING = "pending-upgrade"


def leave_pending(bed: Testbed, cluster: str, namespace: str, name: str) -> None:
    """One more revision of a release, in the middle of an upgrade, in a Secret that nobody may change any more.

    Without the latter helm-controller would put it in order at once.
    """
    newest = max(_secrets(bed, cluster, namespace, name), key=lambda item: int(item["metadata"]["labels"]["version"]))
    release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(newest["data"]["release"]))))
    release["version"] += 1
    release["info"] |= {"status": _PENDING, "description": "Preparing upgrade"}
    labels = newest["metadata"]["labels"] | {"status": _PENDING, "version": str(release["version"])}
    packed = base64.b64encode(gzip.compress(json.dumps(release).encode()))
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": newest["type"],
        "immutable": True,
        "metadata": {"name": f"sh.helm.release.v1.{name}.v{release['version']}", "namespace": namespace}
        | {"labels": labels},
        "data": {"release": base64.b64encode(packed).decode()},
    }
    bed.cluster(cluster).kubectl("create", "-f", "-", stdin=json.dumps(secret))


def remove_pending(bed: Testbed, cluster: str, namespace: str, name: str) -> None:
    selector = f"owner=helm,name={name},status={_PENDING}"
    bed.cluster(cluster).kubectl("-n", namespace, "delete", "secrets", "-l", selector, check=False)


def _secrets(bed: Testbed, cluster: str, namespace: str, name: str) -> list[dict[str, Any]]:
    path = f"/api/v1/namespaces/{namespace}/secrets?labelSelector=owner%3Dhelm%2Cname%3D{name}"
    items: list[dict[str, Any]] = bed.cluster(cluster).get(path)["items"]
    return items
