"""A source that has moved makes its consumers run by themselves, and that run counts."""

from __future__ import annotations

from tests.unit.flux_objects import NEWER, condition, flux, git_repository, helm_chart, helm_release, ready, release
from tests.unit.played_runs import RUNNING, Play, app

CHARTS = flux("HelmRepository", "charts", "apps", conditions=[ready()])
CHART = {"helmChart": "apps/apps-web", "lastAttemptedRevision": "1.2.2"}


def moved() -> Play:
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.moves()
    return play


def test_the_automatic_run_is_the_answer_and_nobody_is_asked() -> None:
    play = moved()
    assert play.asked == ["fleet"]
    play.changes("a", ready("Unknown", "Progressing"), RUNNING, lastAttemptedRevision=NEWER)
    assert play.verdict("a") is None
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"
    play.reconciles("b", handles=False)
    assert play.is_done()
    assert play.asked == ["fleet"]


def test_what_was_ready_on_the_old_revision_is_no_answer() -> None:
    play = moved()
    assert play.verdict("a") is None
    play.changes("a", ready(message="Applied revision: the old one"))
    assert play.verdict("a") is None


def test_an_automatic_run_that_fails_is_failed_at_once() -> None:
    play = moved()
    play.fails("a", handles=False)
    assert play.verdicts() == {"fleet": "reconciled", "a": "failed", "b": "blocked"}
    assert play.asked == ["fleet"]


def test_an_automatic_run_that_finds_no_path_is_failed_at_once_although_it_says_not_what_it_tried() -> None:
    play = moved()
    play.changes("a", ready("False", "ArtifactFailed", "kustomization path not found: stat /tmp/1/nowhere", age=0))
    assert play.verdicts() == {"fleet": "reconciled", "a": "failed", "b": "blocked"}
    assert play.asked == ["fleet"]


def test_a_path_that_was_missing_before_is_no_answer() -> None:
    missing = ready("False", "ArtifactFailed", "kustomization path not found: stat /tmp/1/nowhere", age=0)
    play = Play(git_repository(), app("a", missing))
    play.moves()
    assert play.verdict("a") is None


def test_a_failure_on_the_old_revision_is_no_answer() -> None:
    play = Play(git_repository(), app("a", ready("False", "BuildFailed", "old")))
    play.moves()
    assert play.verdict("a") is None
    play.changes("a", ready("False", "BuildFailed", "old, tried again"))
    assert play.verdict("a") is None
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"


def test_a_failure_on_the_wanted_revision_counts_although_a_request_is_still_pending() -> None:
    """It arrived in the middle of the run, so that another run comes, but this verdict is known."""
    play = moved()
    play.reconciles("a", handles=False)
    play.waits("b", handles=False)
    assert play.asked == ["fleet", "b"]
    play.fails("b", handles=False)
    assert play.verdict("b") == "failed"


def test_one_that_looked_too_early_is_asked_when_its_dependency_is_done() -> None:
    play = moved()
    play.waits("b", handles=False)
    assert play.asked == ["fleet"]
    play.reconciles("a", handles=False)
    assert play.asked == ["fleet", "b"]
    play.reconciles("b")
    assert play.verdict("b") == "reconciled"


def test_the_early_look_may_also_be_seen_late() -> None:
    play = moved()
    play.reconciles("a", handles=False)
    assert play.asked == ["fleet"]
    play.waits("b", handles=False)
    assert play.asked == ["fleet", "b"]


def test_an_automatic_run_that_never_comes_is_pushed() -> None:
    play = moved()
    play.passes(9)
    assert play.asked == ["fleet"]
    play.passes(2)
    assert play.asked == ["fleet", "a"]
    play.passes(20)
    assert play.asked == ["fleet", "a"]
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_a_controller_that_is_at_work_is_not_pushed() -> None:
    play = Play(git_repository(), app("a"), app("c"))
    play.moves()
    for second in range(6):
        play.passes(5)
        play.changes("c", ready("Unknown", "Progressing", f"step {second}"), RUNNING)
    assert play.asked == ["fleet"]


def test_an_object_in_the_middle_of_its_run_is_not_pushed() -> None:
    play = Play(git_repository(), app("a"))
    play.moves()
    play.changes("a", ready("Unknown", "Progressing"), RUNNING)
    play.passes(60)
    assert play.asked == ["fleet"]


def test_a_source_that_did_not_move_makes_nobody_run() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    assert play.asked == ["fleet", "a"]


def test_a_source_that_moves_again_makes_the_last_revision_the_wanted_one() -> None:
    newest = NEWER.replace("f9b2", "0000")
    play = moved()
    play.reconciles("a", handles=False)
    play.moves(revision=newest, handles=False)
    assert play.verdict("a") is None
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"
    assert play.items["a"]["status"]["lastAppliedRevision"] == newest


def test_a_release_runs_by_itself_on_a_new_version_of_its_chart() -> None:
    play = Play(CHARTS, helm_chart(), helm_release(status=CHART))
    play.reconciles("charts")
    play.moves("apps-web", "1.3.0")
    assert play.asked == ["charts", "apps-web"]
    running = condition("Reconciling", "True", "Progressing", "Running 'upgrade' action")
    play.changes("web", ready("Unknown", "Progressing"), running, lastAttemptedRevision="1.3.0")
    assert play.verdict("web") is None
    history = [release(2, "1.3.0"), release(1, "1.2.2", "superseded")]
    play.changes("web", ready(reason="UpgradeSucceeded"), history=history)
    assert play.verdict("web") == "reconciled"
    assert play.asked == ["charts", "apps-web"]


def test_a_forced_release_is_asked_although_it_runs_by_itself() -> None:
    play = Play(CHARTS, helm_chart(), helm_release(status=CHART), force=True)
    play.reconciles("charts")
    play.moves("apps-web", "1.3.0")
    assert play.asked == ["charts", "apps-web", "web"]


def test_a_dependency_nobody_asks_has_its_run_on_the_new_revision_before_it_too() -> None:
    play = Play(git_repository(), app("a", ready("False", "BuildFailed", "old")), app("b", needs="a"), targets=("b",))
    play.moves()
    assert play.verdict("b") is None
    play.reconciles("a", handles=False)
    play.reconciles("b", handles=False)
    assert play.verdict("b") == "reconciled"
    assert play.asked == ["fleet"]


def test_what_was_bad_before_ends_nothing_while_the_source_may_still_move() -> None:
    failed = app("a", ready("False", "BuildFailed", "old"))
    play = Play(git_repository(), failed, app("b", needs="a"), targets=("b",), fail_fast=True)
    assert play.verdict("b") is None
    assert not play.is_done()
