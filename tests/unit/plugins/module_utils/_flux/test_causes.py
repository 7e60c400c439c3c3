"""Root causes and their victims."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.causes import root_causes
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.unit.flux_clusters import deployment
from tests.unit.flux_objects import (
    NEWER,
    NOW,
    Item,
    ago,
    condition,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    record,
    records,
)

SEEN = {name: {"state": "ok", "message": None} for name in KINDS}
FETCH_FAILS = ready("False", "GitOperationFailed", "connection refused")


def needs(*names: str, **rest: Any) -> dict[str, Any]:
    return {"spec": {"dependsOn": [{"name": name} for name in names], **rest}}


def waits(name: str, *names: str, age: float = 600) -> Item:
    said = ready("False", "DependencyNotReady", f"dependency 'flux-system/{names[0]}' is not ready", age=age)
    return kustomization(name, said, **needs(*names))


def fails(name: str, *names: str) -> Item:
    return kustomization(name, ready("False", "BuildFailed", "kustomize build failed"), **needs(*names))


def causes(*items: Item, controllers: list[Any] | None = None, **options: Any) -> list[dict[str, Any]]:
    found = records(*items, controllers=controllers)
    return root_causes(found, controllers, **{"coverage": SEEN, "now": NOW, **options})


def outline(*items: Item, **options: Any) -> dict[str, list[str]]:
    """Name of each cause with the names of its victims."""
    return {
        cause["name"]: [victim.rpartition("/")[2] for victim in cause["victims"]] for cause in causes(*items, **options)
    }


def test_everything_in_order() -> None:
    assert causes(git_repository(), kustomization(), helm_chart(), helm_release()) == []


def test_a_cause_in_full() -> None:
    found = causes(fails("a"), waits("b", "a"), git_repository())
    assert found == [
        {
            "kind": "Kustomization",
            "namespace": "flux-system",
            "name": "a",
            "message": "kustomize build failed",
            "victims": ["Kustomization/flux-system/b"],
            "freed_alone": 1,
            "at_risk": [],
            "members": [],
            "since": ago(60),
            "last_good_at": ago(60),
        }
    ]


BLOCKED_CHART = helm_chart("apps-web", ready("False", "NoSourceArtifact"), version=None)
FAILED_CHART = helm_chart("apps-web", ready("False", "InvalidChartReference", "no chart"), version=None)
BLOCKED_RELEASE = helm_release("web", ready("False", "SourceNotReady", "HelmChart is not ready", age=600))
SUSPENDED = {"suspend": True}
INCLUDES = git_repository(
    "fleet",
    ready("False", "NoArtifact", "no artifact available for include 'base'", age=600),
    condition("IncludeUnavailable", "True", "NoArtifact"),
    spec={"include": [{"repository": {"name": "base"}}]},
)
CALM = kustomization("a", ready(age=600))
LOST = git_repository("fleet", FETCH_FAILS, artifact=None)
NO_ARTIFACT = ready("False", "ArtifactFailed", "Source artifact not found, retrying in 30s", age=600)
BLOCKED = kustomization("a", NO_ARTIFACT)
NO_CONFIG_MAP = ready(
    "False",
    "BuildFailed",
    "post build failed: substitute from 'ConfigMap/settings' error: configmaps \"settings\" not found",
)
SUBSTITUTES = {"spec": {"postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "settings"}]}}}
NO_SECRET = ready(
    "False", "AuthenticationFailed", "failed to get secret 'flux-system/token': secrets \"token\" not found", age=600
)
NO_VALUES = ready(
    "False",
    "ValuesError",
    "could not resolve Secret chart values reference 'apps/values' with key 'values.yaml': "
    "Secret 'apps/values' not found",
)
UNHEALTHY = ready(
    "False", "HealthCheckFailed", "failed early due to stalled resources: [HelmRelease/apps/web status: 'Failed']"
)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param(
            [fails("a"), waits("b", "a"), waits("c", "b"), waits("d", "c")], {"a": ["b", "c", "d"]}, id="chain"
        ),
        pytest.param([fails("a"), fails("b"), waits("c", "a", "b")], {"a": ["c"], "b": ["c"]}, id="two causes"),
        pytest.param([fails("a"), kustomization("b"), waits("c", "a", "b")], {"a": ["c"]}, id="one of two"),
        pytest.param([waits("b", "absent"), waits("c", "b")], {"absent": ["b", "c"]}, id="missing"),
        pytest.param([waits("b", "a"), waits("a", "b"), waits("c", "a")], {"a": ["c"]}, id="circle"),
        pytest.param([waits("a", "a")], {"a": []}, id="waits for itself"),
        pytest.param([FAILED_CHART, BLOCKED_RELEASE], {"apps-web": ["web"]}, id="chart"),
        pytest.param(
            [
                git_repository("fleet", FETCH_FAILS, artifact=None),
                kustomization("a", ready("False", "ArtifactFailed")),
                waits("b", "a"),
            ],
            {"fleet": ["a", "b"]},
            id="source without artifact",
        ),
        pytest.param(
            [git_repository("fleet", FETCH_FAILS), kustomization("a")], {"fleet": []}, id="at risk is no victim"
        ),
        pytest.param(
            [kustomization("a", ready("False", "BuildFailed"), spec=SUSPENDED), waits("b", "a")],
            {"a": ["b"]},
            id="suspended",
        ),
        pytest.param([kustomization("a", spec=SUSPENDED)], {}, id="suspended, nobody waits"),
        pytest.param(
            [git_repository(artifact=NEWER, changed=20), kustomization("a", spec=SUSPENDED), waits("b", "a")],
            {"a": ["b"]},
            id="suspended and the shared source moved",
        ),
        pytest.param(
            [kustomization("a", ready("Unknown", "Progressing", age=20)), waits("b", "a")], {}, id="under way"
        ),
        pytest.param([CALM, waits("b", "a", age=600)], {"b": []}, id="nothing in the way, for long"),
        pytest.param([CALM, waits("b", "a", age=20)], {}, id="nothing in the way, just blocked"),
        pytest.param(
            [kustomization("a", ready(age=45)), waits("b", "a", age=600)], {}, id="nothing in the way, just cleared"
        ),
        pytest.param([CALM, waits("b", "a"), waits("c", "b")], {"b": ["c"]}, id="and one behind it"),
        pytest.param([kustomization(deletionTimestamp=ago(700))], {"app": []}, id="stuck deletion"),
        pytest.param([kustomization(deletionTimestamp=ago(70))], {}, id="deletion"),
        pytest.param([kustomization(generation=2)], {"app": []}, id="unobserved"),
        pytest.param([kustomization(), git_repository(artifact=NEWER, changed=600)], {"app": []}, id="behind"),
        pytest.param(
            [kustomization("a", ready("False", "ArtifactFailed")), waits("b", "a")],
            {"fleet": ["a", "b"]},
            id="source missing",
        ),
        pytest.param(
            [kustomization("a", ready("False", "ArtifactFailed"), **needs("absent"))],
            {"absent": ["a"], "fleet": ["a"]},
            id="source and dependency missing",
        ),
        pytest.param(
            [
                LOST,
                *(kustomization(name, NO_ARTIFACT, **needs(*"ab")) for name in "ab"),
                kustomization("c", NO_ARTIFACT),
            ],
            {"a": [], "fleet": ["b", "c"]},
            id="circle on a source that is lost",
        ),
        pytest.param(
            [kustomization("a", NO_CONFIG_MAP, **SUBSTITUTES), waits("b", "a")],
            {"settings": ["a", "b"]},
            id="ConfigMap",
        ),
        pytest.param(
            [git_repository("fleet", NO_SECRET, artifact=None, spec={"secretRef": {"name": "token"}}), BLOCKED],
            {"token": ["fleet", "a"]},
            id="Secret of a source",
        ),
        pytest.param(
            [helm_release("web", NO_VALUES, spec={"valuesFrom": [{"kind": "Secret", "name": "values"}]})],
            {"values": ["web"]},
            id="Secret with values",
        ),
        pytest.param(
            [kustomization("a", UNHEALTHY), helm_release("web", ready("False", "InstallFailed"))],
            {"web": ["a"]},
            id="health check of a Flux object",
        ),
        pytest.param(
            [kustomization("a", UNHEALTHY), helm_release("web")], {"a": []}, id="health check of one that is well again"
        ),
    ],
)
def test_causes_and_victims(items: list[Item], expected: dict[str, list[str]]) -> None:
    assert outline(*items) == expected


def test_freed_alone_counts_those_nothing_else_holds() -> None:
    found = causes(fails("a"), fails("b"), waits("c", "a", "b"), waits("d", "a"), waits("e", "d"))
    assert [(cause["name"], cause["freed_alone"], len(cause["victims"])) for cause in found] == [
        ("a", 2, 3),
        ("b", 0, 1),
    ]


def test_a_circle_names_all_its_members() -> None:
    found = causes(waits("b", "c"), waits("c", "a"), waits("a", "b"), git_repository())
    assert [(cause["name"], cause["members"], cause["victims"]) for cause in found] == [
        ("a", [f"Kustomization/flux-system/{name}" for name in "abc"], [])
    ]
    assert found[0]["message"] == "wait for each other: a -> b -> c -> a"


def test_a_circle_that_has_not_hurt_yet_is_no_cause() -> None:
    assert causes(kustomization("a", **needs("b")), kustomization("b", **needs("a"))) == []


def test_a_missing_object_goes_by_its_own_name() -> None:
    found = causes(waits("b", "absent"))[0]
    assert (found["kind"], found["namespace"], found["name"]) == ("Kustomization", "flux-system", "absent")
    assert found["message"] == "does not exist"


def test_no_cause_is_claimed_in_what_could_not_be_seen() -> None:
    found = causes(BLOCKED_RELEASE, coverage=SEEN | {"HelmChart": {"state": "forbidden"}})
    assert [cause["name"] for cause in found] == ["web"]
    assert found[0]["message"].endswith("the cause may be in HelmChart, which could not be seen")


def test_nothing_is_claimed_about_objects_that_are_not_flux() -> None:
    """A ResourceSet may wait for anything; only Flux kinds are read completely."""
    wants = {"dependsOn": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "settings"}]}
    item = flux("ResourceSet", "set", spec=wants, conditions=[ready("False", "DependencyNotReady", "waits", age=600)])
    found = causes(item, coverage=SEEN | {"ConfigMap": {"state": "ok"}})
    assert [(cause["kind"], cause["name"]) for cause in found] == [("ResourceSet", "set")]
    assert found[0]["message"] == "waits; the cause may be in ConfigMap, which could not be seen"


DOWN = controllers_of(
    [deployment("kustomize-controller", 0), deployment("source-controller"), deployment("helm-controller")]
)


def test_worst_first() -> None:
    items = [fails("b"), fails("a"), fails("big"), waits("x", "big"), waits("y", "x"), git_repository("g", FETCH_FAILS)]
    rows = controllers_of([deployment(name) for name in ("kustomize-controller", "source-controller")])
    rows += controllers_of([deployment("helm-controller", 0)])
    found = causes(*items, controllers=rows, expected=["helm-controller"])
    assert [cause["name"] for cause in found] == ["helm-controller", "big", "g", "a", "b"]


def test_no_blocked_object_ends_up_without_a_cause() -> None:
    """Whatever a blocked object waits for: either something explains it, or it is a cause itself."""
    chain = [waits(f"k{number}", f"k{number + 1}") for number in range(1500)]
    for end in (waits("k1500", "absent"), waits("k1500", "k0"), fails("k1500"), waits("k1500", "ready")):
        found = causes(*chain, end, kustomization("ready", ready(age=600)))
        touched = {name for cause in found for name in (*cause["victims"], *cause["members"], f"x/y/{cause['name']}")}
        assert {name.rpartition("/")[2] for name in touched} >= {f"k{number}" for number in range(1501)}


def test_a_record_that_waits_for_a_suspended_source() -> None:
    source = git_repository(artifact=None, spec=SUSPENDED)
    item = kustomization("a", ready("False", "ArtifactFailed", age=600))
    assert record(item, source)["status"] == "blocked"
    assert outline(source, item) == {"fleet": ["a"]}
