"""Exactly what each role may do, asked of an API server for all it serves: one right more or less fails."""

from __future__ import annotations

from itertools import product

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.integration.rbac.conftest import OPERATOR, VIEWER
from tests.integration.rbac.rights import SPECIAL, Judge, Right, account, questions
from tests.testbed.cluster import Cluster

FLUX = "flux-system"
# Any other namespace, and the whole cluster.
PLACES = (FLUX, "apps", "")
READ = ("get", "list", "watch")
LISTED = {
    ("", "events"), ("", "pods"), ("batch", "jobs"),
    ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("apps", "replicasets"),
}  # fmt: skip
NAMED = {
    Right("get", "", "configmaps", FLUX, "cluster-settings"),
    Right("get", "", "configmaps", FLUX, "common-settings"),
    Right("get", "", "services", FLUX, "flux-operator"),
}
KUBE_SYSTEM = {("get", "", "namespaces", "kube-system")}


def everywhere() -> set[tuple[str, str, str]]:
    """What the viewer may do in every namespace."""
    flux = {(verb, kind.group, kind.plural) for kind in KINDS.values() for verb in READ}
    return flux | {("list", *resource) for resource in LISTED} | {("get", "", "pods/log")}


def patches() -> set[tuple[str, str, str]]:
    """What the operator may do beyond that: whatever can be asked to run or be paused."""
    return {("patch", kind.group, kind.plural) for kind in KINDS.values() if kind.controller or kind.suspend}


@pytest.fixture(scope="module")
def judge(robbinsdale: Cluster) -> Judge:
    return Judge(robbinsdale)


@pytest.fixture(scope="module")
def every(judge: Judge) -> list[Right]:
    served = judge.resources()
    verbs = {verb for offered in served.values() for verb in offered}
    assert {(kind.group, kind.plural) for kind in KINDS.values()} <= served.keys()
    assert verbs >= {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
    return questions([*served, ("*", "*")], verbs | set(SPECIAL), PLACES)


@pytest.fixture(scope="module")
def anybody(judge: Judge, every: list[Right]) -> set[Right]:
    """What an account with no role at all may do: ask who it is and what it may do."""
    found = judge.allowed(account("nobody"), every)
    assert {right.group for right in found} == {"authentication.k8s.io", "authorization.k8s.io"}
    return found


@pytest.mark.parametrize(("name", "writes"), [(VIEWER, set()), (OPERATOR, patches())])
def test_of_every_verb_on_every_resource_just_these(
    judge: Judge, every: list[Right], anybody: set[Right], name: str, writes: set[tuple[str, str, str]]
) -> None:
    assert len(every) > 5000
    allowed = judge.allowed(account(name), every) - anybody
    expected = {Right(*right, place) for right, place in product(everywhere() | writes, PLACES)}
    assert allowed == expected | {Right("list", "discovery.k8s.io", "endpointslices", FLUX)}


@pytest.mark.parametrize("place", ["flux-system", "apps"])
@pytest.mark.parametrize(("name", "writes"), [(VIEWER, set()), (OPERATOR, patches())])
def test_and_of_single_names_just_these(judge: Judge, name: str, writes: set[tuple[str, str, str]], place: str) -> None:
    rules = judge.rules(account(name), place) - judge.rules(account("nobody"), place)
    expected = {Right(*right, place) for right in everywhere() | writes}
    expected |= {Right(*right[:3], place, right[3]) for right in KUBE_SYSTEM}
    if place == FLUX:
        expected |= NAMED | {Right("list", "discovery.k8s.io", "endpointslices", FLUX)}
    assert rules == expected


def test_the_operator_writes_no_status_and_nothing_but_flux(judge: Judge, every: list[Right]) -> None:
    """Said once more in plain words, because it matters most."""
    allowed = judge.allowed(account(OPERATOR), every)
    writes = {right for right in allowed if right.verb not in READ and not right.group.endswith(".k8s.io")}
    assert {right.verb for right in writes} == {"patch"}
    assert not any("/" in right.resource for right in writes)
    assert {right.group for right in writes} == {kind.group for kind in KINDS.values()}


@pytest.mark.parametrize("name", [VIEWER, OPERATOR])
def test_a_secret_is_refused(robbinsdale: Cluster, name: str) -> None:
    command = ("get", "secret", "flux-system", "-n", FLUX, "-o", "name", "--as")
    assert robbinsdale.kubectl(*command[:-1]).strip() == "secret/flux-system", "the test bed sees it"
    assert robbinsdale.kubectl(*command, account(name), check=False) == ""
