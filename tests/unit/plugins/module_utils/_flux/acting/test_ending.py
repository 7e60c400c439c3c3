"""How a run ends: with the last verdict, with the first bad one, or with its time."""

from __future__ import annotations

from tests.unit.flux_objects import git_repository, ready
from tests.unit.played_runs import RUNNING, Play, app


def test_at_the_deadline_what_runs_is_timed_out_with_what_it_does() -> None:
    play = Play(git_repository(), app("a"), app("b"), app("c"))
    play.reconciles("fleet")
    play.changes("a", ready("Unknown", "Progressing"), RUNNING)
    play.changes("b", ready("False", "HealthCheckCanceled", "another revision came"), handles=True)
    play.ends()
    assert play.verdicts() == {"fleet": "reconciled", "a": "timed_out", "b": "timed_out", "c": "timed_out"}
    assert play.said("a") == "is still at: Building manifests"
    assert play.said("b") == "last said: another revision came"
    assert play.said("c") == "its controller has not answered the request"


def test_at_the_deadline_what_waits_is_blocked_by_the_first_that_was_not_done() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), app("c", needs="b"))
    play.reconciles("fleet")
    play.ends()
    assert play.verdicts() == {"fleet": "reconciled", "a": "timed_out", "b": "blocked", "c": "blocked"}
    assert play.blocker("b") == play.blocker("c") == "a"
    assert play.said("c") == "waits for Kustomization/flux-system/a, which is not done"


def test_at_the_deadline_the_blame_may_be_the_sources() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.ends()
    assert play.verdict("fleet") == "timed_out"
    assert play.blocker("a") == play.blocker("b") == "fleet"


def test_a_dependency_that_is_not_in_the_run_may_be_to_blame() -> None:
    running = ready("Unknown", "Progressing")
    play = Play(git_repository(), app("a", running, RUNNING), app("b", needs="a"), targets=("b",))
    play.reconciles("fleet")
    assert play.verdict("b") is None
    play.ends()
    assert set(play.verdicts()) == {"fleet", "b"}
    assert play.blocker("b") == "a"
    assert play.asked == ["fleet"]


def test_fail_fast_ends_with_the_first_bad_one() -> None:
    play = Play(git_repository(), app("a"), app("b"), app("c", needs="b"), fail_fast=True)
    play.reconciles("fleet")
    assert not play.is_done()
    play.fails("a")
    assert play.is_done()
    play.ends()
    assert play.verdicts() == {"fleet": "reconciled", "a": "failed", "b": "blocked", "c": "blocked"}
    assert play.blocker("b") == play.blocker("c") == "a"
    assert "ended the run" in play.said("b")


def test_without_it_the_others_are_waited_for() -> None:
    play = Play(git_repository(), app("a"), app("b"))
    play.reconciles("fleet")
    play.fails("a")
    assert not play.is_done()


def test_a_bad_one_that_nobody_asked_for_ends_nothing() -> None:
    play = Play(git_repository(), app("a", ready("False", "BuildFailed")), app("b"), targets=("b",), fail_fast=True)
    play.reconciles("fleet")
    assert not play.is_done()


def test_a_run_over_nothing_is_done() -> None:
    assert Play(git_repository(), targets=()).is_done()


def test_without_waiting_everything_is_asked_at_once_and_nothing_twice() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), app("held", spec={"suspend": True}))
    play.run.ask_everything(play.now)
    play.passes(0)
    assert sorted(play.asked) == ["a", "b", "fleet"]
    assert play.verdict("held") == "suspended"
    assert play.verdict("b") is None
