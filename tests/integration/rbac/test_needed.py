"""No rule for nothing: each right of the two roles is used by what it is meant for."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.integration.playbook import Ansible, Json
from tests.integration.rbac.conftest import OPERATOR, VIEWER, Kubeconfig
from tests.integration.rbac.rights import account
from tests.integration.rbac.scene import NAME, NAMESPACE
from tests.integration.rbac.test_rights import everywhere, patches
from tests.testbed.audit import Request
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

GATHER = ["events", "controllers", "logs", "helm_history", "operator", "settings"]
# What is granted in one namespace, or of one name, as (verb, group, resource, name).
NAMED = {
    ("get", "", "namespaces", "kube-system"),
    ("get", "", "configmaps", "cluster-settings"),
    ("get", "", "configmaps", "common-settings"),
    ("get", "", "services", "flux-operator"),
    ("list", "discovery.k8s.io", "endpointslices", ""),
}
EXPLAINED = [kind for kind in KINDS if kind != "Kustomization"]


class Done(NamedTuple):
    """The results of some tasks, and what they asked of the API server."""

    results: list[Json]
    requests: list[Request]

    def used(self) -> set[tuple[str, str, str]]:
        return {(request.verb, request.group, request.resource) for request in self.requests}


def _done(bed: Bed, cluster: Cluster, ansible: Ansible, kubeconfig: str, tasks: list[tuple[str, Json]]) -> Done:
    common = {"kubeconfig": kubeconfig, "context": "bare"}
    mark = bed.mark(cluster.name)
    results = ansible.tasks([{f"gitops.flux.{name}": common | options} for name, options in tasks])
    users = {account(VIEWER), account(OPERATOR)}
    return Done(results, [request for request in bed.audit(cluster.name, mark) if request.user in users])


@pytest.fixture(scope="module")
def read(bed: Bed, bare: Cluster, ansible: Ansible, bare_kubeconfig: Kubeconfig) -> Done:
    """Everything the viewer is for, once."""
    # The one with workloads first: its own inventory is what is looked at.
    stories = [{"kind": kind, "namespace": NAMESPACE, "name": NAME} for kind in ("Kustomization", *EXPLAINED)]
    tasks: list[tuple[str, Json]] = [
        ("flux_info", {"gather": GATHER}),
        ("flux_wait", {"all": True, "timeout": 2.0, "progress": False}),
        *(("flux_explain", story) for story in stories),
    ]
    return _done(bed, bare, ansible, str(bare_kubeconfig(VIEWER)), tasks)


@pytest.fixture(scope="module")
def paused(bed: Bed, bare: Cluster, ansible: Ansible, bare_kubeconfig: Kubeconfig) -> Done:
    """Whatever can be paused is paused, and let run again."""
    kinds = [name for name, kind in KINDS.items() if kind.suspend]
    common = {"kinds": kinds, "namespaces": [NAMESPACE], "barrier": False}
    tasks: list[tuple[str, Json]] = [
        ("flux_suspend", common | {"state": "suspended", "reason": "a test"}),
        ("flux_suspend", common | {"state": "resumed"}),
    ]
    return _done(bed, bare, ansible, str(bare_kubeconfig(OPERATOR)), tasks)


def test_everything_was_done(read: Done, paused: Done) -> None:
    """Otherwise the tests below would prove nothing."""
    info, wait, *stories = read.results
    assert {kind: info["coverage"][kind]["state"] for kind in KINDS} == dict.fromkeys(KINDS, "ok")
    assert len(wait["verdicts"]) == len(KINDS)
    assert [story["found"] for story in stories] == [True] * len(KINDS)
    assert stories[0]["inventory"]["workloads_not_well"] == 6
    changed = [[row["changed"] for row in result["objects"]] for result in paused.results]
    assert changed == [[True] * (len(KINDS) - 1)] * 2


def test_the_viewer_needs_every_right_it_has(read: Done) -> None:
    assert everywhere() - read.used() == set()


def test_and_every_single_name(read: Done) -> None:
    assert NAMED - {(request.verb, request.group, request.resource, request.name) for request in read.requests} == set()


def test_the_operator_needs_to_patch_every_kind_it_may_patch(paused: Done) -> None:
    assert patches() - paused.used() == set()


def test_nothing_was_refused(read: Done, paused: Done) -> None:
    requests = [*read.requests, *paused.requests]
    assert len(requests) > 100
    assert [request.uri for request in requests if request.code == HTTPStatus.FORBIDDEN] == []
