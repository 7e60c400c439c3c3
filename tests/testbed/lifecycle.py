"""up, down and status."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from .catalogue import CORE, FLUX_CLI, OPTIONAL, PEERS, Module
from .charts import Charts
from .cluster import FORBIDDEN, Cluster
from .faults import FaultLog
from .flux import REQUIRED, render_manifests
from .golang import find_go
from .manifests import Manifests, fetch_manifests
from .paths import PACKAGE
from .programs import build, build_optional, failure_of
from .progress import say, step
from .readiness import wait_ready
from .reconcile import request_sync
from .scenarios import ScenarioRunner
from .seeding import bootstrap, write_seed
from .testbed import FLEET, Testbed, in_parallel


@contextmanager
def exclusively() -> Iterator[None]:
    """One `up`, `down` or fault at a time in this checkout; the lock leaves no file behind."""
    handle = os.open(PACKAGE, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def ensure_programs(bed: Testbed, *, asked: Collection[Module] = ()) -> tuple[Manifests, tuple[str, ...]]:
    """All programs in `.testbed/bin`, with those of the modules asked for; and which controllers are among them."""
    go = find_go()
    programs: dict[str, Path] = {}
    for module in (CORE, *OPTIONAL, FLUX_CLI, *asked):
        programs |= build_optional(module, go) if module.optional else build(module, go)
    bed.link_programs(programs)
    optional = [name for module in OPTIONAL for name in module.programs if name in programs]
    return fetch_manifests(go), (*REQUIRED, *optional)


def up(bed: Testbed) -> None:
    """Starts whatever does not run, undoes every fault, and waits until all is well."""
    begun = time.monotonic()
    with exclusively():
        manifests, running = ensure_programs(bed)
        with step("starting etcd, Git, charts, registry and four API servers"):
            bed.start_servers()
            heal_faults(bed)
            bed.start_apiservers([*bed.fleet(), bed.cluster(FORBIDDEN)])
        bed.describe()
        Charts(bed.paths).publish_seed()
        write_seed(bed.paths, bed.ports, list(FLEET))
        rendered = render_manifests(bed.paths, manifests, running)
        in_parallel(lambda cluster: _populate(bed, cluster, manifests, rendered, running), bed.fleet())
        with step("waiting until everything is ready"):
            heal_scenarios(bed)
            in_parallel(lambda cluster: wait_ready(cluster, bed.require_running), bed.fleet())
    say(f"the test bed is up after {time.monotonic() - begun:.1f} s: kubeconfig {bed.paths.kubeconfig}")


def is_up(bed: Testbed) -> bool:
    """Everything runs that no fault has stopped."""
    names = set(bed.processes.names()) - FaultLog(bed).stopped()
    return bed.paths.description.exists() and all(bed.processes.is_running(name) for name in names)


def heal(bed: Testbed) -> None:
    """Undoes every fault and scenario, and waits until all is well."""
    with exclusively():
        heal_faults(bed)
        heal_scenarios(bed)
        write_seed(bed.paths, bed.ports, list(FLEET))
        in_parallel(request_sync, bed.fleet())
        with step("waiting until everything is ready"):
            in_parallel(lambda cluster: wait_ready(cluster, bed.require_running), bed.fleet())


def heal_faults(bed: Testbed) -> None:
    for fault in FaultLog(bed).undo_all():
        say(f"undone: {fault}")


def heal_scenarios(bed: Testbed) -> None:
    for scenario in ScenarioRunner(bed).undo_all():
        say(f"undone: scenario {scenario}")


def _populate(bed: Testbed, cluster: Cluster, manifests: Manifests, rendered: Path, running: tuple[str, ...]) -> None:
    populated = cluster.folder / "populated"
    bed.start_nodes(cluster, manifests)
    if not populated.exists():
        with step(f"{cluster.name}: applying Flux and its 19 kinds"):
            bed.install_flux(cluster, rendered)
    bed.start_controllers(cluster, running)
    if not populated.exists():
        bootstrap(cluster, bed.ports)
        populated.touch()


def down(bed: Testbed) -> None:
    with exclusively():
        ended = bed.end()
    say(f"the test bed is down: {ended} processes ended")


def status(bed: Testbed) -> str:
    """A line per process, what is broken on purpose, and what could not be built."""
    names = {"T": "stopped by a signal", None: "not running"}
    lines = [
        f"{name:45} {names.get(state := bed.processes.state(name), 'running')}"
        + (f" (pid {identity.pid})" if state and (identity := bed.processes.identity(name)) else "")
        for name in bed.processes.names()
    ]
    lines += [f"fault in force: {fault['name']} {fault['args']}" for fault in FaultLog(bed).in_force()]
    lines += [f"scenario in force: {name} on {cluster}" for name, cluster in ScenarioRunner(bed).in_force()]
    go = find_go()
    lines += [
        f"{module.name}: not built: {why}"
        for module in (*OPTIONAL, FLUX_CLI, *PEERS)
        if (why := failure_of(module, go))
    ]
    return "\n".join(lines or ["the test bed is down"])
