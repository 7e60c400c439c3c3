"""Asking Flux to look now."""

from __future__ import annotations

import time

from .cluster import Cluster


def request_reconcile(cluster: Cluster, kind: str, namespace: str, name: str) -> None:
    token = f"reconcile.fluxcd.io/requestedAt={time.time_ns()}"
    cluster.kubectl("-n", namespace, "annotate", "--overwrite", "--field-manager=flux", kind, name, token)


def request_sync(cluster: Cluster) -> None:
    """The root source: a new commit then arrives at once, not within its interval."""
    request_reconcile(cluster, "gitrepository", "flux-system", "flux-system")
