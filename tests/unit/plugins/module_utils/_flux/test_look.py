"""How close a look is: what is asked for, bounded whatever the inventory."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import Entry
from ansible_collections.gitops.flux.plugins.module_utils._flux.look import (
    LISTS,
    LOGS,
    PAGES,
    WORKLOADS_SHOWN,
    Listing,
    LogTail,
    Workload,
    absent_in,
    is_about,
    listings_of,
    log_tails,
    release_listings,
    seen_in,
    with_pods,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pods import pod_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.stories import crashing_pod, workload

DEPLOYMENTS = Listing("Deployment", "apps", frozenset({"web", "gone"}))
WEB = Ref("Deployment", "apps", "web")


def deployments(number: int, namespace: str = "apps") -> list[Entry]:
    return [Entry("apps", "Deployment", namespace, f"web-{each}") for each in range(number)]


def test_one_list_for_each_kind_and_namespace_however_many_objects() -> None:
    entries = [*deployments(2000), Entry("batch", "Job", "apps", "migrate"), Entry("", "Secret", "apps", "token")]
    chosen, left = listings_of(entries)
    assert [(each.kind, each.namespace, len(each.names)) for each in chosen] == [
        ("Deployment", "apps", 2000),
        ("Job", "apps", 1),
    ]
    assert left == []


def test_too_many_namespaces_are_cut_and_the_fullest_kept() -> None:
    entries = [entry for number in range(50) for entry in deployments(number + 1, f"team-{number:02}")]
    chosen, left = listings_of(entries)
    assert (len(chosen), len(left)) == (LISTS, 50 - LISTS)
    assert chosen[0].namespace == "team-49"


def test_another_group_with_a_kind_of_that_name_is_no_workload() -> None:
    assert listings_of([Entry("example.com", "Deployment", "apps", "web")]) == ([], [])


def test_a_release_without_an_inventory_is_found_by_its_labels() -> None:
    found = release_listings("apps", "web", Release("prod-web", "apps", "prod"))
    assert {each.namespace for each in found} == {"prod"}
    assert {each.labels for each in found} == {"helm.toolkit.fluxcd.io/name=web,helm.toolkit.fluxcd.io/namespace=apps"}
    assert "Pod" not in {each.kind for each in found}


def test_only_what_is_meant_is_judged_and_what_is_missing_is_said() -> None:
    seen = seen_in(DEPLOYMENTS, [[workload("Deployment", "web")], [workload("Deployment", "somebody-elses")]])
    assert seen.names == {"web"}
    assert [(each.ref, each.selector) for each in seen.troubled] == [(WEB, "app=web")]
    assert [(each.ref.name, each.message) for each in absent_in(DEPLOYMENTS, seen)] == [("gone", "does not exist")]


def test_a_list_that_is_cut_claims_nothing_missing() -> None:
    seen = seen_in(DEPLOYMENTS, ([] for _number in range(PAGES + 5)))
    assert not seen.whole
    assert list(absent_in(DEPLOYMENTS, seen)) == []


def test_pods_are_asked_for_of_few_workloads_and_never_of_missing_ones() -> None:
    many = [Workload(Ref("Deployment", "apps", f"web-{number}"), "0 of 1", f"app={number}") for number in range(40)]
    gone = Workload(Ref("Deployment", "apps", "gone"), "does not exist", None)
    assert with_pods([gone, *many]) == many[:WORKLOADS_SHOWN]


def test_logs_are_read_of_the_first_pod_of_each_workload_before_the_second_of_any() -> None:
    rows = {
        Ref("Deployment", "apps", name): pod_rows([crashing_pod(f"{name}-1"), crashing_pod(f"{name}-2")])
        for name in "ab"
    }
    tails = log_tails(rows)
    assert tails[:3] == [
        LogTail("apps", "a-1", "app", False),
        LogTail("apps", "a-1", "app", True),
        LogTail("apps", "b-1", "app", False),
    ]
    many = {Ref("Deployment", "apps", str(number)): pod_rows([crashing_pod()]) for number in range(20)}
    assert len(log_tails(many)) == LOGS


@pytest.mark.parametrize(
    ("kind", "name", "holds"),
    [
        ("Deployment", "web", True),
        ("ReplicaSet", "web-7d4b9c6f5", True),
        ("Pod", "web-7d4b9c6f5-x2k8q", True),
        ("Pod", "web-x2k8q", True),
        ("Pod", "web-0", True),
        ("Pod", "web-admin-7d4b9c6f5-x2k8q", False),
        ("Deployment", "web-admin", False),
        ("StatefulSet", "web", False),
        ("Pod", "other-7d4b9c6f5-x2k8q", False),
        ("Service", "web-7d4b9c6f5", False),
    ],
)
def test_whose_event_it_is(kind: str, name: str, holds: bool) -> None:
    event = {"involvedObject": {"kind": kind, "namespace": "apps", "name": name}}
    assert is_about([WEB])(event) is holds
    assert not is_about([WEB])({"involvedObject": {"kind": kind, "namespace": "other", "name": name}})
