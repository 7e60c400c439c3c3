"""The order of reconciling."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.order import reconcile_order

from tests.unit.flux_objects import (
    Item,
    ago,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    records,
)


def waves(*items: Item) -> list[str]:
    return [" ".join(row["name"] for row in wave) for wave in reconcile_order(records(*items))]


def after(name: str, *needs: str) -> Item:
    return kustomization(name, spec={"dependsOn": [{"name": need} for need in needs]})


REPOSITORY = flux("HelmRepository", "charts", "apps", conditions=[ready()])


def test_content_then_what_is_applied() -> None:
    items = [helm_release("web"), helm_chart(), after("b", "a"), kustomization("a"), git_repository(), REPOSITORY]
    assert waves(*items) == ["fleet charts", "apps-web", "a", "b", "web"]


def test_parallel_branches_share_waves() -> None:
    assert waves(after("d", "b", "c"), after("b", "a"), after("c", "a"), kustomization("a"), kustomization("z")) == [
        "a z",
        "b c",
        "d",
    ]


@pytest.mark.parametrize(
    "item",
    [
        kustomization("x", spec={"suspend": True}),
        kustomization("x", deletionTimestamp=ago(5)),
        flux("Alert", "x", observed=None),
        flux("HelmRepository", "x", spec={"type": "oci"}, observed=None),
        flux("ExternalArtifact", "x", observed=None, status={"artifact": {"revision": "r"}}),
    ],
)
def test_what_takes_no_request_is_left_out(item: Item) -> None:
    assert waves(item, after("b", "x")) == ["b"]


def test_a_circle_is_named() -> None:
    with pytest.raises(InvalidInput) as error:
        waves(after("b", "c"), after("c", "b"), kustomization("a"))
    assert str(error.value) == (
        "There is no order for objects that wait for each other: "
        "Kustomization flux-system/b -> Kustomization flux-system/c -> Kustomization flux-system/b."
    )


def test_several_clusters_have_no_common_order() -> None:
    found = [*records(kustomization()), *records(kustomization(), cluster="talos-robbinsdale")]
    with pytest.raises(InvalidInput, match=r"of 2 clusters \(talos-ottawa, talos-robbinsdale\)"):
        reconcile_order(found)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_stands_before_what_it_needs(seed: int) -> None:
    """Random graphs without circles: every need stands in an earlier wave, every object in exactly one."""
    chance = random.Random(seed)  # noqa: S311
    items = [git_repository()]
    for number in range(60):
        needs = [f"k{chance.randrange(number)}" for _each in range(chance.randrange(3)) if number]
        items.append(after(f"k{number}", *needs))
    found = reconcile_order(records(*chance.sample(items, len(items))))
    place = {row["name"]: number for number, wave in enumerate(found) for row in wave}
    assert len(place) == sum(len(wave) for wave in found) == len(items)
    for item in items:
        for need in item["spec"].get("dependsOn", []):
            assert place[need["name"]] < place[item["metadata"]["name"]]


def test_long_chains_are_no_problem() -> None:
    chain: list[Any] = [kustomization("k0"), *(after(f"k{number}", f"k{number - 1}") for number in range(1, 1500))]
    assert len(waves(*chain)) == 1500
