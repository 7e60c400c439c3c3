"""One test bed and one Ansible for all tests. Faults are made and undone by the module that needs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.playbook import ROOT, Ansible
from tests.integration.traces import Traces
from tests.testbed.bed import Bed
from tests.testbed.paths import default_paths
from tests.testbed.readiness import not_ready, wait_until
from tests.testbed.testbed import FLEET


@pytest.fixture(scope="session")
def bed() -> Iterator[Bed]:
    """The fleet, healthy before and after: started, and then ended again, unless it is there already."""
    was_up = default_paths().description.exists()
    if not was_up:
        _testbed("up")
    bed = Bed.load()
    bed.wait_healthy()
    before = _objects(bed)
    yield bed
    wait_until(lambda: _is_settled(bed), 180, "the fleet being as it was", every=0.4)
    assert _objects(bed) == before, "the tests left something behind, or took something away"
    assert not bed.faults.in_force()
    if not was_up:
        _testbed("down")


def _objects(bed: Bed) -> dict[str, set[str]]:
    """The names of everything the tests have to do with, by cluster."""
    kinds = "namespaces,configmaps,secrets,services,deployments,gitrepositories,helmcharts,kustomizations,helmreleases"
    command = ("get", f"{kinds},helmrepositories,alerts,fluxinstances", "-A", "-o", "name")
    return {name: set(bed.cluster(name).kubectl(*command).split()) for name in FLEET}


def _testbed(command: str) -> None:
    subprocess.run([sys.executable, "-m", "tests.testbed", command], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def ansible(bed: Bed, traces: Traces, tmp_path_factory: pytest.TempPathFactory) -> Ansible:
    """Nothing is run before somebody looks at the traces it leaves."""
    assert traces.everywhere() == {}
    return Ansible(tmp_path_factory.mktemp("home"), bed.kubeconfig)


@pytest.fixture(scope="session")
def traces(bed: Bed) -> Traces:
    """What has been asked of the API servers from the first test on."""
    return Traces(bed)


@pytest.fixture(scope="session")
def settled(bed: Bed) -> Callable[[], None]:
    """Waits until the fleet is as healthy as it was at the start."""
    return lambda: wait_until(lambda: _is_settled(bed), 180, "the fleet being as it was", every=0.4)


def _is_settled(bed: Bed) -> bool:
    """A server that has just started again turns requests away for a moment."""
    try:
        return not any(not_ready(bed.cluster(name)) for name in FLEET)
    except OSError:
        return False


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new empty folder at each call."""
    return lambda: tmp_path_factory.mktemp("reports")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The audit logs are read when everything else has left its traces in them.

    A rollback does more than everything else may: it reads Helm's storage, and Helm writes. Its tests come after that
    has been looked at, and have a look of their own at the end.
    """
    items.sort(key=lambda item: ("rollback" in item.path.parts, item.path.name == "test_traces.py"))
