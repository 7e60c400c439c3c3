"""etcd, and per cluster an API server with its controller manager and scheduler."""

from __future__ import annotations

from pathlib import Path

from .cluster import Cluster
from .credentials import INFRASTRUCTURE
from .paths import Paths
from .ports import Ports
from .processes import Spec

_AUDIT_POLICY = f"""\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  userGroups: ["{INFRASTRUCTURE}"]
- level: None
  users: ["system:apiserver"]
- level: Metadata
"""
_CONTROLLERS = (
    "deployment-controller,replicaset-controller,namespace-controller,garbage-collector-controller,"
    "serviceaccount-controller,job-controller,endpointslice-controller"
)


def etcd_spec(paths: Paths, ports: Ports, guard: int | None) -> Spec:
    """One etcd for all clusters. It also holds the socket that guards the ports."""
    client, peer = ports.url("etcd"), ports.url("etcd-peer")
    argv = [
        str(paths.bin / "etcd"), "--unsafe-no-fsync", "--log-level", "warn",
        "--data-dir", str(paths.run / "etcd"),
        "--listen-client-urls", client, "--advertise-client-urls", client,
        "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
    ]  # fmt: skip
    return Spec("etcd", argv, paths.log("etcd"), paths.run, inherits=guard)


def apiserver_spec(cluster: Cluster, ports: Ports) -> Spec:
    paths, folder = cluster.paths, cluster.folder
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / "audit-policy.yaml"
    policy.write_text(_AUDIT_POLICY)
    # New with new credentials: a cluster that is made again under its old name starts empty.
    prefix = f"/{cluster.name}-{cluster.credentials.token('testbed')[:8]}"
    # The key it makes for its certificate signs service account tokens too: nothing here outlives the test bed.
    key = str(folder / "pki" / "apiserver.key")
    argv = [
        str(paths.bin / "kube-apiserver"),
        "--etcd-servers", ports.url("etcd"), "--etcd-prefix", prefix,
        "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1",
        "--secure-port", str(ports.port(f"{cluster.name}.apiserver")),
        "--cert-dir", str(folder / "pki"),
        "--service-account-issuer", "https://kubernetes.default.svc",
        "--service-account-key-file", key, "--service-account-signing-key-file", key,
        "--service-cluster-ip-range", "10.0.0.0/24",
        "--token-auth-file", str(cluster.credentials.csv), "--authorization-mode", "RBAC",
        # No kubelet taints or untaints nodes here, no controller counts quotas or mints tokens.
        "--disable-admission-plugins", "ServiceAccount,TaintNodesByCondition,ResourceQuota",
        "--audit-policy-file", str(policy), "--audit-log-path", str(paths.audit_log(cluster.name)),
        "--kubelet-preferred-address-types", "InternalIP",
        "--profiling=false", "--v", "0",
    ]  # fmt: skip
    return Spec(f"{cluster.name}.apiserver", argv, paths.log(f"{cluster.name}.apiserver"), folder)


def control_plane_specs(cluster: Cluster) -> list[Spec]:
    """What makes Pods of Deployments, really deletes namespaces, and finds Pods a node."""
    manager = [
        *_program(cluster, "kube-controller-manager"),
        "--controllers", _CONTROLLERS, "--kube-api-qps", "500", "--kube-api-burst", "1000",
        "--cert-dir", str(cluster.folder / "kube-controller-manager"),
    ]  # fmt: skip
    scheduler = [*_program(cluster, "kube-scheduler"), "--cert-dir", str(cluster.folder / "kube-scheduler")]
    return [
        _spec(cluster, "kube-controller-manager", manager),
        _spec(cluster, "kube-scheduler", scheduler),
    ]


def _program(cluster: Cluster, name: str) -> list[str]:
    program, config = str(cluster.paths.bin / name), str(cluster.kubeconfig(name))
    return [program, "--kubeconfig", config, "--leader-elect=false", "--secure-port", "0"]


def _spec(cluster: Cluster, name: str, argv: list[str]) -> Spec:
    log: Path = cluster.paths.log(f"{cluster.name}.{name}")
    return Spec(f"{cluster.name}.{name}", argv, log, cluster.folder)
