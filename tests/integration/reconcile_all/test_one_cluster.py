"""One cluster: what runs, what is left alone, what became worse, and what a repair repairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.integration.objects import read, wait_for
from tests.integration.reconcile_all.conftest import BROKEN, Reconcile, Tree
from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

# As a survey sends them: texts only.
HERE = {"namespaces": "acting\n", "timeout": "60"}
ONE = ("--limit", "ottawa")
CHILD = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: child, namespace: acting}
spec:
  interval: 2h
  prune: true
  path: ./acting/base
  targetNamespace: acting
  namePrefix: child-
  sourceRef: {kind: GitRepository, name: tree}
"""


def applied_word(cluster: Cluster, name: str) -> str:
    return str(read(cluster, "configmap", "acting", name)["data"]["is"])


def ours(bed: Bed, since: int) -> list[Request]:
    return [request for request in bed.audit("ottawa", since) if request.agent == "gitops.flux"]


@pytest.fixture
def broken(ottawa: Cluster, tree: Tree, reconcile: Reconcile) -> Iterator[None]:
    """Git asks for what cannot be built; whatever the test did, everything is well afterwards."""
    tree.write("broken", base=BROKEN)
    try:
        yield
    finally:
        tree.write("mended", base=None)
        assert reconcile(*ONE, **HERE).rc == 0
        wait_for(ottawa, "kustomization", "acting/leaf", "Ready", "True")


def test_everything_of_a_healthy_cluster_follows_its_commit(
    paused: Cluster, bed: Bed, tree: Tree, reconcile: Reconcile
) -> None:
    left = read(paused, "kustomization", "acting", "paused")
    commit = tree.write("the second", base=None, leaf=None, parent=None)
    before = bed.mark("ottawa")
    done = reconcile(*ONE, mode="all", timeout="120", serial="1,50%,100%", allow_known_failures="false")
    asked = ours(bed, before)
    assert done.rc == 0, done.text
    assert [applied_word(paused, name) for name in ("base", "leaf", "parent")] == ["the second"] * 3
    assert done.title("ottawa").startswith("# Ottawa: ok · ")
    report = done.report("ottawa")
    assert "GitRepository acting/tree moved from main@sha1:" in report
    assert f"to main@sha1:{commit[:7]}; 3 Kustomizations followed" in report
    assert re.search(r"\| Kustomization acting/paused .*\| ops-user \| disk swap \| OPS-1423 \|", report)
    assert "| Kustomization acting/" in report[report.index("## Slowest") :]
    assert done.stats["clusters"]["ottawa"]["verdict"] == "ok"
    assert read(paused, "kustomization", "acting", "paused") == left
    writes = Counter(
        (request.verb, request.resource, request.namespace, request.name) for request in asked if request.is_write
    )
    assert {verb for verb, *_rest in writes} == {"patch"}
    assert max(writes.values()) == 1
    assert not any(request.resource == "secrets" for request in asked)


@pytest.mark.usefixtures("paused")
def test_check_mode_says_what_it_would_ask_and_sends_nothing(bed: Bed, reconcile: Reconcile) -> None:
    before = bed.mark("ottawa")
    done = reconcile(*ONE, "--check", **HERE)
    assert done.rc == 0, done.text
    assert [request for request in ours(bed, before) if request.is_write] == []
    assert "check mode · would ask" in done.title("ottawa")
    asked = done.report("ottawa").partition("## Would be asked")[2].partition("## Not asked")[0]
    assert "acting/base" in asked
    assert "acting/paused" not in asked
    assert done.stats["check_mode"] is True


@pytest.mark.usefixtures("broken")
def test_a_broken_commit_is_worse_and_then_as_bad_as_before(reconcile: Reconcile) -> None:
    first = reconcile(*ONE, **HERE)
    assert (first.rc, first.recap("ottawa")["failed"]) == (2, 1), first.text
    assert first.title("ottawa").startswith("# Ottawa: WORSE · ")
    report = first.report("ottawa")
    assert "- Kustomization acting/base: was ready, is failed" in report
    assert "### 1. Kustomization acting/base does not build — 1 object waits for it" in report
    assert "--context talos-ottawa" in report
    assert "- by Kustomization acting/base: 1 object: Kustomization acting/leaf" in report
    assert "WORSE: Kustomization acting/base: was ready, is failed (report: " in first.stdout
    assert first.seconds < 45, "a failing object must not eat the deadline"

    second = reconcile(*ONE, **HERE)
    assert second.rc == 2
    assert second.title("ottawa").startswith("# Ottawa: BAD AS BEFORE · ")
    assert "It was so before this run." in second.report("ottawa")

    third = reconcile(*ONE, **HERE, allow_known_failures="true")
    assert third.rc == 0, third.text
    assert third.stats["clusters"]["ottawa"]["verdict"] == "bad_as_before"


@pytest.mark.usefixtures("broken")
def test_mode_failed_asks_only_for_what_is_not_ready_and_tells_the_repair(
    ottawa: Cluster, bed: Bed, tree: Tree, reconcile: Reconcile
) -> None:
    assert reconcile(*ONE, **HERE).rc == 2
    tree.write("repaired", base=None)
    before = bed.mark("ottawa")
    done = reconcile(*ONE, mode="failed", kinds="Kustomization, GitRepository", **HERE)
    assert done.rc == 0, done.text
    assert applied_word(ottawa, "base") == "repaired"
    assert done.title("ottawa").startswith("# Ottawa: ok · ")
    fixed = done.report("ottawa").partition("## Fixed")[2]
    assert "- Kustomization acting/base: was failed, is ready" in fixed
    assert "- with 1 object waiting for Kustomization acting/base" in fixed
    patched = {request.name for request in ours(bed, before) if request.is_write}
    assert "parent" not in patched
    assert "tree" in patched


@pytest.mark.usefixtures("ottawa")
def test_nothing_failed_is_nothing_to_ask(bed: Bed, reconcile: Reconcile) -> None:
    before = bed.mark("ottawa")
    done = reconcile(*ONE, mode="failed", **HERE)
    assert done.rc == 0, done.text
    assert "there was nothing to ask" in done.title("ottawa")
    assert [request for request in ours(bed, before) if request.is_write] == []


def test_the_root_brings_its_new_children_along(ottawa: Cluster, tree: Tree, reconcile: Reconcile) -> None:
    root = {"mode": "root", "root_name": "parent", "root_namespace": "acting", "timeout": "60"}
    tree.add("parent/child.yaml", CHILD, "A child")
    try:
        done = reconcile(*ONE, **root)
        assert done.rc == 0, done.text
        assert applied_word(ottawa, "child-base")
        assert "- New: Kustomization acting/child" in done.report("ottawa")
        assert "| Kustomization acting/child " in done.report("ottawa").partition("## Slowest")[2]
        assert "acting/leaf" not in done.report("ottawa").partition("## Slowest")[2]
    finally:
        tree.remove("parent/child.yaml", "No child any more")
        gone = reconcile(*ONE, **root)
    assert gone.rc == 0, gone.text
    assert "- Gone: Kustomization acting/child" in gone.report("ottawa")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mode": "everything"}, "value of reconcile_all_mode must be one of: all, failed, root, got: everything"),
        ({"kinds": "Kustomization,Deployment"}, "Deployment"),
        ({"allow_known_failures": "maybe"}, "reconcile_all_allow_known_failures"),
        ({"timeout": "soon"}, "reconcile_all_timeout"),
    ],
)
@pytest.mark.usefixtures("ottawa")
def test_a_mistake_is_said_and_nothing_is_sent(
    bed: Bed, reconcile: Reconcile, settings: dict[str, str], said: str
) -> None:
    before = bed.mark("ottawa")
    done = reconcile(*ONE, **settings)
    assert done.rc == 2
    assert said in done.stdout
    assert [request for request in ours(bed, before) if request.is_write] == []
