"""The two roles, bound as docs/rbac.md says, on a cluster of the fleet and on one that has every kind and no Flux."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.objects import applied, wait_for
from tests.integration.playbook import ROOT
from tests.integration.rbac.scene import objects_of_every_kind, workloads
from tests.integration.traces import Traces
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.kubeconfig import config_of

GUIDE = ROOT / "docs" / "rbac.md"
CONTEXTS = "talos-ottawa talos-robbinsdale talos-stpetersburg"
VIEWER, OPERATOR = "flux-ops-viewer", "flux-ops-operator"
ROLES = yaml.safe_dump_all(
    item
    for role in (VIEWER, OPERATOR)
    for item in yaml.safe_load((ROOT / "docs/rbac" / f"{role}.yaml").read_text())["items"]
)
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: flux-system}\n"
ACTING = "least-privilege"
TO_ACT_ON = """\
apiVersion: v1
kind: Namespace
metadata: {name: least-privilege}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: least-privilege}
spec: {interval: 1h, url: "@URL@", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: crds, namespace: least-privilege}
spec:
  interval: 1h
  path: ./clusters/robbinsdale/infra-crds
  prune: false
  sourceRef: {kind: GitRepository, name: fleet}
"""
# The file of an account, made at its first use.
Kubeconfig = Callable[[str], Path]


@pytest.fixture(scope="package")
def robbinsdale(
    bed: Bed, settled: Callable[[], None], traces: Traces, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """With both roles, by the commands of the guide."""
    settled()
    with applied(bed.cluster("robbinsdale"), ROLES):
        with traces.by_hand():
            _type(bed, 0, ROOT, tmp_path_factory.mktemp("home"))
        yield bed.cluster("robbinsdale")


@pytest.fixture(scope="package")
def kubeconfig(robbinsdale: Cluster, bed: Bed, traces: Traces, tmp_path_factory: pytest.TempPathFactory) -> Kubeconfig:
    """That of the guide, with the context of robbinsdale alone."""
    folder = tmp_path_factory.mktemp("kubeconfigs")

    def of(account: str) -> Path:
        file = folder / f"{account}.kubeconfig"
        if not file.exists():
            with traces.by_hand():
                _type(bed, 1, folder, folder, account)
        return file

    assert robbinsdale
    return of


def _type(bed: Bed, number: int, folder: Path, home: Path, account: str = VIEWER) -> None:
    """What a person types: a block of the guide, for one cluster and one account."""
    blocks = re.findall(r"^```shell\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    assert CONTEXTS in blocks[number]
    script = blocks[number].replace(CONTEXTS, "talos-robbinsdale").replace(f"account={VIEWER}", f"account={account}")
    env = {"PATH": f"{bed.paths.bin}:{os.defpath}", "KUBECONFIG": str(bed.kubeconfig), "HOME": str(home)}
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "token" not in done.stdout


@pytest.fixture(scope="package")
def acting(bed: Bed, robbinsdale: Cluster) -> Iterator[Cluster]:
    """A Kustomization and its source, both well."""
    url = f"{bed.values(robbinsdale.name)['GIT_BASE']}/{robbinsdale.name}/fleet.git"
    with applied(robbinsdale, TO_ACT_ON.replace("@URL@", url)):
        wait_for(robbinsdale, "kustomization", f"{ACTING}/crds", "Ready", "True")
        yield robbinsdale


@pytest.fixture(scope="package")
def bare(bed: Bed) -> Iterator[Cluster]:
    """One object of every kind, and something of each kind of workload that is not well; no controller at all."""
    with bed.extra_cluster("rbac", crds=True) as cluster:
        cluster.apply(NAMESPACE + "---\n" + ROLES)
        objects_of_every_kind(cluster)
        workloads(cluster)
        yield cluster


@pytest.fixture(scope="package")
def bare_kubeconfig(bare: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Kubeconfig:
    """One context, `bare`."""
    folder = tmp_path_factory.mktemp("bare")

    def of(account: str) -> Path:
        token = bare.kubectl("-n", "flux-system", "create", "token", account).strip()
        file = folder / account
        file.write_text(yaml.safe_dump(config_of([("bare", bare.server, bare.certificate, token)], "")))
        return file

    return of
