"""Suspend, helm history, helm rollback, resume: how the runbook everyone has fails. See docs/helm-rollback-usual.md."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.integration.playbook import ROOT
from tests.integration.rollback.by_hand import Hand, Typed
from tests.integration.rollback.cases import Case, Placed, make_bad
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import BAD, Scene, chart_files, publish

# A version in which the key `mode` is not there any more.
SLIMMER = "2.3.0"
FORCED = "--force-conflicts"


@dataclass(frozen=True)
class Usual:
    """Three releases at their bad revision 2, suspended: what was typed for each, and what was said."""

    scene: Scene
    hand: Hand
    shop: Placed
    till: Placed
    cart: Placed
    plain: Typed
    forced: Typed
    elsewhere: Typed


@pytest.fixture(scope="module")
def usual(make_scene: MakeScene) -> Usual:
    scene = make_scene("ottawa", "kill-usual")
    hand = Hand(scene)
    files = chart_files(bad=False)
    settings = files["templates/settings.yaml"].replace("  mode: plain\n", "")
    publish(scene.bed, SLIMMER, files | {"templates/settings.yaml": settings})
    placed = make_bad(scene, "home", [Case("shop"), Case("till"), Case("cart", target="target")])
    for each in placed.values():
        assert hand.suspends(each).rc == 0
        assert hand.history(each) == ["superseded", "deployed"]
    plain = hand.rolls_back(placed["shop"])
    forced = hand.rolls_back(placed["till"], FORCED)
    elsewhere = hand.rolls_back(placed["cart"], FORCED)
    return Usual(scene, hand, **placed, plain=plain, forced=forced, elsewhere=elsewhere)


def test_first_it_ends_in_a_conflict_and_leaves_a_failed_revision_more(usual: Usual) -> None:
    assert usual.plain.rc == 1
    assert 'conflict with "helm-controller"' in usual.plain.text
    assert usual.hand.history(usual.shop) == ["superseded", "superseded", "failed"]
    live = usual.scene.live("kill-usual-home", "shop")
    assert all(item["bad"] for item in live.values()), live


def test_second_forced_it_says_success_and_what_the_bad_one_added_is_still_live(usual: Usual) -> None:
    assert usual.forced.rc == 0
    assert "Rollback was a success! Happy Helming!" in usual.forced.text
    assert usual.hand.history(usual.till)[-1] == "deployed"
    live = usual.scene.live("kill-usual-home", "till")
    assert live["Deployment/till-web"]["containers"] == ["main", "sidecar"]
    assert "EXTRA" in live["Deployment/till-web"]["env"]
    assert live["ConfigMap/till-settings"]["data"]["extra"] == "only in the bad one"


def test_who_looks_as_helm_sees_no_difference_and_as_helm_controller_does(usual: Usual) -> None:
    assert usual.hand.compares(usual.till, "helm") == ""
    difference = usual.hand.compares(usual.till, "helm-controller")
    gone = set(re.findall(r"^-\s+(.*)$", difference, re.MULTILINE))
    assert {"extra: only in the bad one", "- name: EXTRA", "- image: example.invalid/sidecar:1"} <= gone


def test_after_a_failed_attempt_a_whole_object_stays_too(usual: Usual) -> None:
    """Helm deletes what the newest revision has, and since the failed attempt that is what the target has."""
    again = usual.hand.rolls_back(usual.shop, FORCED)
    assert "Rollback was a success! Happy Helming!" in again.text
    assert "ConfigMap/shop-added" in usual.scene.live("kill-usual-home", "shop")
    assert "ConfigMap/till-added" not in usual.scene.live("kill-usual-home", "till")


def test_third_it_says_success_in_the_wrong_namespace(usual: Usual) -> None:
    assert usual.elsewhere.rc == 0
    assert "Rollback was a success! Happy Helming!" in usual.elsewhere.text
    made = usual.scene.live("kill-usual-home", usual.cart.release)
    assert sorted(name.rpartition("-")[2] for name in made) == ["settings", "web"]
    live = usual.scene.live("kill-usual-target", usual.cart.release)
    assert sorted(name.rpartition("-")[2] for name in live) == ["added", "settings", "web"]
    assert all(item["bad"] for item in live.values()), live


def test_fourth_resumed_the_bad_one_is_back_at_once(usual: Usual) -> None:
    before = len(usual.hand.history(usual.shop))
    resumed = usual.hand.resumes(usual.shop)
    assert f"applied revision {BAD}" in resumed.text
    usual.scene.wait_deployed("kill-usual-home", "shop", BAD, 20)
    assert usual.hand.history(usual.shop)[before:] == ["deployed"]
    assert usual.scene.live("kill-usual-home", "shop")["Deployment/shop-web"]["image"].endswith(f":{BAD}")


def test_and_later_what_git_takes_away_stays_because_helm_owns_it_as_well(usual: Usual) -> None:
    usual.scene.release("kill-usual-home", "till", SLIMMER)
    usual.hand.resumes(usual.till)
    usual.scene.wait_deployed("kill-usual-home", "till", SLIMMER)
    found = usual.scene.live("kill-usual-home", "till")["ConfigMap/till-settings"]
    assert found["data"] == {"title": "none", "mode": "plain"}
    assert sorted(found["managers"]) == [("helm", "Apply"), ("helm-controller", "Apply")]


def test_the_page_quotes_what_was_said(usual: Usual) -> None:
    """The lines of docs/helm-rollback-usual.md that are outputs; names are those of this test."""
    page = (ROOT / "docs/helm-rollback-usual.md").read_text()
    conflict = next(line for line in usual.plain.text.splitlines() if line.startswith("Error: "))
    for said in (conflict.replace("kill-usual-home", "shop"), usual.forced.text.strip()):
        assert said in page
