"""Nodes without machines: kwok makes their Pods run, and a small endpoint hands out the logs of those Pods."""

from __future__ import annotations

import sys
from pathlib import Path

from .cluster import Cluster
from .manifests import Manifests
from .paths import CHECKOUT
from .ports import Ports
from .processes import Spec

NODE = """\
apiVersion: v1
kind: Node
metadata:
  name: node-1
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/os: linux, kubernetes.io/arch: amd64, kubernetes.io/hostname: node-1, type: kwok}
"""


def node_specs(cluster: Cluster, ports: Ports, manifests: Manifests) -> list[Spec]:
    """kwok, and the logs it lets the nodes point to.

    kwok serves logs too, but only by the full name of a Pod, and those of a Deployment have random names.
    """
    port = ports.port(f"{cluster.name}.kubelet")
    kwok = [
        str(cluster.paths.bin / "kwok"), "--kubeconfig", str(cluster.kubeconfig("kwok")), "--manage-all-nodes",
        "--node-ip", "127.0.0.1", "--node-port", str(port),
        # Else it takes the port of the nodes itself, on all addresses.
        "--server-address", f"127.0.0.1:{ports.port(f'{cluster.name}.kwok')}", "-c", str(manifests.kwok_stages),
    ]  # fmt: skip
    kubelet = [
        sys.executable, "-m", "tests.testbed.kubelet", str(port), str(cluster.folder / "pki"), cluster.name,
        str(cluster.paths.logs),
    ]  # fmt: skip
    return [
        Spec(f"{cluster.name}.kwok", kwok, _log(cluster, "kwok"), cluster.folder, {"HOME": str(cluster.folder)}),
        Spec(f"{cluster.name}.kubelet", kubelet, _log(cluster, "kubelet"), CHECKOUT),
    ]


def _log(cluster: Cluster, name: str) -> Path:
    return cluster.paths.log(f"{cluster.name}.{name}")
