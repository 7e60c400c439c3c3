"""Waiting for what source-controller finds out about the root source."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.objects import wait_for
from tests.integration.playbook import HOSTS
from tests.testbed.bed import Bed

ROOT_SOURCE = "GitRepository/flux-system/flux-system"


def await_failure(bed: Bed, *clusters: str) -> None:
    for name in clusters:
        bed.reconcile(name, "gitrepository", "flux-system", "flux-system")
    for name in clusters:
        wait_for(bed.cluster(name), "gitrepository", "flux-system/flux-system", "Ready", "False")


def await_recovery(bed: Bed, settled: Callable[[], None]) -> None:
    for name in HOSTS:
        bed.reconcile(name, "gitrepository", "flux-system", "flux-system")
    settled()
