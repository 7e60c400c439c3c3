"""A run that asks for nothing, and only waits."""

from __future__ import annotations

from typing import Any

from tests.unit.flux_objects import NEWER, REVISION, Item, ago, git_repository, ready
from tests.unit.played_runs import RUNNING, Play, app

WANTED = NEWER.rpartition(":")[2]


def waiting(*items: Item, **wishes: Any) -> Play:
    told = {"asks": False, "with_source": False, "targets": [item["metadata"]["name"] for item in items], **wishes}
    return Play(git_repository(), *items, **told)


def test_what_is_well_is_well_at_once() -> None:
    play = waiting(app("a"), app("b", needs="a"))
    assert play.verdicts() == {"a": "reconciled", "b": "reconciled"}
    assert play.is_done()


def test_nothing_is_ever_asked() -> None:
    play = waiting(app("a", ready("False", "DependencyNotReady"), needs="b"), app("b", ready("Unknown", "Progressing")))
    play.reconciles("b", handles=False)
    play.passes(600)
    play.run.ask_everything(play.now)
    assert play.run.due() == []
    assert play.verdicts() == {"a": None, "b": "reconciled"}


def test_what_has_failed_on_what_there_is_has_failed() -> None:
    failed = app("a", ready("False", "BuildFailed", "no such file"))
    assert waiting(failed).verdict("a") == "failed"


def test_what_has_failed_on_an_older_revision_than_its_source_is_waited_for() -> None:
    play = Play(git_repository(artifact=NEWER), app("a", ready("False", "BuildFailed")), asks=False, targets=("a",))
    assert play.verdict("a") is None
    play.fails("a", handles=False)
    assert play.verdict("a") == "failed"


def test_a_path_that_is_missing_in_what_there_is_has_failed_although_it_says_not_what_it_tried() -> None:
    missing = ready("False", "ArtifactFailed", "kustomization path not found: stat /tmp/1/nowhere", age=1)
    play = Play(git_repository(artifact=NEWER), app("a", missing), asks=False, targets=("a",))
    assert play.verdict("a") == "failed"


def test_what_has_failed_on_another_revision_than_the_expected_one_is_waited_for() -> None:
    play = waiting(app("a", ready("False", "BuildFailed")), expected_revision=WANTED)
    assert play.verdict("a") is None
    play.moves(handles=False)
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"


def test_a_revision_that_has_not_come_is_waited_for() -> None:
    play = waiting(app("a"), expected_revision=WANTED)
    assert play.verdict("a") is None
    play.ends()
    assert play.verdict("a") == "timed_out"


def test_the_revision_that_is_there_already_needs_no_waiting() -> None:
    assert waiting(app("a"), expected_revision=REVISION).is_done()


def test_a_run_that_goes_on_is_waited_for() -> None:
    play = waiting(app("a", ready("Unknown", "Progressing"), RUNNING))
    assert play.verdict("a") is None
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"


def test_what_is_being_deleted_is_not_well() -> None:
    play = waiting(app("a", deletionTimestamp=ago(3), finalizers=["example.com/hold"]))
    assert play.verdict("a") is None
    play.passes(31)
    assert (play.verdict("a"), play.said("a")) == ("blocked", "is being deleted, held by example.com/hold")


def test_a_suspended_one_is_not_waited_for() -> None:
    assert waiting(app("a", spec={"suspend": True})).verdict("a") == "suspended"
