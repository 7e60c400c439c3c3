"""How far a run is, in numbers and names."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.progress import progress_of

from tests.unit.flux_objects import git_repository
from tests.unit.played_runs import Play, app


def test_from_the_first_moment_to_the_end() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), app("c", needs="b"), app("d"))
    source = {"GitRepository/flux-system/fleet": 4}
    assert progress_of(play.run) == {
        "done": 0, "total": 5, "bad": {}, "running": 1, "waiting": source, "note": None,
    }  # fmt: skip
    play.reconciles("fleet")
    assert progress_of(play.run, "busy") == {
        "done": 1, "total": 5, "bad": {}, "running": 2, "waiting": {"Kustomization/flux-system/a": 2}, "note": "busy",
    }  # fmt: skip
    play.reconciles("a")
    play.fails("b")
    assert progress_of(play.run)["bad"] == {"failed": 1, "blocked": 1}
    play.reconciles("d")
    found = progress_of(play.run)
    assert (found["done"], found["running"], found["waiting"]) == (5, 0, {})


def test_what_is_not_reported_is_not_counted() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), targets=("b",))
    assert progress_of(play.run)["total"] == 2


def test_the_most_waited_for_comes_first() -> None:
    play = Play(git_repository(), app("a"), app("b"), app("x", needs="a"), app("y", needs="b"), app("z", needs="b"))
    play.reconciles("fleet")
    assert list(progress_of(play.run)["waiting"].items()) == [
        ("Kustomization/flux-system/b", 2),
        ("Kustomization/flux-system/a", 1),
    ]


def test_the_outcome_of_a_newer_request_counts_as_such() -> None:
    play = Play(git_repository(), app("a"), with_source=False, targets=("a",))
    play.changes("a", metadata={"annotations": {"reconcile.fluxcd.io/requestedAt": "another"}})
    play.fails("a")
    assert progress_of(play.run)["bad"] == {"failed": 1}
