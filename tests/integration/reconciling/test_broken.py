"""What fails, waits in vain, rests or goes round in circles, among others that are well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.objects import wait_for
from tests.integration.playbook import Json
from tests.integration.reconciling.conftest import MakeScene
from tests.integration.reconciling.scene import Scene, git_repository, kustomization, rows, verdicts

WELL = ("well-1", "well-2", "well-3")
OBJECTS = (
    git_repository(),
    *(kustomization(name, "well") for name in WELL),
    kustomization("broken"),
    kustomization("after", "well", needs=["broken"]),
    kustomization("behind", "well", needs=["after"]),
    kustomization("lost", "well", needs=["nowhere"]),
    git_repository("absent", url="@GIT_BASE@/no/such.git"),
    kustomization("unfed", "well", source="absent"),
    git_repository("circular"),
    kustomization("round", "well", needs=["about"], source="circular"),
    kustomization("about", "well", needs=["round"], source="circular"),
    kustomization("bystander", "well", source="circular"),
)
NO_BUILD = {"broken/kustomization.yaml": "resources: [no-such-file.yaml]\n"}


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene("sick", OBJECTS, ("well",), files=NO_BUILD, ready=["kustomization/well-1"]) as scene:
        wait_for(scene.cluster, "kustomization", "sick/broken", "Ready", "False")
        yield scene


class Moved:
    """Everything of the scene after a commit that mends nothing."""

    def __init__(self, scene: Scene) -> None:
        self.revision = scene.publish(well="second")
        self.result = scene.reconcile(timeout=120)
        self.rows = rows(self.result)


@pytest.fixture(scope="module")
def moved(scene: Scene) -> Moved:
    return Moved(scene)


def test_nobody_uses_up_the_time_of_the_others(moved: Moved) -> None:
    assert moved.result["failed"]
    assert moved.result["seconds"] < 45
    assert verdicts(moved.result) == {
        **dict.fromkeys(("source", "circular", *WELL, "bystander"), "reconciled"),
        **dict.fromkeys(("broken", "absent"), "failed"),
        **dict.fromkeys(("after", "behind", "lost", "unfed", "round", "about"), "blocked"),
    }


def test_the_message_counts_the_bad_ones_and_names_the_first(moved: Moved) -> None:
    bad = [row for row in moved.result["verdicts"] if row["bad"]]
    assert moved.result["msg"].startswith(f"{len(bad)} of 14 objects are bad (6 blocked, 2 failed); first ")
    assert "GitRepository sick/absent failed: " in moved.result["msg"]
    assert moved.result["summary"]["bad"] == len(bad) == 8


def test_what_does_not_build_is_failed_with_its_cause(moved: Moved) -> None:
    row = moved.rows["broken"]
    assert row["reason"] == "BuildFailed"
    assert "no-such-file.yaml" in row["message"]
    assert (row["cause"]["class"], row["cause"]["name"]) == ("build", "broken")
    assert row["cause"]["commands"]
    assert row["revision_after"] is None


def test_dependents_are_blocked_by_what_failed_and_not_by_each_other(moved: Moved) -> None:
    for name in ("after", "behind"):
        assert moved.rows[name]["blocked_by"] == "Kustomization/sick/broken"
        assert moved.rows[name]["cause"]["name"] == "broken"
        assert moved.rows[name]["cause"]["commands"] == []
        assert not moved.rows[name]["requested"]


def test_a_source_that_cannot_be_fetched_blocks_what_never_had_anything(moved: Moved) -> None:
    assert moved.rows["absent"]["cause"]["name"] == "absent"
    assert moved.rows["unfed"]["blocked_by"] == "GitRepository/sick/absent"


def test_circles_and_missing_dependencies_are_named_first(moved: Moved) -> None:
    circle = "Kustomization/sick/about -> Kustomization/sick/round -> Kustomization/sick/about"
    assert moved.result["notices"][:2] == [
        f"a circle of dependencies keeps its members from ever running: {circle}",
        "Kustomization/sick/nowhere does not exist and is needed by Kustomization/sick/lost",
    ]
    assert moved.rows["lost"]["blocked_by"] == "Kustomization/sick/nowhere"
    assert moved.rows["round"]["message"] == "wait for each other: about -> round -> about"


def test_who_shares_a_source_with_a_circle_is_asked_because_nobody_else_would(moved: Moved) -> None:
    row = moved.rows["bystander"]
    assert (row["requested"], row["revision_after"]) == (True, moved.revision)


@pytest.mark.usefixtures("moved")
def test_what_is_not_ready_alone(scene: Scene) -> None:
    result = scene.reconcile(not_ready=True, namespaces=["sick"], with_source=False)
    assert set(verdicts(result)) == {"broken", "after", "behind", "lost", "absent", "unfed", "round", "about"}
    assert result["seconds"] < 30


@pytest.mark.usefixtures("moved")
def test_fail_fast_ends_with_the_first_bad_one(scene: Scene) -> None:
    result = scene.reconcile(kinds=["Kustomization"], names=["broken", "after", "behind"], fail_fast=True)
    assert result["failed"]
    assert rows(result)["broken"]["verdict"] == "failed"
    assert set(verdicts(result).values()) <= {"failed", "blocked", "reconciled"}


@pytest.mark.usefixtures("moved")
def test_once_mended_everything_behind_it_comes_too(scene: Scene) -> None:
    healed: Json = {"broken/kustomization.yaml": "resources: [all.yaml]\n"}
    scene.branch.publish(healed)
    revision = scene.publish(broken="mended")
    result = scene.reconcile(kinds=["Kustomization"], names=["broken", "after", "behind"])
    assert not result["failed"], result["msg"]
    assert verdicts(result) == dict.fromkeys(("source", "broken", "after", "behind"), "reconciled")
    assert {row["revision_after"] for row in result["verdicts"]} == {revision}
