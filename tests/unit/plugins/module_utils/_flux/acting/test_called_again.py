"""A run that is called again with the token of an interrupted one goes on from there."""

from __future__ import annotations

from typing import Any

from tests.unit.flux_objects import NEWER, ago, git_repository, ready
from tests.unit.played_runs import RUNNING, TOKEN, Play, app

ASKED = {"reconcile.fluxcd.io/requestedAt": TOKEN}
HANDLED = {"lastHandledReconcileAt": TOKEN}
AT_NEWER = {"lastAppliedRevision": NEWER, "lastAttemptedRevision": NEWER}


def moved_source(**rest: Any) -> dict[str, Any]:
    """Asked and fetched by the earlier call."""
    return git_repository(artifact=NEWER, annotations=ASKED, status={**HANDLED, **rest})


def test_what_was_asked_is_not_asked_again() -> None:
    play = Play(git_repository(annotations=ASKED, status=HANDLED), app("a", annotations=ASKED), app("b"))
    assert play.asked == ["b"]
    assert play.verdicts() == {"fleet": "reconciled", "a": None, "b": None}
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_what_was_done_is_done() -> None:
    items = git_repository(annotations=ASKED, status=HANDLED), app("a", annotations=ASKED, status=HANDLED)
    play = Play(*items)
    assert play.asked == []
    assert play.is_done()


def test_what_failed_has_failed() -> None:
    failed = app("a", ready("False", "BuildFailed", "no such file"), annotations=ASKED, status=HANDLED)
    play = Play(git_repository(annotations=ASKED, status=HANDLED), failed)
    assert play.verdict("a") == "failed"


def test_the_move_of_the_earlier_call_still_makes_its_consumers_run_by_themselves() -> None:
    artifact = {"revision": NEWER, "digest": "sha256:1", "lastUpdateTime": ago(-3)}
    play = Play(moved_source(artifact=artifact), app("a"), app("done", status=AT_NEWER))
    assert play.asked == []
    assert play.verdicts() == {"fleet": "reconciled", "a": None, "done": "reconciled"}
    play.changes("a", ready("Unknown", "Progressing"), RUNNING)
    play.reconciles("a", handles=False)
    assert play.is_done()
    assert play.asked == []


def test_a_move_before_the_earlier_call_counts_for_nobody() -> None:
    artifact = {"revision": NEWER, "digest": "sha256:1", "lastUpdateTime": ago(90)}
    play = Play(moved_source(artifact=artifact), app("a", status=AT_NEWER))
    assert play.asked == ["a"]


def test_a_token_without_a_time_asks_who_may_run_by_himself() -> None:
    artifact = {"revision": NEWER, "digest": "sha256:1", "lastUpdateTime": ago(-3)}
    play = Play(moved_source(artifact=artifact), app("a"), token_at=None)
    assert play.asked == ["a"]


def test_a_request_of_this_call_is_none_of_the_earlier_one() -> None:
    """The source was fetched in the very second this run began, by somebody else."""
    artifact = {"revision": NEWER, "digest": "sha256:1", "lastUpdateTime": ago(0)}
    play = Play(git_repository(artifact=NEWER, status={"artifact": artifact}), app("a", status=AT_NEWER))
    fleet = play.member("fleet")
    fleet.sent = False  # its answer is seen before that of the API server
    play.reconciles("fleet")
    assert play.asked == ["fleet", "a"]


def test_the_token_of_another_run_is_none_of_ours() -> None:
    others = {"reconcile.fluxcd.io/requestedAt": "another"}
    play = Play(git_repository(annotations=others, status={"lastHandledReconcileAt": "another"}))
    assert play.asked == ["fleet"]


def test_a_repeated_request_of_the_earlier_call_is_known_too() -> None:
    again = {"reconcile.fluxcd.io/requestedAt": TOKEN + "#1"}
    play = Play(
        git_repository(annotations=ASKED, status=HANDLED), app("dep"), app("a", annotations=again, needs=["dep"])
    )
    assert play.asked == ["dep"]
    play.reconciles("dep")
    assert play.asked == ["dep"]
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_what_the_earlier_call_asked_twice_is_not_asked_a_third_time() -> None:
    again = {"reconcile.fluxcd.io/requestedAt": TOKEN + "#1"}
    waiting = app("a", ready("False", "DependencyNotReady"), annotations=again, needs=["dep"])
    play = Play(git_repository(annotations=ASKED, status=HANDLED), app("dep"), waiting)
    play.reconciles("dep")
    play.waits("a")
    assert play.verdict("a") == "blocked"
    assert play.asked == ["dep"]
