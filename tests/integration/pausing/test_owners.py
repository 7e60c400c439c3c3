"""What the next apply of its owner does to a paused object: nothing, unless Git has an opinion of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.pausing.conftest import Desk

OWNED = "pausing-owned"
SUSPEND = '{"spec":{"suspend":true}}'


@pytest.fixture(autouse=True)
def everything_runs_again(desk: Desk) -> Iterator[None]:
    yield
    desk.reset()


def test_a_pause_outlives_the_next_apply(desk: Desk) -> None:
    done = desk.suspend(namespaces=[OWNED], names=["first"], change="OWN-1")
    assert done["objects"][0]["barrier"] == "reached"
    desk.reconciled("parent")
    item = desk.read("Kustomization", "first", OWNED)
    assert item["spec"]["suspend"] is True
    assert item["metadata"]["annotations"]["gitops.flux/suspended-reason"] == "disk swap"


def test_the_same_by_kubectl_is_taken_back(desk: Desk) -> None:
    """Which is why nobody writes with that name here."""
    desk.patch("kustomization", "first", SUSPEND, "kubectl-patch")
    assert desk.is_suspended("first")
    desk.reconciled("parent")
    assert not desk.is_suspended("first")


def test_git_that_says_false_wins_and_that_is_said_before(desk: Desk) -> None:
    done = desk.suspend(namespaces=[OWNED], names=["declared"], change="OWN-1")
    (warning,) = [text for text in done.get("warnings", []) if "Git itself" in text]
    assert warning.startswith(
        "Kustomization/pausing-owned/declared: Git itself sets spec.suspend, through kustomize-controller"
    )
    assert "Kustomization/pausing-owned/parent" in warning
    assert warning in done["objects"][0]["warnings"]
    assert desk.is_suspended("declared")
    desk.reconciled("parent")
    assert not desk.is_suspended("declared")
    # The notes of a pause that is over are taken away with the change.
    ended = desk.resume(change="OWN-1")
    assert [(row["name"], row["state"], row["changed"]) for row in ended["objects"]] == [("declared", "resumed", True)]
    annotations = desk.read("Kustomization", "declared", OWNED)["metadata"].get("annotations", {})
    assert not [key for key in annotations if "suspended" in key]


def test_with_its_owner_paused_too_it_lasts(desk: Desk) -> None:
    done = desk.suspend(namespaces=[OWNED], names=["declared", "parent"], change="OWN-1")
    assert not [text for text in done.get("warnings", []) if "Git itself" in text]
    assert desk.is_suspended("parent")


def test_what_git_suspends_comes_back_and_that_is_said(desk: Desk) -> None:
    done = desk.resume(namespaces=[OWNED], names=["resting"])
    assert done["objects"][0]["changed"] is True
    assert "To keep it running, change it in Git" in done["warnings"][0]
    assert done["objects"][0]["suspended"]["by"] == "kustomize-controller"
    desk.reconciled("other")
    assert desk.is_suspended("resting")


def test_what_git_suspends_is_nobodys_to_pause(desk: Desk) -> None:
    done = desk.suspend(namespaces=[OWNED], names=["resting"], change="OWN-1")
    assert (done["changed"], done["objects"][0]["state"]) == (False, "left")
    assert done["objects"][0]["why_left"] == "suspended by kustomize-controller"


def test_whom_it_hurts_is_known_before(desk: Desk) -> None:
    check = desk.suspend(namespaces=[OWNED], names=["first"], _check_mode=True)
    assert check["blast"]["blocked_later"] == [f"Kustomization/{OWNED}/{name}" for name in ("second", "third")]
    assert check["blast"]["waiting_parents"] == [f"Kustomization/{OWNED}/parent"]
    assert check["blast"]["inventory"] == 1
    assert {row["name"] for row in check["blast"]["open_suspensions"]} >= {"resting"}
    assert any("from the next commit of GitRepository/pausing-owned/git on" in text for text in check["warnings"])
    assert not desk.is_suspended("first")


def test_and_it_does_hurt(desk: Desk) -> None:
    """The second Kustomization is blocked as soon as their source has moved."""
    desk.suspend(namespaces=[OWNED], names=["first"], change="OWN-1")
    desk.bed.commit({"pausing/plain/more.yaml": "# moved\n"}, "A move")
    desk.bed.reconcile(desk.cluster.name, "gitrepository", OWNED, "git")
    desk.bed.wait(lambda: _blocked(desk), 60, "the second being blocked by the first")
    now = desk.suspend(namespaces=[OWNED], names=["first"], change="OWN-1", _check_mode=True)
    assert now["blast"]["blocked_now"] == [f"Kustomization/{OWNED}/{name}" for name in ("second", "third")]
    desk.resume(change="OWN-1")
    desk.bed.wait(lambda: not _blocked(desk), 90, "the second running again")


def _blocked(desk: Desk) -> bool:
    conditions = desk.read("Kustomization", "second", OWNED)["status"]["conditions"]
    return any(row["type"] == "Ready" and row["reason"] == "DependencyNotReady" for row in conditions)
