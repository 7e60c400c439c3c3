"""Two thousand objects in one call: Kustomizations, and Receivers, whose controller needs a moment for each."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.readiness import condition_of
from tests.testbed.testbed import FLEET

from .desk import AGENT
from .figures import Figure
from .memory import process_of
from .moving import NAMESPACE, Branch, Json, behind, many
from .timing import Run
from .writing import create_all

KUSTOMIZATIONS, RECEIVERS = 100, 1900
KIND = ("notification.toolkit.fluxcd.io", "v1", "receivers")
LIST = f"/apis/{KIND[0]}/{KIND[1]}/namespaces/{NAMESPACE}/{KIND[2]}"
SECRET = f"""\
apiVersion: v1
kind: Secret
metadata: {{name: webhook-token, namespace: {NAMESPACE}}}
stringData: {{token: benchmark}}
"""
# A watch lasts so long, then the next one goes on from there.
WATCH_SECONDS = 50
MEGABYTES = 400.0


def bulk_figures(bed: Bed, moving: Branch) -> list[Figure]:
    """One run of flux_reconcile: its memory, and its watches."""
    cluster = bed.cluster(FLEET[0])
    with behind(bed, moving, {cluster.name: many(KUSTOMIZATIONS)}):
        _receivers(bed, cluster)
        before, mark = _asked(cluster), bed.mark(cluster.name)
        run = _run(bed, cluster)
        watches = [
            request for request in bed.audit(cluster.name, mark)
            if request.verb == "watch" and request.agent.startswith(AGENT)
        ]  # fmt: skip
        still = before & _asked(cluster)
    if still:
        raise RuntimeError(f"{len(still)} Receivers were not reconciled")
    single = sorted({request.uri for request in watches if request.name or "fieldSelector" in request.uri})
    if single:
        raise RuntimeError(f"a watch for one object: {single[0]}")
    number = KUSTOMIZATIONS + RECEIVERS
    name = f"flux_reconcile of {number:,} objects in one call"
    turns = 1 + int(run.wall // WATCH_SECONDS)
    kinds = len({request.resource for request in watches})
    detail = f"{kinds} kinds, {turns} times {WATCH_SECONDS} s"
    return [
        Figure(f"peak memory of {name}", run.peak, "MB", MEGABYTES, f"{run.wall:.0f} s"),
        Figure(f"watches of {name}", len(watches), "", float(len(KINDS) * turns), detail),
    ]


def _run(bed: Bed, cluster: Cluster) -> Run:
    parameters: dict[str, Any] = {
        "kubeconfig": str(bed.kubeconfig),
        "context": cluster.context,
        "kinds": ["Kustomization", "Receiver"],
        "namespaces": [NAMESPACE],
        "timeout": 900,
        "request_timeout": 60,
    }
    run = process_of("flux_reconcile", parameters)
    if run.code != 0:
        raise RuntimeError(f"flux_reconcile ended with {run.code}")
    return run


def _receivers(bed: Bed, cluster: Cluster) -> None:
    """All of them ready."""
    cluster.apply(SECRET)
    create_all(cluster, KIND, NAMESPACE, map(_receiver, range(RECEIVERS)))
    bed.wait(partial(_all_ready, cluster), 600, f"{RECEIVERS} Receivers")


def _receiver(number: int) -> Json:
    return {
        "apiVersion": f"{KIND[0]}/{KIND[1]}",
        "kind": "Receiver",
        "metadata": {"name": f"receiver-{number:04d}"},
        "spec": {
            "type": "generic",
            "interval": "1h",
            "secretRef": {"name": "webhook-token"},
            "resources": [{"kind": "GitRepository", "name": NAMESPACE}],
        },
    }


def _items(cluster: Cluster) -> list[Json]:
    items: list[Json] = cluster.get(LIST, timeout=60)["items"]
    return items


def _all_ready(cluster: Cluster) -> bool:
    return [condition_of(item, "Ready").get("status") for item in _items(cluster)] == ["True"] * RECEIVERS


def _asked(cluster: Cluster) -> set[tuple[str, str]]:
    """Each Receiver with the request it has handled last."""
    handled = (
        (item["metadata"]["name"], item.get("status", {}).get("lastHandledReconcileAt", "")) for item in _items(cluster)
    )
    return set(handled)
