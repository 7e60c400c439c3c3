"""A controller or shard that is down is the cause of what it leaves lying."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.causes import root_causes
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of

from tests.unit.flux_clusters import SEEN, deployment
from tests.unit.flux_objects import NEWER, NOW, Item, event, git_repository, kustomization, ready, records

DOWN = controllers_of(
    [deployment("kustomize-controller", 0), deployment("source-controller"), deployment("helm-controller")]
)
FAILS = kustomization("b", ready("False", "BuildFailed"))
WAITS = kustomization("c", ready("False", "DependencyNotReady", age=600), spec={"dependsOn": [{"name": "a"}]})


def causes(*items: Item, controllers: list[Any], expected: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return root_causes(records(*items, controllers=controllers), controllers, SEEN, expected=expected, now=NOW)


def test_a_controller_that_is_down_is_the_cause_of_what_it_leaves_lying() -> None:
    items = [git_repository(artifact=NEWER, changed=600), kustomization("a"), FAILS, WAITS]
    found = causes(*items, controllers=DOWN)
    assert [(cause["kind"], cause["name"], cause["victims"]) for cause in found] == [
        ("Deployment", "kustomize-controller", ["Kustomization/flux-system/a", "Kustomization/flux-system/c"]),
        ("Kustomization", "b", []),
    ]
    assert found[0]["message"] == "0 of 1 replicas available"


def test_a_controller_nobody_misses_counts_only_where_it_is_expected() -> None:
    assert causes(git_repository(), controllers=DOWN) == []
    found = causes(git_repository(), controllers=DOWN, expected=("kustomize-controller",))
    assert [cause["name"] for cause in found] == ["kustomize-controller"]


def test_the_shard_that_is_gone_is_the_cause() -> None:
    main = {
        "state": "ready",
        "name": "kustomize-controller",
        "component": "kustomize-controller",
        "namespace": "flux-system",
    }
    rows = [
        {**main, "selector": "!sharding.fluxcd.io/key", "shard": None, "message": None, "desired": 1},
        {**main, "name": "kustomize-controller-two", "state": "missing", "selector": None, "shard": "two", "desired": 0}
        | {"message": "no controller watches sharding.fluxcd.io/key two"},
    ]
    item = kustomization(labels={"sharding.fluxcd.io/key": "two"})
    found = causes(item, kustomization("b"), controllers=rows)
    assert [(cause["name"], cause["victims"]) for cause in found] == [
        ("kustomize-controller-two", ["Kustomization/flux-system/app"])
    ]


def test_what_waits_with_nothing_in_its_way_waits_for_the_controller() -> None:
    """It was stopped in the middle of a round: one object had run, the next one was still waiting for it."""
    waits = kustomization(
        "d", ready("False", "DependencyNotReady", "not up to date", age=600), spec={"dependsOn": [{"name": "a"}]}
    )
    found = causes(git_repository(), kustomization("a"), waits, controllers=DOWN)
    assert [(cause["name"], cause["victims"]) for cause in found] == [
        ("kustomize-controller", ["Kustomization/flux-system/a", "Kustomization/flux-system/d"])
    ]


def test_a_run_that_was_cut_off_is_no_failure() -> None:
    item = kustomization("a", ready("Unknown", "Progressing", "Reconciliation in progress", age=40))
    rows = events_of([event(item, "Progressing", last=30, message="failed to update status: context canceled")])
    found = records(item, git_repository(), events=rows, controllers=DOWN)
    assert found[0]["status"] == "progressing"
    assert [cause["name"] for cause in root_causes(found, DOWN)] == ["kustomize-controller"]
