"""What happens to objects while a run waits for them."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.flux_objects import NEWER, ago, flux, git_repository, ready
from tests.unit.played_runs import RUNNING, Play, app, ref_of

OF_PARENT = {"kustomize.toolkit.fluxcd.io/name": "parent", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
NEW = {"lastAppliedRevision": None, "lastAttemptedRevision": None}


def with_parent() -> Play:
    play = Play(git_repository(), app("parent"), app("child", labels=OF_PARENT), targets=("parent", "child"))
    play.reconciles("fleet")
    play.reconciles("child")
    return play


def test_a_child_whose_spec_changes_has_another_run_before_it() -> None:
    play = with_parent()
    assert play.verdict("child") == "reconciled"
    play.changes("child", spec={"path": "./other"})
    assert play.verdict("child") is None
    play.reconciles("parent")
    assert not play.is_done()
    play.fails("child")
    assert play.verdict("child") == "failed"
    assert play.is_done()


def test_a_child_that_is_made_meanwhile_joins() -> None:
    play = with_parent()
    play.shows(app("late", ready("Unknown", "Progressing"), RUNNING, labels=OF_PARENT, status=NEW))
    assert play.member("late").role == "child"
    assert play.verdict("late") is None
    play.reconciles("parent")
    assert not play.is_done()
    play.reconciles("late", handles=False)
    assert play.verdict("late") == "reconciled"
    assert play.is_done()
    assert "late" not in play.asked


def test_what_somebody_else_makes_does_not_join() -> None:
    play = with_parent()
    play.shows(app("foreign"))
    play.shows(app("others", labels={**OF_PARENT, "kustomize.toolkit.fluxcd.io/name": "another"}))
    assert set(play.verdicts()) == {"fleet", "parent", "child"}


def test_children_may_be_seen_before_the_source_they_were_made_with() -> None:
    play = with_parent()
    play.reconciles("parent")
    own = {"sourceRef": {"kind": "GitRepository", "name": "own"}}
    play.shows(app("late", ready("Unknown", "Progressing"), labels=OF_PARENT, spec=own, status=NEW))
    play.shows(git_repository("own", labels=OF_PARENT, artifact=None))
    assert play.verdict("late") is None
    play.moves("own", NEWER, handles=False)
    play.reconciles("late", handles=False)
    assert play.verdicts() == dict.fromkeys(("fleet", "parent", "child", "late", "own"), "reconciled")


def test_a_child_that_found_its_dependency_too_early_is_asked() -> None:
    play = with_parent()
    play.shows(app("late", ready("Unknown", "Progressing"), labels=OF_PARENT, needs=["parent"], status=NEW))
    play.waits("late", handles=False)
    play.reconciles("parent")
    assert play.asked[-1] == "late"


def test_a_pruned_child_was_removed_by_its_parent() -> None:
    play = with_parent()
    play.vanishes("child")
    assert play.verdict("child") == "removed"
    assert play.said("child") == "was removed by Kustomization/flux-system/parent"
    play.reconciles("parent")
    assert play.is_done()


def test_what_is_deleted_by_anybody_is_removed_and_blocks_its_dependents() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"))
    play.reconciles("fleet")
    play.vanishes("a")
    assert (play.verdict("a"), play.said("a")) == ("removed", "was deleted")
    assert (play.verdict("b"), play.blocker("b")) == ("blocked", "a")


def test_what_comes_back_is_waited_for_again() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.vanishes("a")
    assert play.is_done()
    play.shows(app("a", ready("Unknown", "Progressing"), RUNNING, uid="another"))
    assert play.verdict("a") is None
    play.reconciles("a", handles=False)
    assert play.verdict("a") == "reconciled"


def test_a_request_that_was_lost_with_the_object_is_sent_again() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.vanishes("a")
    play.shows(app("a", ready("Unknown", "Progressing"), uid="another"))
    play.passes(11)
    assert play.asked == ["fleet", "a", "a"]


def test_a_deletion_that_is_held_up_is_said() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.changes("a", metadata={"deletionTimestamp": ago(0), "finalizers": ["example.com/hold"]})
    timeout = play.run.board.world[next(ref for ref in play.run.members if ref.name == "a")].cadence.timeout
    play.passes(timeout + 29)
    assert play.verdict("a") is None
    play.passes(2)
    assert (play.verdict("a"), play.said("a")) == ("blocked", "is being deleted, held by example.com/hold")
    play.vanishes("a")
    assert play.verdict("a") == "removed"


def test_a_deletion_late_in_a_run_has_its_time_too() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.passes(100)
    play.changes("a", metadata={"deletionTimestamp": ago(0), "finalizers": ["finalizers.fluxcd.io"]})
    play.passes(1)
    assert play.verdict("a") is None


def test_what_is_being_deleted_is_not_asked() -> None:
    play = Play(
        app("a", deletionTimestamp=ago(3), finalizers=["example.com/hold"]), git_repository(), with_source=False
    )
    play.reconciles("fleet")
    assert "a" not in play.asked


def test_older_news_changes_nothing() -> None:
    play = Play(git_repository(), app("a"))
    before = facts_of(play.items["fleet"])
    play.reconciles("fleet")
    play.reconciles("a")
    play.run.observe([(before.ref, before)], play.now)
    assert play.verdict("fleet") == "reconciled"
    known = play.run.board.world[before.ref].resource_version
    assert int(known or 0) > int(before.resource_version or 0)


def test_another_object_of_the_same_name_is_no_older_news() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.run.observe([(ref_of(play.items["a"]), facts_of(app("a", uid="another", resourceVersion="1")))], play.now)
    assert play.run.board.world[ref_of(play.items["a"])].uid == "another"


def test_a_request_that_is_refused_is_failed_with_the_reason() -> None:
    never = {"lastAttemptedRevision": "main@sha1:0000000"}
    play = Play(git_repository(), app("a", status=never), app("b", needs="a"))
    play.reconciles("fleet")
    play.run.refused(ref_of(play.items["a"]), "the request was not accepted: forbidden", play.now)
    assert (play.verdict("a"), play.said("a")) == ("failed", "the request was not accepted: forbidden")
    play.changes("a", ready(message="an ordinary run"))
    assert play.verdict("a") == "failed"


def test_a_request_to_what_is_gone_leaves_it_removed() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.vanishes("a")
    play.run.refused(ref_of(play.items["a"]), "was deleted before it could be asked", play.now)
    assert play.verdict("a") == "removed"


DEPLOYMENT = Ref("Deployment", "flux-system", "kustomize-controller")


def test_what_nobody_looks_after_is_given_up_with_the_deployment_to_blame() -> None:
    play = Play(git_repository(), app("a"), app("b", needs="a"), flux("Receiver", "r", conditions=[ready()]))
    play.reconciles("fleet")
    blame = DEPLOYMENT, "kustomize-controller is down: 0 of 1 replicas"
    play.run.give_up({ref_of(play.items[name]): blame for name in "ab"}, play.now)
    assert (play.verdict("a"), play.blocker("a")) == ("blocked", "kustomize-controller")
    assert play.blocker("b") == "kustomize-controller"
    assert play.verdict("r") is None
    play.changes("a", ready("Unknown", "Progressing"), RUNNING)
    assert play.verdict("a") == "blocked"
    play.reconciles("a")
    assert play.verdict("a") == "reconciled"


def test_what_has_its_verdict_needs_no_controller() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    play.reconciles("a")
    play.run.give_up({ref_of(play.items["a"]): (DEPLOYMENT, "is down")}, play.now)
    assert play.verdict("a") == "reconciled"


def test_a_spec_changed_in_the_middle_of_a_run_needs_an_answer_of_its_own() -> None:
    """The run of the old spec ends with conditions that are stamped with the new generation."""
    play = Play(git_repository(), app("a", ready("Unknown", "Progressing"), RUNNING))
    play.reconciles("fleet")
    assert play.asked == ["fleet", "a"]
    play.changes("a", metadata={"generation": 2})
    assert play.asked == ["fleet", "a", "a"]
    play.shows(app("a", ready("False", "HealthCheckFailed", generation=2), generation=2))
    assert play.verdict("a") is None


def test_what_a_dependency_makes_does_not_join() -> None:
    play = Play(git_repository(), app("parent"), app("b", needs=["parent"]), targets=("b",))
    play.shows(app("late", labels=OF_PARENT))
    assert set(play.verdicts()) == {"fleet", "b"}


def test_an_object_that_is_made_anew_again_and_again_is_not_asked_for_ever() -> None:
    play = Play(git_repository(), app("a"))
    play.reconciles("fleet")
    for number in range(9):
        play.vanishes("a")
        play.shows(app("a", ready("Unknown", "Progressing"), uid=f"uid-{number}"))
        play.passes(11)
    assert 1 < play.asked.count("a") <= 3
