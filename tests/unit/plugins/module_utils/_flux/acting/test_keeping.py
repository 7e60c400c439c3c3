"""Whose controller, or shard, is not running."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.keeping import lost_objects, sentences_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of

from tests.unit.flux_clusters import deployment
from tests.unit.flux_objects import flux, git_repository, ready
from tests.unit.played_runs import Play, app

ALL = ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")
# What Flux's own Deployments are told where there are shards.
WHOLE = "--watch-label-selector=!sharding.fluxcd.io/key"
SHARD = {"sharding.fluxcd.io/key": "blue"}


def play() -> Play:
    play = Play(
        git_repository(), app("a"), app("b"), app("c", labels=SHARD), flux("Receiver", "r", conditions=[ready()])
    )
    play.reconciles("fleet")
    play.reconciles("b")
    return play


def lost(play: Play, *deployments: dict[str, Any]) -> dict[str, str]:
    rows = controllers_of(list(deployments), flux_namespace="flux-system")
    found = lost_objects(play.run, rows, "flux-system")
    return {ref.name: f"{keeper.name}: {message}" for ref, (keeper, message) in found.items()}


def test_where_everything_runs_only_the_shard_is_missed() -> None:
    found = lost(play(), *(deployment(name, 1, WHOLE) for name in ALL))
    assert set(found) == {"c"}
    assert found["c"].startswith("kustomize-controller-blue: kustomize-controller-blue: ")


def test_a_shard_that_runs_keeps_its_own() -> None:
    shard = deployment("kustomize-controller", 1, "--watch-label-selector=sharding.fluxcd.io/key=blue")
    shard["metadata"]["name"] = "kustomize-controller-blue"
    assert lost(play(), shard, *(deployment(name, 1, WHOLE) for name in ALL)) == {}


def test_a_controller_that_is_down_is_blamed_for_what_has_no_verdict_yet() -> None:
    down = deployment("kustomize-controller", 0)
    found = lost(play(), *(deployment(name) for name in ALL if not name.startswith("kustomize")), down)
    assert set(found) == {"a", "c"}
    assert found["a"].startswith("kustomize-controller: kustomize-controller is down: ")


def test_a_controller_that_was_never_there_is_named_all_the_same() -> None:
    found = lost(play(), deployment("source-controller"))
    assert set(found) == {"a", "c", "r"}
    assert found["r"].startswith("notification-controller")


def test_one_sentence_for_each_controller() -> None:
    found = play()
    rows = controllers_of([deployment("source-controller")], flux_namespace="flux-system")
    said = sentences_of(lost_objects(found.run, rows, "flux-system"))
    assert len(said) == 3
    assert all(text.startswith("Deployment/flux-system/") for text in said)
    assert any("notification-controller" in text and text.endswith("; 1 objects wait for it") for text in said)
