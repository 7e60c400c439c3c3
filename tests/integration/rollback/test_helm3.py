"""Helm 3 on a release of a helm-controller that is built on Helm 4: why it is refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.integration.rollback.by_hand import Hand
from tests.integration.rollback.cases import Case, Placed, make_bad
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import FIXED, Scene
from tests.testbed.catalogue import HELM_3
from tests.testbed.lifecycle import ensure_programs


@dataclass(frozen=True)
class Releases:
    scene: Scene
    hand: Hand
    refused: Placed
    typed: Placed


@pytest.fixture(scope="module")
def releases(make_scene: MakeScene) -> Releases:
    scene = make_scene("ottawa", "kill-three")
    ensure_programs(scene.bed.testbed, asked=[HELM_3])
    placed = make_bad(scene, "home", [Case("refused"), Case("typed")])
    return Releases(scene, Hand(scene), **placed)


def test_it_is_refused_with_the_reason_before_any_write(releases: Releases) -> None:
    scene, placed = releases.scene, releases.refused
    before = scene.read(placed.namespace, "refused")
    program = str(scene.bed.paths.bin / "helm3")
    result = scene.rollback(placed.namespace, "refused", strategy="helm", force=True, helm=program)
    assert result["failed"]
    assert f"{program} is Helm v3.20.2; nothing was written." in result["msg"]
    assert "helm-controller would apply this release client-side from then on" in result["msg"]
    assert scene.read(placed.namespace, "refused") == before
    assert sorted(scene.storage(placed.namespace, placed.release)) == [1, 2]


def test_it_drops_how_a_revision_was_applied_and_helm_controller_goes_on_client_side(releases: Releases) -> None:
    scene, hand, placed = releases.scene, releases.hand, releases.typed
    assert hand.suspends(placed).rc == 0
    rolled_back = hand.rolls_back(placed, helm="helm3")
    assert "Rollback was a success! Happy Helming!" in rolled_back.text
    stored = scene.storage(placed.storage_namespace, placed.release)
    assert [stored[number].get("apply_method") for number in sorted(stored)] == ["ssa", None, None]
    scene.release(placed.namespace, "typed", FIXED)
    hand.resumes(placed)
    scene.wait_deployed(placed.namespace, "typed", FIXED)
    stored = scene.storage(placed.storage_namespace, placed.release)
    assert stored[max(stored)].get("apply_method") == "csa"
    for name, item in scene.live(placed.release_namespace, placed.release).items():
        assert ("helm-controller", "Update") in item["managers"], (name, item)
        assert len(item["managers"]) > 1, (name, item)
