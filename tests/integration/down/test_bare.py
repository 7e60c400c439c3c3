"""Clusters on which nothing is wrong because nothing is there: not healthy either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.playbook import Ansible, Health
from tests.testbed.bed import Bed

VARIABLES = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}


@pytest.fixture(scope="module")
def done(
    bed: Bed, ansible: Ansible, reports: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Health]:
    inventory = tmp_path_factory.mktemp("inventory") / "inventory.yml"
    hosts = {name: {"flux_context": f"talos-{name}"} for name in ("bare", "empty", "ottawa")}
    group = {"hosts": hosts, "vars": VARIABLES | {"flux_kubeconfig": str(bed.kubeconfig)}}
    inventory.write_text(yaml.safe_dump({"all": {"children": {"flux_clusters": group}}}))
    with bed.extra_cluster("bare"), bed.extra_cluster("empty", flux=True):
        yield ansible.health(reports(), inventory=inventory)


def test_nothing_is_not_healthy(done: Health) -> None:
    assert done.rc == 2
    assert done.verdicts() == {"bare": "degraded", "empty": "degraded", "ottawa": "healthy"}
    assert done.is_whole("ottawa")


def test_a_cluster_without_flux_is_called_that(done: Health) -> None:
    entry = done.cluster("bare")
    assert entry["reasons"] == ["Flux is not installed: none of its kinds is served"]
    assert entry["coverage"]["Kustomization"]["state"] == "absent"
    assert "Flux is not installed" in done.report("bare")
    assert done.report("bare").startswith("# bare: DEGRADED")


def test_a_cluster_with_nothing_to_reconcile_is_called_that(done: Health) -> None:
    entry = done.cluster("empty")
    assert entry["reasons"] == ["nothing is there to reconcile: no Kustomization, HelmRelease or ResourceSet was seen"]
    assert {row["state"] for row in entry["controllers"]} == {"ready"}
    assert (entry["coverage"]["Kustomization"]["state"], entry["coverage"]["Kustomization"]["count"]) == ("ok", 0)
    assert "nothing is there to reconcile" in done.report("empty")
