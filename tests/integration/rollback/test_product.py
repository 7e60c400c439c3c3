"""Every strategy with every way to name, place and apply a release, all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tests.integration.rollback.cases import COMBINATIONS, Case, make_bad
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import Scene

WAYS = list(product((False, True), (False, True)))
CASES = [
    replace(case, name=f"{'abcd'[number]}-{case.name}", explicit=explicit, client_side=client_side)
    for case in COMBINATIONS
    for number, (explicit, client_side) in enumerate(WAYS)
]
# At once, so that helm-controller is not asked for all of them in the same second.
BATCH = 8


def batches() -> list[list[Case]]:
    unnamed = [replace(case, release_name=case.release_name and f"given-{number}") for number, case in enumerate(CASES)]
    return [unnamed[start : start + BATCH] for start in range(0, len(unnamed), BATCH)]


@pytest.fixture(scope="module")
def scenes(make_scene: MakeScene) -> dict[str, Scene]:
    """One for each strategy."""
    return {"helm": make_scene("ottawa", "rollallhelm"), "pin": make_scene("stpetersburg", "rollallpin")}


@pytest.mark.parametrize("strategy", ["helm", "pin"])
@pytest.mark.parametrize("cases", batches(), ids=lambda cases: f"{cases[0].name}-and-{len(cases) - 1}-more")
def test_the_live_objects_are_the_targets(scenes: dict[str, Scene], cases: list[Case], strategy: str) -> None:
    scene = scenes[strategy]
    placed = make_bad(scene, "home", cases)
    own = {"reason": "the new version is bad", "helm": scene.helm, "force": True, "strategy": strategy}
    calls = [own | {"namespace": each.namespace, "name": name} for name, each in placed.items()]
    results = dict(zip(placed, scene.tasks("flux_helm_rollback", *calls), strict=True))
    assert {name: result.get("msg") for name, result in results.items() if result.get("failed")} == {}
    for name, each in placed.items():
        live = scene.live(each.release_namespace, each.release)
        assert sorted(item.rpartition("-")[2] for item in live) == ["settings", "web"], name
        assert not any(item["bad"] for item in live.values()), name
        if strategy == "helm":
            scene.is_good(each.release_namespace, each.release)
        stored = scene.storage(each.storage_namespace, each.release)
        assert stored[max(stored)]["manifest"] == stored[1]["manifest"], name
    # The next batch uses the same namespaces.
    for name, each in placed.items():
        scene.cluster.kubectl("-n", each.namespace, "delete", "helmrelease", name, "--wait=false")
