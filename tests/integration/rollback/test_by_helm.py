"""Strategy helm, by the real helm and the real helm-controller: each way to name and place a release once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.integration.playbook import Json
from tests.integration.rollback.cases import COMBINATIONS, Case, Placed, make_bad
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import Scene

CASES = [
    *COMBINATIONS,
    Case("client-side", client_side=True),
    Case("client-side-apart", target="target", client_side=True),
]
NAMES = [case.name for case in CASES]
STEPS = ["held", "barrier", "ownership", "helm", "ownership_back", "verified"]


@dataclass(frozen=True)
class Done:
    """All cases, rolled back in one play."""

    scene: Scene
    placed: dict[str, Placed]
    results: dict[str, Json]


@pytest.fixture(scope="module")
def done(make_scene: MakeScene) -> Done:
    scene = make_scene("robbinsdale", "roll")
    placed = make_bad(scene, "home", CASES)
    own = {"reason": "the new version is bad", "helm": scene.helm, "force": True, "strategy": "helm"}
    calls = [own | {"namespace": each.namespace, "name": name} for name, each in placed.items()]
    results = scene.tasks("flux_helm_rollback", *calls)
    return Done(scene, placed, dict(zip(placed, results, strict=True)))


@pytest.mark.parametrize("name", NAMES)
def test_live_objects_are_the_targets_to_the_field(done: Done, name: str) -> None:
    result, placed = done.results[name], done.placed[name]
    assert not result.get("failed"), result.get("msg")
    assert result["phase"] == "rolled_back"
    done.scene.is_good(placed.release_namespace, placed.release)


@pytest.mark.parametrize("name", NAMES)
def test_the_story_has_every_step(done: Done, name: str) -> None:
    steps = [row["step"] for row in done.results[name]["story"]]
    placed = done.placed[name]
    apart = placed.release_namespace != placed.storage_namespace
    assert [step for step in steps if not step.startswith("records")] == STEPS
    assert [step for step in steps if step.startswith("records")] == (["records", "records_home"] if apart else [])


@pytest.mark.parametrize("name", NAMES)
def test_helms_storage_is_whole_and_where_it_was(done: Done, name: str) -> None:
    placed, result = done.placed[name], done.results[name]
    stored = done.scene.storage(placed.storage_namespace, placed.release)
    statuses = {revision: release["info"]["status"] for revision, release in stored.items()}
    assert statuses == {1: "superseded", 2: "superseded", 3: "deployed"}
    assert stored[3]["namespace"] == placed.release_namespace
    assert stored[3]["manifest"] == stored[1]["manifest"]
    assert [row["revision"] for row in result["history"]] == [3, 2, 1]
    if placed.storage_namespace != placed.release_namespace:
        assert done.scene.storage(placed.release_namespace, placed.release) == {}


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_of_the_storage_bears_our_label(done: Done, name: str) -> None:
    placed = done.placed[name]
    for namespace in (placed.storage_namespace, placed.release_namespace):
        labelled = done.scene.cluster.kubectl(
            "-n", namespace, "get", "secrets", "-l", "gitops.flux/rollback", "-o", "name"
        )
        assert labelled == ""


@pytest.mark.parametrize("name", NAMES)
def test_it_is_held_and_says_why(done: Done, name: str) -> None:
    item = done.scene.read(done.placed[name].namespace, name)
    annotations = item["metadata"]["annotations"]
    assert item["spec"]["suspend"] is True
    assert annotations["gitops.flux/suspended-reason"] == "the new version is bad"
    assert annotations["gitops.flux/suspended-change"] == "helm-rollback"
    assert done.results[name]["held"]["suspended"] is True


def test_run_again_it_writes_nothing(done: Done) -> None:
    since = done.scene.bed.mark(done.scene.cluster.name)
    again = done.scene.rollback(done.placed["both"].namespace, "both")
    assert again["changed"] is False
    assert again["phase"] == "rolled_back"
    assert [row["step"] for row in again["story"]] == ["verified"]
    asked = ("selfsubject", "dryRun=All")
    assert [each for each in done.scene.writes(since) if not any(word in each.uri for word in asked)] == []


@pytest.mark.parametrize("name", ["plain", "both", "client-side", "client-side-apart"])
def test_the_next_upgrade_prunes_cleanly(done: Done, name: str) -> None:
    """Git mends it, and somebody lets it go without us: what the target had and the fixed version has not is gone."""
    scene, placed = done.scene, done.placed[name]
    scene.release(placed.namespace, name, placed.case.versions[2], **placed.case.spec(scene) | {"suspend": False})
    scene.cluster.kubectl(
        "-n", placed.namespace, "patch", "helmrelease", name, "--type=merge", "-p", '{"spec":{"suspend":false}}'
    )
    scene.wait_deployed(placed.namespace, name, placed.case.versions[2])
    live = scene.live(placed.release_namespace, placed.release)
    assert sorted(item.rpartition("-")[2] for item in live) == ["settings", "web"]
    settings = next(item for item_name, item in live.items() if item_name.endswith("settings"))
    assert settings["data"] == {"title": "none", "mode": "fixed"}
    assert not any(item["bad"] for item in live.values())
