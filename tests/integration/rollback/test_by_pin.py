"""Strategy pin, by the real helm-controller: each way to name and place a release once, and to its end."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.integration.playbook import Json
from tests.integration.rollback.cases import COMBINATIONS, Case, Placed, make_bad
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import Scene

CASES = [*COMBINATIONS, Case("client-side", client_side=True)]
NAMES = [case.name for case in CASES]


@dataclass(frozen=True)
class Done:
    """All cases, pinned in one play."""

    scene: Scene
    placed: dict[str, Placed]
    results: dict[str, Json]


@pytest.fixture(scope="module")
def done(make_scene: MakeScene) -> Done:
    scene = make_scene("stpetersburg", "rollpin")
    placed = make_bad(scene, "home", CASES)
    own = {"reason": "the new version is bad", "force": True, "strategy": "pin"}
    calls = [own | {"namespace": each.namespace, "name": name} for name, each in placed.items()]
    results = scene.tasks("flux_helm_rollback", *calls)
    return Done(scene, placed, dict(zip(placed, results, strict=True)))


@pytest.mark.parametrize("name", NAMES)
def test_live_objects_are_the_targets(done: Done, name: str) -> None:
    result, placed = done.results[name], done.placed[name]
    assert not result.get("failed"), result.get("msg")
    assert result["phase"] == "pinned"
    live = done.scene.live(placed.release_namespace, placed.release)
    assert sorted(item.rpartition("-")[2] for item in live) == ["settings", "web"]
    assert not any(item["bad"] for item in live.values())


@pytest.mark.parametrize("name", NAMES)
def test_helm_controllers_history_is_whole(done: Done, name: str) -> None:
    """It has done it itself: what it believes current is what is stored."""
    placed = done.placed[name]
    newest = done.scene.read(placed.namespace, name)["status"]["history"][0]
    assert (newest["version"], newest["status"], newest["chartVersion"]) == (3, "deployed", placed.case.versions[0])
    stored = done.scene.storage(placed.storage_namespace, placed.release)
    assert {number: each["info"]["status"] for number, each in stored.items()} == {
        1: "superseded",
        2: "superseded",
        3: "deployed",
    }
    assert stored[3]["manifest"] == stored[1]["manifest"]


def test_all_of_them_are_let_go_when_they_are_mended(done: Done) -> None:
    """Nobody owns them, so they are mended by hand: what was pinned is given back, and the fixed version comes."""
    scene = done.scene
    calls = [{"namespace": each.namespace, "name": name} for name, each in done.placed.items()]
    refused = scene.tasks("flux_helm_rollback_finish", *calls)
    assert [result["missing_in_git"] is not None for result in refused] == [True] * len(calls)
    for name, placed in done.placed.items():
        scene.release(placed.namespace, name, placed.case.versions[2], **placed.case.spec(scene))
    finished = scene.tasks("flux_helm_rollback_finish", *calls)
    assert [(each["phase"], each.get("msg")) for each in finished] == [("finished", None)] * len(calls)
    for name, placed in done.placed.items():
        item = scene.read(placed.namespace, name)
        newest = item["status"]["history"][0]
        assert (newest["chartVersion"], newest["status"]) == (placed.case.versions[2], "deployed"), name
        assert not [key for key in item["metadata"].get("annotations", {}) if key.startswith("gitops.flux/")]
        assert "suspend" not in item["spec"]
        assert (
            scene.cluster.kubectl("-n", placed.namespace, "get", "secrets", "-l", "gitops.flux/rollback", "-o", "name")
            == ""
        )
