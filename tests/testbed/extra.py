"""Clusters beyond the fleet, for tests that need one without Flux, or with nothing in it."""

from __future__ import annotations

from .cluster import Cluster
from .flux import render_manifests
from .lifecycle import ensure_programs, exclusively
from .paths import SEED
from .readiness import deployments_ready, wait_until
from .testbed import Testbed


def make_cluster(bed: Testbed, name: str, *, crds: bool, flux: bool) -> Cluster:
    cluster = bed.cluster(name)
    with exclusively():
        bed.start_apiservers([cluster])
        cluster.apply((SEED / "access.yaml").read_text())
        if crds or flux:
            _install(bed, cluster, controllers=flux)
        bed.describe()
    return cluster


def _install(bed: Testbed, cluster: Cluster, *, controllers: bool) -> None:
    manifests, running = ensure_programs(bed)
    rendered = render_manifests(bed.paths, manifests, running).read_text()
    if not controllers:
        kinds = [text for text in rendered.split("\n---\n") if "kind: CustomResourceDefinition" in text]
        cluster.apply("\n---\n".join(kinds), manager="flux")
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        return
    bed.start_nodes(cluster, manifests)
    bed.install_flux(cluster, render_manifests(bed.paths, manifests, running))
    bed.start_controllers(cluster, running)
    wait_until(lambda: deployments_ready(cluster), 60, f"the Flux controllers of {cluster.name}")


def remove_cluster(bed: Testbed, name: str) -> None:
    with exclusively():
        bed.remove(bed.cluster(name))
        bed.describe()
