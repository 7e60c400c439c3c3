"""A second run in the same folder says what is new, what is fixed, and what is still there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.broken.conftest import QUICK
from tests.integration.objects import applied, wait_for
from tests.integration.playbook import Ansible, Health
from tests.testbed.cluster import Cluster

ANOTHER = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: another, namespace: broken}
spec: {interval: 10m, prune: false, path: ./nowhere, sourceRef: {kind: GitRepository, name: scene}}
"""


@pytest.fixture(scope="module")
def runs(ottawa: Cluster, checked: Health, ansible: Ansible, reports: Callable[[], Path]) -> tuple[str, str, str]:
    """The reports of Ottawa and the fleet after one more fault, and after its repair; the fleet's of a limited run."""
    folder = reports()
    shutil.copytree(checked.folder, folder, dirs_exist_ok=True)
    with applied(ottawa, ANOTHER):
        wait_for(ottawa, "kustomization", "broken/another", "Ready", "False")
        broken: Health = ansible.health(folder, extra=QUICK)
        texts = [broken.report("ottawa") + broken.report("fleet")]
    repaired = ansible.health(folder, extra=QUICK)
    texts.append(repaired.report("ottawa") + repaired.report("fleet"))
    limited = ansible.health(folder, "--limit", "robbinsdale", extra=QUICK)
    return texts[0], texts[1], limited.report("fleet")


def test_a_new_cause_is_called_new(runs: tuple[str, str, str]) -> None:
    assert "1 new cause, 7 still" in runs[0].splitlines()[0]
    cluster, title, fleet = runs[0].partition("# Fleet: ")
    assert title
    assert (
        "- New: Kustomization broken/another" in cluster.partition("## Since the last run")[2].partition("- Still:")[0]
    )
    assert "ottawa: Kustomization broken/another" in fleet.partition("New:")[2].partition("Still:")[0]


def test_a_repaired_one_is_called_fixed(runs: tuple[str, str, str]) -> None:
    assert "1 fixed, 7 still" in runs[1].splitlines()[0]
    cluster, title, fleet = runs[1].partition("# Fleet: ")
    assert title
    assert (
        "- Fixed: Kustomization broken/another"
        in cluster.partition("## Since the last run")[2].partition("- Still:")[0]
    )
    assert "ottawa: Kustomization broken/another" in fleet.partition("Fixed:")[2].partition("Still:")[0]


def test_clusters_that_are_in_one_file_only_are_not_compared(runs: tuple[str, str, str]) -> None:
    assert "fixed" not in runs[2].lower()
