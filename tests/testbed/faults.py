"""What can be broken, each with its inverse. A fault in force is remembered, so anyone can undo it later."""

from __future__ import annotations

import json
import secrets
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .flags import add_flags, remove_flags
from .paths import CHECKOUT
from .processes import Spec
from .readiness import wait_until
from .releases import leave_pending, remove_pending
from .testbed import Testbed

_FLUX = "flux-system"


@dataclass(frozen=True)
class Fault:
    """`inject` and `undo` take the same arguments, all of them text."""

    inject: Callable[..., None]
    undo: Callable[..., None]
    about: str


def _stop(name: str) -> Callable[[Testbed], None]:
    return lambda bed: bed.processes.stop([name])


def _restart(name: str) -> Callable[[Testbed], None]:
    return lambda bed: bed.processes.restart(name)


def _set_git_rule(bed: Testbed, cluster: str, rule: dict[str, Any] | None) -> None:
    file = bed.paths.git_rules
    rules = json.loads(file.read_text()) if file.exists() else {}
    rules.pop(cluster, None)
    file.write_text(json.dumps(rules | ({cluster: rule} if rule else {})))


def ask_for_password(bed: Testbed, cluster: str = "*", password: str = "") -> None:
    """By default one other than that in the clusters' Git Secret."""
    _set_git_rule(bed, cluster, {"password": password or secrets.token_hex(8)})


def ask_for_no_password(bed: Testbed, cluster: str = "*", password: str = "") -> None:  # noqa: ARG001 (see Fault)
    _set_git_rule(bed, cluster, None)


def hang_git(bed: Testbed, cluster: str = "*") -> None:
    _set_git_rule(bed, cluster, {"hang": True})


def unhang_git(bed: Testbed, cluster: str = "*") -> None:
    _set_git_rule(bed, cluster, None)


def stop_controller(bed: Testbed, cluster: str, name: str) -> None:
    """Its process ends *and* its Deployment has no pod: a node here would keep the pod ready without the process."""
    bed.cluster(cluster).kubectl("-n", _FLUX, "scale", "deployment", name, "--replicas=0")
    bed.processes.stop([f"{cluster}.{name}"], grace=3.0)
    _wait_for_pods(bed, cluster, name, 0)


def start_controller(bed: Testbed, cluster: str, name: str) -> None:
    bed.cluster(cluster).kubectl("-n", _FLUX, "scale", "deployment", name, "--replicas=1")
    bed.processes.restart(f"{cluster}.{name}")
    _wait_for_pods(bed, cluster, name, 1)


def _wait_for_pods(bed: Testbed, cluster: str, name: str, number: int) -> None:
    path = f"/api/v1/namespaces/{_FLUX}/pods?labelSelector=app%3D{name}"

    def arrived() -> bool:
        phases = [pod["status"]["phase"] for pod in bed.cluster(cluster).get(path)["items"]]
        return phases == ["Running"] * number

    wait_until(arrived, 30, f"{number} pods of {name} on {cluster}")


def hang_controller(bed: Testbed, cluster: str, name: str) -> None:
    """The process stops in its tracks; its pod stays ready, its log falls silent."""
    bed.processes.signal(f"{cluster}.{name}", signal.SIGSTOP)


def unhang_controller(bed: Testbed, cluster: str, name: str) -> None:
    bed.processes.signal(f"{cluster}.{name}", signal.SIGCONT)


def stop_apiserver(bed: Testbed, cluster: str) -> None:
    bed.processes.kill(f"{cluster}.apiserver")


def start_apiserver(bed: Testbed, cluster: str) -> None:
    """Its clients start anew too: after a while without a server they look for it only every half minute."""
    wait_until(lambda: _answers(bed, cluster), 60, f"the API server of {cluster}")
    clients = [name for name in bed.processes.names() if name.startswith(f"{cluster}.") and bed.is_client(name)]
    bed.processes.stop(clients, grace=2.0)
    for name in clients:
        bed.processes.restart(name)


def _answers(bed: Testbed, cluster: str) -> bool:
    """The port of a server that was killed stays taken a moment longer than its process can be seen."""
    if not bed.processes.is_running(f"{cluster}.apiserver"):
        bed.processes.restart(f"{cluster}.apiserver")
    return bed.cluster(cluster).is_ready()


def hang_apiserver(bed: Testbed, cluster: str) -> None:
    """It accepts connections and never says a word."""
    bed.processes.signal(f"{cluster}.apiserver", signal.SIGSTOP)


def unhang_apiserver(bed: Testbed, cluster: str) -> None:
    bed.processes.signal(f"{cluster}.apiserver", signal.SIGCONT)
    wait_until(bed.cluster(cluster).is_ready, 60, f"the API server of {cluster}")


def slow_apiserver(bed: Testbed, cluster: str, seconds: str = "1") -> None:
    """The kubeconfig leads through a proxy that delays every answer; the controllers keep the short way."""
    name = f"{cluster}.detour"
    ports = (bed.ports.port(name), bed.ports.port(f"{cluster}.apiserver"))
    argv = [sys.executable, "-m", "tests.testbed.detour", *map(str, ports), str(seconds)]
    bed.processes.start(Spec(name, argv, bed.paths.log(name), CHECKOUT))
    bed.describe()


def unslow_apiserver(bed: Testbed, cluster: str, seconds: str = "") -> None:  # noqa: ARG001 (see Fault)
    bed.processes.stop([f"{cluster}.detour"])
    bed.processes.forget(f"{cluster}.detour")
    bed.describe()


def hold_deletion(bed: Testbed, cluster: str, kind: str, namespace: str, name: str) -> None:
    """Deletes an object that something nobody answers for still holds on to."""
    _patch_finalizers(bed, cluster, (kind, namespace, name), ["example.internal/nobody-removes-this"])
    bed.cluster(cluster).kubectl("-n", namespace, "delete", kind, name, "--wait=false")


def let_deletion_go(bed: Testbed, cluster: str, kind: str, namespace: str, name: str) -> None:
    _patch_finalizers(bed, cluster, (kind, namespace, name), [])


def _patch_finalizers(bed: Testbed, cluster: str, target: tuple[str, str, str], finalizers: list[str]) -> None:
    kind, namespace, name = target
    patch = json.dumps({"metadata": {"finalizers": finalizers}})
    bed.cluster(cluster).kubectl(
        "-n", namespace, "patch", kind, name, "--type=merge", "-p", patch, check=bool(finalizers)
    )


FAULTS = {
    "git_stopped": Fault(_stop("git"), _restart("git"), "the Git server is gone, for all clusters"),
    "git_password": Fault(
        ask_for_password, ask_for_no_password, "Git asks for another password [cluster=… password=…]"
    ),
    "git_hangs": Fault(hang_git, unhang_git, "the Git server accepts and never answers [cluster=…]"),
    "charts_stopped": Fault(_stop("charts"), _restart("charts"), "the chart repository is gone"),
    "registry_stopped": Fault(_stop("registry"), _restart("registry"), "the OCI registry is gone"),
    "controller_stopped": Fault(stop_controller, start_controller, "no process, no pod: cluster=… name=…"),
    "controller_hangs": Fault(hang_controller, unhang_controller, "a ready pod that does nothing: cluster=… name=…"),
    "controller_flags": Fault(add_flags, remove_flags, "a controller with other flags: cluster=… name=… flags=…"),
    "apiserver_stopped": Fault(stop_apiserver, start_apiserver, "connection refused: cluster=…"),
    "apiserver_hangs": Fault(hang_apiserver, unhang_apiserver, "no answer: cluster=…"),
    "apiserver_slow": Fault(slow_apiserver, unslow_apiserver, "late answers: cluster=… [seconds=1]"),
    "deletion_stuck": Fault(hold_deletion, let_deletion_go, "deleted and held: cluster=… kind=… namespace=… name=…"),
    "release_pending": Fault(leave_pending, remove_pending, "an upgrade that died: cluster=… namespace=… name=…"),
}


class FaultLog:
    """The faults in force, in the order they came."""

    def __init__(self, bed: Testbed) -> None:
        self._bed = bed
        self._file = bed.paths.run / "faults.json"

    def inject(self, name: str, /, **args: str) -> None:
        self._write([*self.in_force(), {"name": name, "args": args}])
        FAULTS[name].inject(self._bed, **args)

    def undo(self, name: str, /, **args: str) -> None:
        FAULTS[name].undo(self._bed, **args)
        self._write([fault for fault in self.in_force() if fault != {"name": name, "args": args}])

    def undo_all(self) -> list[str]:
        """What was undone, newest first."""
        faults = self.in_force()[::-1]
        for fault in faults:
            self.undo(fault["name"], **fault["args"])
        return [f"{fault['name']} {' '.join(fault['args'].values())}".strip() for fault in faults]

    def stopped(self) -> set[str]:
        """The processes that do not run because a fault wants it so."""
        shared = {"git_stopped": "git", "charts_stopped": "charts", "registry_stopped": "registry"}
        names: set[str] = set()
        for fault in self.in_force():
            args = fault["args"]
            if fault["name"] in shared:
                names.add(shared[fault["name"]])
            elif fault["name"] in {"apiserver_stopped", "controller_stopped"}:
                names.add(f"{args['cluster']}.{args.get('name', 'apiserver')}")
        return names

    def in_force(self) -> list[dict[str, Any]]:
        return json.loads(self._file.read_text()) if self._file.exists() else []

    def _write(self, faults: list[dict[str, Any]]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(faults, indent=1))
