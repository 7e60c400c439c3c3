"""What people type instead of reconcile_all: the flux CLI."""

from __future__ import annotations

import os
import shlex
import statistics

from .desk import Desk
from .figures import Figure
from .moving import NAMESPACE, many
from .timing import Run, measured

TEN = 10
# At least eight times as fast as one after the other.
BOUND = 1 / 8


def peer_figures(desk: Desk, number: int, moved: list[Run], unmoved: list[Run]) -> list[Figure]:
    """Ours is the slower of the two; theirs waits behind nobody, since no other object runs meanwhile."""
    if not (desk.bed.paths.bin / "flux").exists():  # it is optional: it may not build everywhere
        return []
    ours = max(statistics.median(run.wall for run in runs) for runs in (moved, unmoved))
    names = [item["metadata"]["name"] for item in many(number)]
    ten = desk.unmoved(lambda: _one_by_one(desk, names[:TEN]))
    theirs = ten.wall / TEN * number
    beside = desk.moved(lambda: _source_then_eight_at_once(desk, names))
    return [
        Figure(
            "reconcile_all / flux reconcile ks --with-source, one after the other",
            ours / theirs, "x", BOUND, f"{ours:.1f} s against {theirs:.0f} s ({TEN} took {ten.wall:.1f} s)",
        ),
        Figure(
            "reconcile_all / flux reconcile source git, then xargs -P8 flux reconcile ks",
            statistics.median(run.wall for run in moved) / beside.wall, "x", None, f"{beside.wall:.1f} s",
        ),
    ]  # fmt: skip


def _one_by_one(desk: Desk, names: list[str]) -> Run:
    return _shell(desk, "; ".join(f"{_flux(desk)} reconcile kustomization {name} --with-source" for name in names))


def _source_then_eight_at_once(desk: Desk, names: list[str]) -> Run:
    flux = _flux(desk)
    source = f"{flux} reconcile source git {NAMESPACE}"
    return _shell(desk, f"{source} && echo {' '.join(names)} | xargs -n 1 -P 8 {flux} reconcile kustomization")


def _flux(desk: Desk) -> str:
    cluster = desk.bed.cluster(desk.hosts[0])
    return shlex.join([str(desk.bed.paths.bin / "flux"), "--context", cluster.context, "--namespace", NAMESPACE])


def _shell(desk: Desk, command: str) -> Run:
    run = measured(["sh", "-e", "-c", command], os.environ | {"KUBECONFIG": str(desk.bed.kubeconfig)})
    if run.code != 0:
        raise RuntimeError(f"flux ended with {run.code}")
    return run
