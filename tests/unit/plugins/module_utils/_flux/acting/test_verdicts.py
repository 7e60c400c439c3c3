"""What came of a request, from what an object says afterwards."""

from __future__ import annotations

import pytest

from tests.unit.flux_objects import NEWER, REVISION, Item, condition, flux, git_repository, kustomization, ready
from tests.unit.played_runs import RUNNING, TOKEN, Play, app

RETRYING = condition("Reconciling", "True", "ProgressingWithRetry")


def asked(item: Item | None = None) -> Play:
    """One object that has been asked."""
    play = Play(git_repository(), item or app("a"), targets=("a",), with_source=False)
    assert play.asked == ["a"]
    return play


def test_ready_without_an_answer_is_no_verdict() -> None:
    play = asked()
    play.changes("a", ready())
    assert play.verdict("a") is None
    play.changes("a", ready(), handles=True)
    assert play.verdict("a") == "reconciled"


def test_failed_is_said_with_the_controllers_own_words() -> None:
    play = asked()
    play.fails("a", "BuildFailed", "no such file")
    verdict = play.member("a").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.reason, verdict.message) == ("failed", "BuildFailed", "no such file")


def test_a_failure_that_will_be_retried_is_failed() -> None:
    play = asked()
    play.changes("a", ready("False", "HealthCheckFailed"), RETRYING, handles=True)
    assert play.verdict("a") == "failed"


def test_a_failure_in_the_middle_of_the_next_run_is_not_known_yet() -> None:
    play = asked()
    play.changes("a", ready("False", "HealthCheckFailed"), RUNNING, handles=True)
    assert play.verdict("a") is None


def test_a_failed_one_that_is_tried_again_stays_failed() -> None:
    play = asked()
    play.fails("a")
    play.changes("a", ready("Unknown", "Progressing"), RUNNING)
    assert play.verdict("a") == "failed"
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_a_canceled_health_check_is_no_verdict() -> None:
    play = asked()
    play.fails("a", "HealthCheckCanceled")
    assert play.verdict("a") is None


def test_what_a_run_said_of_an_older_spec_is_no_verdict() -> None:
    play = asked()
    play.changes("a", ready(), metadata={"generation": 2}, handles=True)
    assert play.verdict("a") is None
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_stalled_is_a_verdict_of_its_own_with_the_words_of_ready() -> None:
    play = asked()
    stalled = condition("Stalled", "True", "InvalidCELExpression", "bad")
    play.changes("a", stalled, ready("False", "InvalidCELExpression", "the expression cannot be read"), handles=True)
    assert play.verdict("a") == "stalled"
    assert play.said("a") == "the expression cannot be read"


def test_a_stall_is_no_verdict_while_the_next_run_is_going_on() -> None:
    play = asked()
    play.changes("a", condition("Stalled", "True", "AccessDenied"), RUNNING, ready("Unknown"), handles=True)
    assert play.verdict("a") is None


def test_a_stall_of_an_older_generation_is_not_this_ones() -> None:
    item = app("a", generation=2, observed=2)
    play = asked(item)
    play.changes("a", condition("Stalled", "True", "AccessDenied", generation=1), ready(generation=2), handles=True)
    assert play.verdict("a") == "reconciled"


def test_suspended_ones_are_listed_and_never_asked() -> None:
    by = {"gitops.flux/suspended-by": "ops-user", "gitops.flux/suspended-reason": "disk swap"}
    play = Play(git_repository(), app("a", spec={"suspend": True}, annotations=by), app("b", spec={"suspend": True}))
    play.reconciles("fleet")
    assert play.asked == ["fleet"]
    assert play.verdicts() == {"fleet": "reconciled", "a": "suspended", "b": "suspended"}
    assert play.said("a") == "is suspended by ops-user: disk swap"
    assert play.is_done()


def test_one_suspended_in_the_middle_is_not_waited_for() -> None:
    play = asked()
    play.changes("a", spec={"suspend": True})
    assert play.verdict("a") == "suspended"
    assert play.is_done()


def test_handled_by_a_suspended_one_is_not_reconciled() -> None:
    play = asked()
    play.changes("a", ready(), spec={"suspend": True}, handles=True, observedGeneration=2)
    assert play.verdict("a") == "suspended"


def test_one_that_is_resumed_has_a_run_before_it() -> None:
    play = asked()
    play.changes("a", spec={"suspend": True})
    play.changes("a", spec={"suspend": False})
    assert play.verdict("a") is None
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


@pytest.mark.parametrize(
    "item",
    [
        flux("Alert", "a", observed=None),
        flux("Provider", "a", observed=None),
        flux("HelmRepository", "a", spec={"type": "oci"}, observed=None),
    ],
    ids=["Alert", "Provider", "OCI HelmRepository"],
)
def test_what_nobody_reconciles_is_not_asked(item: Item) -> None:
    play = Play(item)
    assert play.asked == []
    assert play.verdict("a") == "not_supported"
    assert play.is_done()


OTHER = {"reconcile.fluxcd.io/requestedAt": "somebody else"}


def test_a_newer_request_takes_over_and_its_outcome_counts() -> None:
    play = asked()
    play.changes("a", metadata={"annotations": OTHER})
    assert play.verdict("a") is None
    play.reconciles("a")
    verdict = play.member("a").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.outcome, verdict.bad) == ("superseded", "reconciled", False)


def test_a_newer_request_that_fails_is_bad() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.moves()
    play.changes("a", metadata={"annotations": OTHER})
    play.fails("a")
    assert play.member("a").verdict is not None
    assert play.verdict("b") == "blocked"


def test_the_outcome_of_a_newer_request_reaches_dependents() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.reconciles("fleet")
    play.changes("a", metadata={"annotations": OTHER})
    play.fails("a")
    verdict = play.member("a").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.outcome, verdict.bad) == ("superseded", "failed", True)
    assert (play.verdict("b"), play.blocker("b")) == ("blocked", "a")


def test_an_earlier_request_of_somebody_else_supersedes_nothing() -> None:
    item = app("a", annotations=OTHER, status={"lastHandledReconcileAt": "somebody else"})
    play = asked(item)
    assert play.member("a").token == TOKEN
    play.changes("a", ready())
    assert play.verdict("a") is None


def test_what_somebody_else_asked_before_us_supersedes_nothing() -> None:
    """It was answered while ours was waiting for its turn."""
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.reconciles("fleet")
    play.changes("b", ready(), metadata={"annotations": OTHER}, handles=True)
    assert play.verdict("b") is None
    play.run.observe([], play.now)
    play.reconciles("a")
    assert play.asked == ["fleet", "a", "b"]
    assert play.verdict("b") is None
    play.reconciles("b")
    assert play.verdict("b") == "reconciled"


def test_seconds_end_with_the_first_verdict_of_its_kind() -> None:
    play = asked()
    play.passes(3)
    play.fails("a", "HealthCheckFailed", "timeout after 30.02s")
    play.passes(20)
    play.fails("a", "HealthCheckFailed", "timeout after 30.07s")
    assert play.member("a").ended == 3
    assert play.said("a") == "timeout after 30.07s"


def test_kinds_that_say_nothing_of_generations_are_judged_by_ready() -> None:
    item = flux("ImageRepository", "a", observed=None, conditions=[ready(generation=None)])
    play = Play(item)
    play.changes("a", ready(generation=None), handles=True)
    assert play.verdict("a") == "reconciled"


def test_a_kustomization_that_lags_behind_its_source_is_not_done() -> None:
    play = asked(kustomization("a", status={"lastAppliedRevision": "main@sha1:0000000000"}))
    play.changes("a", ready(), handles=True)
    assert play.verdict("a") is None
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_a_controller_that_has_not_seen_the_present_spec_has_said_nothing() -> None:
    """Not all of them stamp their conditions."""
    play = asked(app("a", ready(generation=None)))
    play.changes("a", ready(generation=None), metadata={"generation": 2}, handles=True)
    assert play.verdict("a") is None


def test_what_was_ready_before_a_suspension_says_nothing_of_the_present_spec() -> None:
    """On a suspended object the controller takes note of the new spec, and leaves the old conditions."""
    play = asked(app("a", generation=2, observed=2))
    play.changes("a", ready(generation=1), handles=True)
    assert play.verdict("a") is None


def test_a_spec_that_changes_under_a_pending_request_is_judged_by_the_answer_to_it() -> None:
    play = asked()
    play.changes("a", spec={"path": "./other"})
    play.reconciles("a", handles=False)
    assert play.verdict("a") is None
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_another_revision_than_the_expected_one_is_failed_once_the_source_has_no_other() -> None:
    play = Play(git_repository(), app("a"), expected_revision=NEWER)
    play.reconciles("fleet")
    assert (play.verdict("fleet"), play.said("fleet")) == ("failed", f"is at {REVISION}, expected is {NEWER}")
    play.reconciles("a")
    verdict = play.member("a").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.reason) == ("failed", "UnexpectedRevision")
    play.moves(handles=False)
    play.reconciles("a", handles=False)
    assert play.verdicts() == {"fleet": "reconciled", "a": "reconciled"}
