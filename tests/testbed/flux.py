"""Flux on a cluster: its manifests as any cluster has them, and its controllers as processes of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import yaml

from .catalogue import FLUX
from .cluster import Cluster
from .errors import TestbedError
from .manifests import Manifests
from .paths import PROGRAMS, Paths
from .ports import Ports
from .processes import Spec

REQUIRED = ("source-controller", "kustomize-controller", "helm-controller")
# Deployed whether or not a process of it runs: without it a cluster counts as incomplete.
_ALWAYS_DEPLOYED = (*REQUIRED, "notification-controller")
_ALL = (*_ALWAYS_DEPLOYED, "image-reflector-controller", "image-automation-controller", "source-watcher")
_NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: flux-system}\n"
# Retries within seconds, so that tests need no minutes.
_QUICK = ("--min-retry-delay=750ms", "--max-retry-delay=10s", "--interval-jitter-percentage=0")
_NO_JITTER = {"notification-controller", "image-reflector-controller"}


def pinned_version(controller: str) -> str | None:
    """The version programs/**/go.mod pins, which is what runs."""
    for folder in (PROGRAMS, PROGRAMS / controller.removesuffix("-controller")):
        file = folder / "go.mod"
        found = re.search(rf"fluxcd/{controller} (v\S+)", file.read_text()) if file.exists() else None
        if found:
            return found[1]
    return None


def render_manifests(paths: Paths, manifests: Manifests, running: tuple[str, ...]) -> Path:
    """What `flux install` would apply, as one file: images as the programs that really run, all CRDs."""
    folder = paths.run / "flux"
    rendered = folder / "rendered.yaml"
    if rendered.exists():
        return rendered
    folder.mkdir(parents=True)
    sources = [*manifests.flux.glob("*.yaml"), *manifests.operator_crds.glob("*.yaml")]
    for file in sources:
        shutil.copyfile(file, folder / file.name)
    (folder / "namespace.yaml").write_text(_NAMESPACE)
    resources = ["namespace.yaml", *sorted(file.name for file in sources if file.name != "kustomization.yaml")]
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(_kustomization(resources, running)))
    command = [str(paths.bin / "kubectl"), "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TestbedError(f"the manifests of Flux cannot be built: {done.stderr.strip()}")
    rendered.write_text(done.stdout)
    return rendered


def _kustomization(resources: list[str], running: tuple[str, ...]) -> dict[str, object]:
    labels = {
        "app.kubernetes.io/instance": "flux-system",
        "app.kubernetes.io/part-of": "flux",
        "app.kubernetes.io/version": FLUX,
    }
    deployed = {*_ALWAYS_DEPLOYED, *running}
    images = [
        {"name": f"fluxcd/{name}", "newName": f"ghcr.io/fluxcd/{name}", "newTag": pinned_version(name)}
        for name in sorted(deployed)
        if pinned_version(name)
    ]
    return {
        "namespace": "flux-system",
        "resources": resources,
        "labels": [{"pairs": labels}],
        "images": images,
        "patches": [patch for name in _ALL if name not in deployed for patch in _left_out(name)],
    }


def _left_out(controller: str) -> list[dict[str, object]]:
    """Of a controller that does not run only the CRDs are applied."""
    delete = "$patch: delete\nkind: Any\nmetadata: {name: any}\n"
    return [
        {"target": {"kind": kind, "name": controller}, "patch": delete} for kind in ("Deployment", "ServiceAccount")
    ]


def controller_specs(cluster: Cluster, ports: Ports, running: tuple[str, ...]) -> list[Spec]:
    return [_controller(cluster, ports, name, running) for name in running]


def _controller(cluster: Cluster, ports: Ports, name: str, running: tuple[str, ...]) -> Spec:
    key = f"{cluster.name}.{name}"
    folder = cluster.folder / name
    for part in ("tmp", "data"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    events = ports.url(f"{cluster.name}.notification") + "/" if "notification-controller" in running else ""
    argv = [
        str(cluster.paths.bin / name),
        "--metrics-addr=0",
        f"--health-addr=127.0.0.1:{ports.port(f'{key}.health')}",
        "--log-level=info",
        "--log-encoding=json",
        *(_QUICK[:2] if name in _NO_JITTER else _QUICK),
        *_own_flags(cluster, ports, name, folder, events),
    ]
    env = {
        "KUBECONFIG": str(cluster.kubeconfig(name)),
        "RUNTIME_NAMESPACE": "flux-system",
        # Each its own: kustomize-controller clears its temporary folder when it starts.
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder),
    }
    return Spec(key, argv, cluster.paths.log(key), folder, env)


def _own_flags(cluster: Cluster, ports: Ports, name: str, folder: Path, events: str) -> list[str]:
    storage = f"127.0.0.1:{ports.port(f'{cluster.name}.artifacts')}"
    sends_events = [f"--events-addr={events}"]
    waits = ["--requeue-dependency=5s"]
    return {
        "source-controller": [
            *sends_events, *waits, f"--storage-path={folder / 'data'}", f"--storage-addr={storage}",
            f"--storage-adv-addr={storage}",
        ],
        "kustomize-controller": [*sends_events, *waits, "--http-retry=2"],
        "helm-controller": [*sends_events, *waits, "--http-retry=2", "--graceful-shutdown-timeout=5s"],
        "notification-controller": [
            f"--events-addr=127.0.0.1:{ports.port(f'{cluster.name}.notification')}",
            f"--receiverAddr=127.0.0.1:{ports.port(f'{cluster.name}.receiver')}",
        ],
        "image-reflector-controller": [*sends_events, f"--storage-path={folder / 'data'}"],
    }[name]  # fmt: skip
