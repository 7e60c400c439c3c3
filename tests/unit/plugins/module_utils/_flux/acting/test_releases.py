"""HelmReleases: remediation takes several steps, and force and reset have to prove themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.flux_objects import NOW, Item, ago, condition, helm_chart, helm_release, ready, release
from tests.unit.played_runs import TOKEN, Play

CHART = {"helmChart": "apps/apps-web", "lastAttemptedRevision": "1.2.2"}
RETRY = {"upgrade": {"strategy": {"name": "RetryOnFailure"}}}
REQUESTED = {"reconcile.fluxcd.io/requestedAt": TOKEN}


def asked(item: Item | None = None, **wishes: Any) -> Play:
    item = item or helm_release(status=CHART)
    return Play(helm_chart(), item, targets=("web",), with_source=False, **wishes)


@pytest.mark.parametrize("reason", ["UpgradeFailed", "InstallFailed", "TestFailed", "RollbackSucceeded"])
def test_in_the_middle_of_remediation_nothing_is_final(reason: str) -> None:
    play = asked()
    history = [release(2, "1.2.2", "failed"), release(1, "1.2.2")]
    play.changes("web", ready("False", reason), handles=True, history=history)
    assert play.verdict("web") is None
    play.changes("web", ready(reason="UpgradeSucceeded"))
    assert play.verdict("web") == "reconciled"


RUNS = condition("Reconciling", "True", "Progressing", "Running 'install' action with timeout of 30s")


@pytest.mark.parametrize(
    ("reason", "history"), [("InstallFailed", []), ("UpgradeFailed", [release(1, "1.2.2")])], ids=["install", "upgrade"]
)
def test_what_fails_before_a_release_is_made_is_tried_for_ever_and_has_failed(reason: str, history: list[Item]) -> None:
    """As seen on a real controller: it leaves Reconciling behind, and never counts to the end of its retries."""
    play = asked(helm_release(status={**CHART, "history": history}))
    play.changes("web", ready("Unknown", "Progressing"), RUNS)
    play.changes("web", ready("False", reason, "cannot be imported"), RUNS)
    assert play.verdict("web") is None
    play.changes("web", ready("False", reason, "cannot be imported"), RUNS, handles=True, failures=1)
    assert (play.verdict("web"), play.said("web")) == ("failed", "cannot be imported")


def test_out_of_retries_is_stalled_with_what_failed() -> None:
    play = asked()
    history = [release(2, "1.2.2", "failed"), release(1, "1.2.2")]
    play.changes("web", ready("False", "UpgradeFailed", "timed out"), handles=True, history=history)
    assert play.verdict("web") is None
    stalled = condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 1 attempt(s)")
    play.changes("web", stalled, ready("False", "UpgradeFailed", "timed out"))
    verdict = play.member("web").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.reason, verdict.message) == ("stalled", "RetriesExceeded", "timed out")


def test_a_release_that_is_retried_for_ever_has_failed() -> None:
    play = asked(helm_release(status=CHART, spec=RETRY))
    history = [release(2, "1.2.2", "failed"), release(1, "1.2.2")]
    play.changes("web", ready("False", "UpgradeFailed"), handles=True, history=history)
    assert play.verdict("web") == "failed"


@pytest.mark.parametrize("reason", ["RollbackFailed", "UninstallFailed", "ValuesError"])
def test_what_is_not_followed_by_another_step_has_failed(reason: str) -> None:
    play = asked()
    play.changes("web", ready("False", reason), handles=True)
    assert play.verdict("web") == "failed"


def test_a_release_without_the_source_of_its_chart_is_blocked_by_it() -> None:
    play = asked()
    play.waits("web", "SourceNotReady")
    play.waits("web", "SourceNotReady")
    assert (play.verdict("web"), play.blocker("web")) == ("blocked", "apps-web")


def test_a_forced_release_proves_itself_by_a_new_revision() -> None:
    play = asked(force=True)
    history = [release(2, "1.2.2"), release(1, "1.2.2", "superseded")]
    play.changes("web", ready(reason="UpgradeSucceeded"), handles=True, history=history)
    assert play.verdict("web") == "reconciled"


def test_a_force_that_was_swallowed_is_failed() -> None:
    play = asked(force=True)
    play.waits("web")
    play.changes("web", ready(reason="InstallSucceeded"), handles=True, lastHandledForceAt=TOKEN)
    verdict = play.member("web").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.reason) == ("failed", "ForceNotApplied")


def test_a_force_is_asked_for_although_the_source_has_moved_in_an_earlier_call() -> None:
    play = asked(force=True)
    assert play.asked == ["web"]


@pytest.mark.parametrize(("deployed", "verdict"), [(ago(-5), "reconciled"), (ago(60), "failed")])
def test_called_again_a_force_proves_itself_by_the_time_of_its_release(deployed: str, verdict: str) -> None:
    history = [release(2, "1.2.2", lastDeployed=deployed), release(1, "1.2.2", "superseded")]
    status = {**CHART, "history": history, "lastHandledReconcileAt": TOKEN}
    play = asked(helm_release(status=status, annotations=REQUESTED), force=True, token_at=NOW)
    assert play.asked == []
    assert play.verdict("web") == verdict


def test_called_again_with_a_token_without_a_time_a_force_is_believed() -> None:
    status = {**CHART, "lastHandledReconcileAt": TOKEN}
    play = asked(helm_release(status=status, annotations=REQUESTED), force=True, token_at=None)
    assert play.verdict("web") == "reconciled"


def test_a_reset_proves_itself_by_its_counters() -> None:
    play = asked(helm_release(status={**CHART, "failures": 2}), reset=True)
    play.changes("web", ready(reason="UpgradeSucceeded"), handles=True, failures=0)
    assert play.verdict("web") == "reconciled"


def test_a_reset_that_was_swallowed_is_failed() -> None:
    play = asked(helm_release(status={**CHART, "failures": 2}), reset=True)
    play.changes("web", ready(reason="InstallSucceeded"), handles=True)
    verdict = play.member("web").verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.reason) == ("failed", "ResetNotApplied")
    assert "2 are still counted" in (verdict.message or "")


def test_a_release_on_an_older_chart_is_not_done() -> None:
    play = Play(helm_chart(version="1.3.0"), helm_release(status=CHART), targets=("web",), with_source=False)
    play.changes("web", ready(reason="InstallSucceeded"), handles=True)
    assert play.verdict("web") is None
    play.changes("web", ready(reason="UpgradeSucceeded"), history=[release(2, "1.3.0")])
    assert play.verdict("web") == "reconciled"
