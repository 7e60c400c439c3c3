"""One test bed: its clusters, ports and processes, and starting and ending them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from .apiserver import apiserver_spec, control_plane_specs, etcd_spec
from .cluster import FORBIDDEN, Cluster
from .errors import TestbedError
from .fleet import charts_spec, git_spec, registry_spec
from .flux import controller_specs
from .kubeconfig import Entry, config_of
from .manifests import Manifests
from .nodes import NODE, node_specs
from .paths import SEED, Paths
from .ports import Ports
from .processes import Processes
from .readiness import wait_until

FLEET = ("ottawa", "robbinsdale", "stpetersburg")
_PORTS = ("etcd", "etcd-peer", "git", "charts", "registry")


def in_parallel(work: Callable[[Cluster], None], clusters: Iterable[Cluster]) -> None:
    """The first failure is raised once all are done."""
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(work, cluster) for cluster in clusters]:
            done.result()


class Testbed:
    __test__ = False

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.processes = Processes(paths.run / "processes")

    @cached_property
    def ports(self) -> Ports:
        return Ports(self.paths.run / "ports.json")

    def cluster(self, name: str) -> Cluster:
        return Cluster(name, self.paths, f"https://127.0.0.1:{self.ports.port(f'{name}.apiserver')}")

    def fleet(self) -> list[Cluster]:
        return [self.cluster(name) for name in FLEET]

    def extras(self) -> list[Cluster]:
        """Clusters that tests asked for beyond the fleet."""
        servers = (name.removesuffix(".apiserver") for name in self.processes.names() if name.endswith(".apiserver"))
        return [self.cluster(name) for name in servers if name not in {*FLEET, FORBIDDEN}]

    def all_clusters(self) -> list[Cluster]:
        return [*self.fleet(), *self.extras(), self.cluster(FORBIDDEN)]

    def link_programs(self, programs: dict[str, Any]) -> None:
        self.paths.bin.mkdir(parents=True, exist_ok=True)
        for name, target in programs.items():
            link = self.paths.bin / name
            if not (link.is_symlink() and link.readlink() == target):
                link.unlink(missing_ok=True)
                link.symlink_to(target)

    def start_servers(self) -> None:
        """Etcd and everything that is there once for all clusters."""
        if not self.processes.is_running("etcd"):
            with self.ports.claim() as guard:
                for name in _PORTS:
                    self.ports.port(name)
                self.processes.start(etcd_spec(self.paths, self.ports, guard.fileno()))
        for spec in (git_spec, charts_spec, registry_spec):
            self.processes.start(spec(self.paths, self.ports))

    def start_apiservers(self, clusters: Iterable[Cluster]) -> None:
        wanted = list(clusters)
        for cluster in wanted:
            self.processes.start(apiserver_spec(cluster, self.ports))
        for cluster in wanted:
            wait_until(cluster.is_ready, 90, f"the API server of {cluster.name} (log: {self.paths.logs})", every=0.1)

    def start_nodes(self, cluster: Cluster, manifests: Manifests) -> None:
        for spec in [*control_plane_specs(cluster), *node_specs(cluster, self.ports, manifests)]:
            self.processes.start(spec)

    def install_flux(self, cluster: Cluster, rendered: Path) -> None:
        text = "\n---\n".join([NODE, (SEED / "access.yaml").read_text(), rendered.read_text()])
        cluster.apply(text, manager="flux")
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")

    def start_controllers(self, cluster: Cluster, running: tuple[str, ...]) -> None:
        for spec in controller_specs(cluster, self.ports, running):
            self.processes.start(spec)

    def require_running(self) -> None:
        """Complains about processes that ended by themselves, with the end of their logs."""
        for name in self.processes.names():
            if not self.processes.is_running(name):
                log = self.paths.log(name)
                tail = "\n  ".join(log.read_text(errors="replace").splitlines()[-5:])
                raise TestbedError(f"{name} ended by itself; {log} ends with:\n  {tail}")

    def describe(self) -> None:
        """Writes kubeconfig and testbed.json, which is what others rely on."""
        entries: list[Entry] = []
        for cluster in [*self.fleet(), *self.extras()]:
            roles = (
                (cluster.context, "admin"),
                (f"viewer-{cluster.name}", "viewer"),
                (f"nobody-{cluster.name}", "nobody"),
            )
            entries += [self._entry(cluster, context, role) for context, role in roles]
        forbidden = self.cluster(FORBIDDEN)
        entries.append(self._entry(forbidden, forbidden.context, "admin"))
        self.paths.kubeconfig.write_text(yaml.safe_dump(config_of(entries, forbidden.context), sort_keys=False))
        self.paths.kubeconfig.chmod(0o600)
        self.paths.description.write_text(json.dumps(self._description(), indent=2) + "\n")

    def _entry(self, cluster: Cluster, context: str, role: str) -> Entry:
        return context, self.address(cluster), cluster.certificate, cluster.credentials.token(role)

    def address(self, cluster: Cluster) -> str:
        """Where others reach a cluster: its server, or what a fault has put in front of it."""
        detour = f"{cluster.name}.detour"
        return f"https://127.0.0.1:{self.ports.port(detour)}" if self.processes.is_running(detour) else cluster.server

    def _description(self) -> dict[str, Any]:
        return {
            "kubeconfig": str(self.paths.kubeconfig),
            "git_url": self.ports.url("git") + "/fleet.git",
            "charts_url": self.ports.url("charts"),
            "oci_url": f"oci://127.0.0.1:{self.ports.port('registry')}",
            "clusters": {cluster.name: self._facts(cluster) for cluster in [*self.fleet(), *self.extras()]},
            "forbidden": self._facts(self.cluster(FORBIDDEN)),
        }

    def _facts(self, cluster: Cluster) -> dict[str, str]:
        return {
            "context": cluster.context,
            "server": self.address(cluster),
            "uid": self._uid(cluster),
            "audit_log": str(self.paths.audit_log(cluster.name)),
        }

    def _uid(self, cluster: Cluster) -> str:
        """Asked once: a server that a fault has stopped cannot be asked."""
        file = cluster.folder / "uid"
        if not file.exists():
            file.write_text(cluster.uid())
        return file.read_text()

    def is_client(self, process: str) -> bool:
        """Whether it runs, and talks to the API server of its cluster."""
        part = process.rpartition(".")[2]
        return part not in {"apiserver", "kubelet", "detour"} and self.processes.is_running(process)

    def remove(self, cluster: Cluster) -> None:
        """Ends one cluster's processes and forgets it."""
        names = [name for name in self.processes.names() if name.startswith(f"{cluster.name}.")]
        self.processes.stop(names, grace=0.0)
        for name in names:
            self.processes.forget(name)
        shutil.rmtree(cluster.folder, ignore_errors=True)

    def end(self) -> int:
        """Ends every process and removes everything: their number. Nothing that is lost here is worth a clean stop."""
        running = [name for name in self.processes.names() if self.processes.is_running(name)]
        self.processes.stop(self.processes.names(), grace=0.0)
        shutil.rmtree(self.paths.home, ignore_errors=True)
        return len(running)
