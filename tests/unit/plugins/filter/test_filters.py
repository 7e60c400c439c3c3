"""The filters, as a playbook calls them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import records_of

from tests.unit.flux_clusters import deployment
from tests.unit.flux_objects import (
    Item,
    ago,
    facts,
    flux,
    git_repository,
    helm_release,
    kustomization,
    ready,
    records,
    seen,
)

PLUGINS = Path(__file__).parents[4] / "plugins" / "filter"
OURS = (
    "health_summary",
    "not_ready",
    "suspended",
    "stale_sources",
    "reconcile_order",
    "health_changes",
    "root_causes",
    "diagnose",
)

FAILS = kustomization("bad", ready("False", "BuildFailed", "kustomize build\nfailed"))
PAUSED = kustomization("paused", spec={"suspend": True}, annotations={"gitops.flux/suspended-until": ago(60)})
SOURCE_FAILS = git_repository("fleet", ready("False", "GitOperationFailed", "connection refused"))
RAW: list[Item] = [kustomization(), FAILS, PAUSED, SOURCE_FAILS]
DOWN = {"reachable": False, "reason": "connection refused", "cluster": {"context": "talos-robbinsdale"}, "objects": []}


def info(*items: Item, context: str = "talos-ottawa") -> dict[str, Any]:
    found = records_of(facts(*items), seen(cluster=context))
    return {"reachable": True, "cluster": {"context": context}, "read_at": ago(0), "objects": found, "coverage": {}}


def module_of(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.gitops.flux.plugins.filter.{name}")


def apply(name: str, data: Any, *args: Any, **options: Any) -> Any:
    filters: dict[str, Callable[..., Any]] = module_of(name).FilterModule().filters()
    return filters[name](data, *args, **options)


@pytest.mark.parametrize("name", OURS)
def test_documented_and_named_like_its_file(name: str) -> None:
    module = module_of(name)
    documentation = yaml.safe_load(module.DOCUMENTATION)
    assert documentation["name"] == name
    assert list(module.FilterModule().filters()) == [name]
    assert module.EXAMPLES.strip()
    assert yaml.safe_load(module.RETURN)["_value"]["type"] in ("list", "dict")


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("data", ["text", 5, {"name": "x"}])
def test_one_sentence_for_what_cannot_be_used(name: str, data: Any) -> None:
    args = [None] if name == "health_changes" else []
    with pytest.raises(AnsibleFilterError) as error:
        apply(name, data, *args)
    message = str(error.value)
    assert message.startswith(f"{name}: This ")
    assert message.count(". ") == 0


@pytest.mark.parametrize("data", [info(*RAW), [info(*RAW)], {"results": [info(*RAW)]}, {"items": RAW}, RAW])
def test_not_ready(data: Any) -> None:
    found = apply("not_ready", data, now=ago(0))
    assert sorted(row["name"] for row in found) == ["bad", "fleet", "paused"]
    assert [row["name"] for row in apply("not_ready", data, suspended=False, now=ago(0))] == ["fleet", "bad"]


def test_ready_but_not_well_is_not_ready() -> None:
    lost = records(kustomization("lost"), controllers=[])
    assert [row["name"] for row in apply("not_ready", lost)] == ["lost"]


@pytest.mark.parametrize("name", ["health_summary", "suspended", "stale_sources", "reconcile_order"])
def test_a_part_is_not_taken_for_the_whole(name: str) -> None:
    """With records_path a result keeps only what is not ready; a frozen object or a silent source is ready."""
    partial = {**info(FAILS), "summary": {"total": 128}}
    with pytest.raises(AnsibleFilterError, match=f"{name}: talos-ottawa has 128 objects and only 1 are here"):
        apply(name, partial)
    assert [row["name"] for row in apply("not_ready", partial)] == ["bad"]


def test_lines() -> None:
    assert apply("not_ready", info(FAILS, SOURCE_FAILS), lines=True) == [
        "talos-ottawa GitRepository flux-system/fleet: GitOperationFailed: connection refused",
        "talos-ottawa Kustomization flux-system/bad: BuildFailed: kustomize build failed",
    ]


@pytest.mark.parametrize("name", ["not_ready", "suspended", "stale_sources"])
def test_a_cluster_nobody_reached_is_an_error_unless_it_is_passed_over(name: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"{name}: talos-robbinsdale was not reached"):
        apply(name, [info(*RAW), DOWN])
    assert len(apply(name, [info(*RAW), DOWN], skip_unreachable=True)) >= 1


def test_suspended() -> None:
    frozen = helm_release("cold", annotations={"kustomize.toolkit.fluxcd.io/reconcile": "disabled"})
    found = apply("suspended", info(*RAW, frozen), now=ago(0))
    assert [(row["cluster"], row["name"], row["last"], row["overdue"], row["frozen"]) for row in found] == [
        ("talos-ottawa", "paused", "ready", True, False),
        ("talos-ottawa", "cold", "ready", False, True),
    ]
    assert [row["name"] for row in apply("suspended", info(*RAW, frozen), overdue=True, now=ago(0))] == ["paused"]


@pytest.mark.parametrize(("max_age", "overdue"), [("2m", False), ("1m", True), (60, True)])
def test_suspended_for_too_long(max_age: Any, *, overdue: bool) -> None:
    fields = [{"manager": "flux", "time": ago(90), "fieldsV1": {"f:spec": {"f:suspend": {}}}}]
    item = kustomization("paused", spec={"suspend": True}, managedFields=fields)
    assert apply("suspended", [item], max_age=max_age, now=ago(0))[0]["overdue"] is overdue


def test_stale_sources() -> None:
    old = git_repository("old", changed=9000)
    found = apply("stale_sources", info(*RAW, old))
    assert [(row["cluster"], row["name"], row["evidence"]) for row in found] == [
        ("talos-ottawa", "fleet", "fetch_failed")
    ]
    assert [row["name"] for row in apply("stale_sources", info(*RAW, old), unknown=True)] == ["fleet", "old"]


def test_reconcile_order() -> None:
    later = kustomization("later", spec={"dependsOn": [{"name": "app"}]})
    waves = apply("reconcile_order", [*RAW, later])
    assert [[row["name"] for row in wave] for wave in waves] == [["fleet"], ["app", "bad"], ["later"]]


def test_a_circle_has_no_order() -> None:
    circle = kustomization("a", spec={"dependsOn": [{"name": "a"}]})
    with pytest.raises(
        AnsibleFilterError, match="reconcile_order: There is no order for objects that wait for each other"
    ):
        apply("reconcile_order", [circle])


def test_the_summary_of_a_fleet() -> None:
    found = apply(
        "health_summary", {"results": [info(*RAW), DOWN, info(kustomization(), context="talos-stpetersburg")]}
    )
    assert (found["verdict"], found["message"]) == ("unreachable", "1 healthy, 1 degraded, 1 unreachable")
    assert found["clusters"]["talos-ottawa"] == {
        "verdict": "degraded",
        "reachable": True,
        "reasons": [
            "GitRepository flux-system/fleet: connection refused",
            "Kustomization flux-system/bad: kustomize build\nfailed",
            f"Kustomization flux-system/paused is still suspended, planned until {ago(60)}",
        ],
        "objects": 4,
        "by_status": {"failed": 2, "ready": 1, "suspended": 1},
        "causes": ["GitRepository/flux-system/fleet", "Kustomization/flux-system/bad"],
        "victims": 0,
        "at_risk": 1,
        "suspended": 1,
        "overdue": 1,
        "known_failures": 0,
    }


def test_the_summary_follows_the_settings() -> None:
    settings = {"known_failures": [{"name": name} for name in ("bad", "fleet", "paused")]}
    assert apply("health_summary", info(*RAW), settings=settings)["verdict"] == "healthy"
    with pytest.raises(AnsibleFilterError, match="health_summary: There is no health setting 'known'"):
        apply("health_summary", info(*RAW), settings={"known": []})


def test_the_summary_of_kubectls_objects() -> None:
    assert apply("health_summary", {"items": [kustomization()]}, now=ago(0))["verdict"] == "healthy"
    assert apply("health_summary", {"items": []}, now=ago(0))["verdict"] == "degraded"
    slow = kustomization("slow", ready("Unknown", "Progressing", age=100))
    verdicts = [
        apply("health_summary", [kustomization(), slow], settings={"settle_time": limit}, now=ago(0))["verdict"]
        for limit in ("2m", "1m")
    ]
    assert verdicts == ["healthy", "degraded"]


def test_a_fleets_document_keeps_its_verdicts() -> None:
    entry = {"verdict": "degraded", "reachable": True, "reasons": ["x"], "objects": []}
    found = apply("health_summary", {"clusters": {"ottawa": entry}})
    assert found["clusters"]["ottawa"]["reasons"] == ["x"]


def test_changes() -> None:
    found = apply("health_changes", info(FAILS, kustomization()), info(SOURCE_FAILS, kustomization()))
    assert [row["name"] for row in found["new"]] == ["bad"]
    assert [row["name"] for row in found["fixed"]] == ["fleet"]
    assert apply("health_changes", info(FAILS), None) == {"new": [], "fixed": [], "still": [], "not_compared": []}


def test_a_time_nobody_can_read() -> None:
    with pytest.raises(AnsibleFilterError, match="not_ready: now: 'noon' is not a time like"):
        apply("not_ready", RAW, now="noon")


def test_the_present_is_the_default() -> None:
    assert [row["status"] for row in apply("not_ready", [flux("Kustomization", observed=-1)])] == ["unknown"]


WAITS = kustomization(
    "waits", ready("False", "DependencyNotReady", "not ready", age=600), spec={"dependsOn": [{"name": "bad"}]}
)


@pytest.mark.parametrize("name", ["root_causes", "diagnose"])
@pytest.mark.parametrize("data", [info(*RAW, WAITS), {"items": [*RAW, WAITS]}, [*RAW, WAITS]])
def test_causes_and_their_victims(name: str, data: Any) -> None:
    found = apply(name, data, now=ago(0))
    assert [(cause["name"], cause["victims"], cause["freed_alone"]) for cause in found] == [
        ("bad", ["Kustomization/flux-system/waits"], 1),
        ("fleet", [], 0),
    ]
    assert found[1]["at_risk"] == ["Kustomization/flux-system/app"]


def test_each_cause_says_which_cluster_it_is_of() -> None:
    found = apply("diagnose", [info(FAILS), info(SOURCE_FAILS, context="talos-robbinsdale")])
    assert [(cause["cluster"], cause["class"]) for cause in found] == [
        ("talos-ottawa", "build"),
        ("talos-robbinsdale", "source_network"),
    ]
    assert all(f"--context {cause['cluster']} " in cause["commands"][0]["command"] for cause in found)


def test_a_hand_off_of_ones_own() -> None:
    found = apply("diagnose", info(FAILS, SOURCE_FAILS), handoffs={"build": "the build team"})
    assert [cause["handoff"].partition(":")[0] for cause in found] == ["escalate", "the build team"]
    assert {cause["handoff"] for cause in apply("diagnose", info(FAILS), handoffs={"flux-system": "us"})} == {"us"}


def test_kubectls_deployments_show_a_controller_that_is_down() -> None:
    items = [kustomization(generation=2), deployment("kustomize-controller", 0), deployment("source-controller")]
    found = apply("diagnose", {"items": items}, now=ago(0))
    assert [(cause["class"], cause["name"], cause["victims"]) for cause in found] == [
        ("controller_down", "kustomize-controller", ["Kustomization/flux-system/app"])
    ]


@pytest.mark.parametrize("name", ["root_causes", "diagnose"])
def test_no_causes_of_a_cluster_nobody_reached(name: str) -> None:
    with pytest.raises(AnsibleFilterError, match="talos-robbinsdale was not reached"):
        apply(name, [info(FAILS), DOWN])
    assert len(apply(name, [info(FAILS), DOWN], skip_unreachable=True)) == 1


@pytest.mark.parametrize("name", ["root_causes", "diagnose"])
def test_no_causes_of_a_part(name: str) -> None:
    """What is not there must not be taken for absent: the records went to a file."""
    with pytest.raises(AnsibleFilterError, match="pass all of them, from its records_path"):
        apply(name, info(FAILS) | {"summary": {"total": 7}})
