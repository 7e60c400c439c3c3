"""Requests travel along the graph: sources, then what runs on them, then what depends on that."""

from __future__ import annotations

import pytest

from tests.unit.flux_objects import NEWER, condition, flux, git_repository, helm_chart, helm_release, ready
from tests.unit.played_runs import RUNNING, Play, app

CHARTS = flux("HelmRepository", "charts", "apps", spec={"interval": "1m"}, conditions=[ready()])


def test_a_source_is_asked_first_and_once() -> None:
    play = Play(git_repository(), app("a"), app("b"), targets=("a", "b"))
    assert play.asked == ["fleet"]
    play.reconciles("fleet")
    assert sorted(play.asked) == ["a", "b", "fleet"]
    play.reconciles("a")
    play.reconciles("b")
    assert set(play.verdicts().values()) == {"reconciled"}
    assert play.is_done()
    assert len(play.asked) == 3


def test_without_its_source_an_object_is_asked_at_once() -> None:
    play = Play(git_repository(), app("a"), targets=("a",), with_source=False)
    assert play.asked == ["a"]
    assert "fleet" not in play.verdicts()


def test_a_dependent_is_asked_when_what_it_depends_on_is_done() -> None:
    play = Play(git_repository(), app("c", needs="b"), app("b", needs="a"), app("a"))
    play.reconciles("fleet")
    assert play.asked == ["fleet", "a"]
    play.changes("a", ready("Unknown", "Progressing"), RUNNING)
    assert play.asked == ["fleet", "a"]
    play.reconciles("a")
    assert play.asked == ["fleet", "a", "b"]
    play.reconciles("b")
    play.reconciles("c")
    assert play.asked == ["fleet", "a", "b", "c"]
    assert play.is_done()


def test_a_dependent_waits_for_all_of_them() -> None:
    play = Play(app("a"), app("b"), app("c", needs="ab"), git_repository(), with_source=False, targets="abc")
    play.reconciles("b")
    assert "c" not in play.asked
    play.reconciles("a")
    assert "c" in play.asked


def test_what_is_only_depended_on_is_not_asked_and_not_reported() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), targets=("b",))
    play.reconciles("fleet")
    assert play.asked == ["fleet", "b"]
    assert set(play.verdicts()) == {"fleet", "b"}


def test_parents_and_children_are_not_ordered() -> None:
    labels = {"kustomize.toolkit.fluxcd.io/name": "parent", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    play = Play(git_repository(), app("child", labels=labels), app("parent", spec={"wait": True}))
    play.reconciles("fleet")
    assert sorted(play.asked) == ["child", "fleet", "parent"]


def test_a_release_comes_after_its_chart_and_that_after_its_repository() -> None:
    status = {"helmChart": "apps/apps-web"}
    play = Play(CHARTS, helm_chart(), helm_release(status=status), targets=("web",))
    assert play.asked == ["charts"]
    play.reconciles("charts")
    assert play.asked == ["charts", "apps-web"]
    play.reconciles("apps-web")
    assert play.asked == ["charts", "apps-web", "web"]
    play.reconciles("web")
    assert play.verdicts() == dict.fromkeys(("charts", "apps-web", "web"), "reconciled")


def test_a_failed_dependency_blocks_everything_behind_it_and_nobody_waits() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), app("c", needs="b"), app("other"))
    play.moves()
    play.fails("a")
    assert play.verdicts() == {"fleet": "reconciled", "a": "failed", "b": "blocked", "c": "blocked", "other": None}
    assert play.blocker("b") == play.blocker("c") == "a"
    assert "no such file" in play.said("c")
    assert not play.is_done()
    play.reconciles("other")
    assert play.is_done()
    assert play.asked == ["fleet"]


def test_one_that_was_not_asked_but_is_ready_still_serves_as_a_dependency() -> None:
    """So its controller sees it, and nothing keeps the dependent from running."""
    play = Play(git_repository(), app("a"), app("b", needs="a"), app("c", needs="b"))
    play.reconciles("fleet")
    play.fails("a")
    assert play.verdicts() == {"fleet": "reconciled", "a": "failed", "b": "blocked", "c": None}
    assert play.asked == ["fleet", "a", "c"]


def test_a_dependency_that_recovers_in_time_frees_what_it_blocked() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), app("c"))
    play.reconciles("fleet")
    play.fails("a")
    assert play.verdict("b") == "blocked"
    play.reconciles("a")
    assert play.verdict("b") is None
    assert play.asked[-1] == "b"


def test_a_source_that_cannot_be_fetched_keeps_what_it_has() -> None:
    play = Play(git_repository(), app("a"))
    play.changes("fleet", ready("False", "GitOperationFailed", "refused"), handles=True)
    assert play.verdict("fleet") == "failed"
    assert play.asked == ["fleet", "a"]


def test_a_source_that_never_had_anything_blocks_its_consumers() -> None:
    play = Play(git_repository(artifact=None), app("a"), app("b", needs="a"))
    play.changes("fleet", ready("False", "GitOperationFailed", "refused"), handles=True)
    assert play.verdicts() == {"fleet": "failed", "a": "blocked", "b": "blocked"}
    assert play.blocker("a") == play.blocker("b") == "fleet"


def test_a_generated_artifact_that_is_there_is_enough_although_its_generator_fails() -> None:
    owner = {"apiVersion": "source.extensions.fluxcd.io/v1beta1", "kind": "ArtifactGenerator", "name": "maker"}
    artifact = {"revision": "latest@sha256:1", "digest": "sha256:1"}
    made = flux("ExternalArtifact", "made", status={"artifact": artifact}, ownerReferences=[owner])
    maker = flux("ArtifactGenerator", "maker", conditions=[ready()])
    play = Play(maker, made, app("a", spec={"sourceRef": {"kind": "ExternalArtifact", "name": "made"}}), targets=("a",))
    assert play.asked == ["maker"]
    play.changes("maker", ready("False", "BuildFailed", "no such path"), handles=True)
    assert play.verdict("maker") == "failed"
    assert play.asked == ["maker", "a"]


def test_a_missing_dependency_is_said_and_blocks() -> None:
    play = Play(git_repository(), app("a", needs=["gone"]), app("b", needs="a"), app("c"))
    play.moves()
    assert play.verdicts() == {"fleet": "reconciled", "a": "blocked", "b": "blocked", "c": None}
    assert play.blocker("b") == "gone"
    assert "Kustomization/flux-system/gone: does not exist" in play.said("a")
    assert play.asked == ["fleet"]


def test_a_dependency_that_may_not_be_read_may_be_there() -> None:
    play = Play(git_repository(), app("a", needs=["unseen"]), kinds=("GitRepository",))
    play.reconciles("fleet")
    assert play.asked == ["fleet", "a"]


def test_a_missing_dependency_that_comes_frees_what_waits_for_it() -> None:
    play = Play(git_repository(), app("a", needs=["late"]), app("c"))
    play.reconciles("fleet")
    play.shows(app("late"))
    assert play.asked[-1] == "a"


def test_a_missing_source_is_said_and_blocks() -> None:
    play = Play(app("a"))
    assert play.verdict("a") == "blocked"
    assert play.blocker("a") == "fleet"
    assert play.is_done()
    assert play.asked == []


def test_the_chart_of_a_new_release_is_made_when_it_runs() -> None:
    play = Play(CHARTS, helm_release(status={"history": []}), targets=("web",))
    assert play.asked == ["web"]


def test_a_circle_is_named_and_what_else_runs_on_its_source_is_asked() -> None:
    play = Play(git_repository(), app("a", needs="b"), app("b", needs="a"), app("after", needs="b"), app("c"))
    assert play.verdict("a") == play.verdict("b") == "blocked"
    assert play.said("a") == "wait for each other: a -> b -> a"
    play.moves()
    assert play.asked == ["fleet", "c"]
    assert play.verdict("after") == "blocked"
    play.reconciles("c")
    assert play.is_done()


def test_one_that_depends_on_itself_is_a_circle() -> None:
    play = Play(git_repository(), app("a", needs="a"))
    assert play.said("a") == "wait for each other: a -> a"


def test_a_circle_that_is_broken_up_meanwhile_is_none_any_more() -> None:
    play = Play(git_repository(), app("a", needs="b"), app("b", needs="a"), app("c"))
    play.reconciles("fleet")
    play.changes("a", spec={"dependsOn": []})
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"
    assert play.asked[-1] == "b"
    play.reconciles("b")
    assert play.verdict("b") == "reconciled"


def test_a_suspended_dependency_serves_until_its_source_moves() -> None:
    play = Play(git_repository(), app("a", spec={"suspend": True}), app("b", needs="a"))
    play.reconciles("fleet")
    assert play.verdict("a") == "suspended"
    assert play.asked == ["fleet", "b"]


def test_a_suspended_dependency_blocks_once_its_source_has_moved() -> None:
    play = Play(git_repository(), app("a", spec={"suspend": True}), app("b", needs="a"), app("c"))
    play.moves()
    assert play.verdict("b") == "blocked"
    assert play.blocker("b") == "a"
    assert "suspended" in play.said("b")
    assert play.asked == ["fleet"]


def test_a_suspended_dependency_on_another_source_never_blocks() -> None:
    elsewhere = {"suspend": True, "sourceRef": {"kind": "GitRepository", "name": "other"}}
    items = git_repository(), git_repository("other"), app("a", spec=elsewhere), app("b", needs="a")
    play = Play(*items, targets=("a", "b"))
    play.moves()
    play.moves("other")
    assert play.verdict("b") is None


EXPRESSION = {"dependsOn": [{"name": "a", "readyExpr": "dep.status.lastAppliedRevision != ''"}]}


@pytest.mark.parametrize("outcome", ["reconciles", "fails"])
def test_an_expression_is_left_to_the_controller_whatever_came_of_the_dependency(outcome: str) -> None:
    play = Play(git_repository(), app("a"), app("b", spec=EXPRESSION))
    play.reconciles("fleet")
    assert play.asked == ["fleet", "a"]
    getattr(play, outcome)("a")
    assert play.asked == ["fleet", "a", "b"]
    play.reconciles("b")
    assert play.verdict("b") == "reconciled"


def test_an_expression_that_does_not_hold_is_looked_at_once_more_when_the_dependency_has_changed() -> None:
    play = Play(git_repository(), app("a"), app("b", spec=EXPRESSION), app("slow"))
    play.reconciles("fleet")
    play.fails("a")
    play.waits("b")
    assert (play.verdict("b"), play.blocker("b")) == ("blocked", "a")
    play.reconciles("a")
    assert play.verdict("b") is None
    assert play.asked.count("b") == 2
    play.reconciles("b")
    assert play.verdict("b") == "reconciled"


def test_an_expression_that_never_holds_does_not_go_on_for_ever() -> None:
    play = Play(git_repository(), app("a"), app("b", spec=EXPRESSION), app("slow"))
    play.reconciles("fleet")
    play.reconciles("a")
    for number in range(9):
        play.waits("b")
        play.changes("a", condition("Ready", "True", message=f"again {number}"))
    play.waits("b")
    assert play.verdict("b") == "blocked"
    assert play.asked.count("b") <= 3


def test_a_dependent_that_still_waits_after_its_request_is_asked_once_more() -> None:
    """Its controller may have looked just before the dependency was done, and looks again much later."""
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.reconciles("fleet")
    play.reconciles("a")
    play.waits("b")
    assert play.asked == ["fleet", "a", "b", "b"]
    play.waits("b")
    assert (play.verdict("b"), play.blocker("b")) == ("blocked", "a")
    assert play.asked.count("b") == 2


def test_a_repeated_request_has_a_value_of_its_own() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.reconciles("fleet")
    play.reconciles("a")
    first = play.member("b").token
    play.waits("b")
    assert play.member("b").token not in (None, first)


def test_an_included_repository_comes_first() -> None:
    whole = git_repository("whole", spec={"include": [{"repository": {"name": "fleet"}}]})
    play = Play(git_repository(), whole)
    assert play.asked == ["fleet"]
    play.moves("fleet", NEWER)
    assert play.asked == ["fleet", "whole"]


def test_what_a_dependency_waits_for_itself_is_known_too() -> None:
    failed, waiting = app("a", ready("False", "BuildFailed")), app("b", ready("False", "DependencyNotReady"), needs="a")
    play = Play(git_repository(), failed, waiting, app("c", needs="b"), targets=("c",))
    play.reconciles("fleet")
    assert (play.verdict("c"), play.blocker("c")) == ("blocked", "a")
    assert play.asked == ["fleet"]


def test_a_source_that_nobody_asks_is_not_waited_for() -> None:
    """It is only known because another repository includes it."""
    fetching = git_repository("fleet", ready("Unknown", "Progressing"))
    whole = git_repository("whole", spec={"include": [{"repository": {"name": "fleet"}}]})
    play = Play(fetching, whole, app("a"), targets=("whole", "a"), with_source=False)
    assert play.asked == ["a"]


def test_without_an_artifact_it_is_the_source_that_is_waited_for() -> None:
    play = Play(git_repository(artifact=None), app("a"), targets=("a",), with_source=False)
    for _look in range(2):
        play.changes("a", ready("False", "ArtifactFailed", "Source artifact not found"), handles=True)
    assert (play.verdict("a"), play.blocker("a")) == ("blocked", "fleet")
    assert play.asked == ["a", "a"]
