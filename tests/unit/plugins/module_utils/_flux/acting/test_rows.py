"""What a run returns: a row for each object, the numbers, and the one sentence of a failure."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.rows import (
    failure_of_run,
    rows_of,
    summary_of_run,
)

from tests.unit.flux_objects import NEWER, REVISION, git_repository, ready
from tests.unit.played_runs import TOKEN, Play, app, ref_of

CAUSE = {
    "kind": "Kustomization",
    "namespace": "flux-system",
    "name": "a",
    "class": "build",
    "message": "no such file",
    "meaning": "It does not build.",
    "remedy": "Mend it in Git.",
    "commands": ["flux build"],
    "victims": ["Kustomization/flux-system/b"],
    "level": "error",
}


def played(**wishes: Any) -> Play:
    """One of each: a source that moves, a failed one, its dependent, a good one, a suspended one."""
    items = app("a"), app("b", needs="a"), app("c"), app("held", spec={"suspend": True})
    play = Play(git_repository(), *items, targets=("a", "b", "c", "held"), **wishes)
    play.passes(1)
    play.moves()
    play.passes(2)
    play.fails("a", message="no such file", handles=False)
    play.reconciles("c", handles=False)
    return play


def rows(play: Play, records: Any = None) -> dict[str, Any]:
    return {row["name"]: row for row in rows_of(play.run, records or {}, [CAUSE])}


def test_sources_come_first_then_the_names() -> None:
    assert list(rows(played())) == ["fleet", "a", "b", "c", "held"]
    assert [row["role"] for row in rows(played()).values()] == ["source", *["target"] * 4]


def test_a_good_one() -> None:
    assert rows(played())["c"] == {
        "kind": "Kustomization",
        "namespace": "flux-system",
        "name": "c",
        "verdict": "reconciled",
        "bad": False,
        "blocked_by": None,
        "reason": "ReconciliationSucceeded",
        "message": None,
        "cause": None,
        "outcome": None,
        "requested": False,
        "role": "target",
        "source": {"kind": "GitRepository", "namespace": "flux-system", "name": "fleet"},
        "revision_before": REVISION,
        "revision_after": NEWER,
        "seconds": 2.0,
        "suspended": None,
    }


def test_a_bad_one_has_its_cause_with_the_commands_and_its_victims_without() -> None:
    found = rows(played())
    assert (found["a"]["verdict"], found["a"]["bad"], found["a"]["message"]) == ("failed", True, "no such file")
    assert found["a"]["cause"] == {key: CAUSE[key] for key in CAUSE if key not in ("victims", "level")}
    assert found["b"]["cause"] == found["a"]["cause"] | {"commands": []}
    assert found["b"]["blocked_by"] == "Kustomization/flux-system/a"
    assert found["b"]["seconds"] is None
    assert found["c"]["cause"] is None


def test_a_suspended_one_is_bad_only_when_that_is_wished() -> None:
    pause = {"by": "ops-user"}
    play = played()
    records = {ref_of(play.items["held"]): {"suspended": pause}}
    assert (rows(play, records)["held"]["bad"], rows(play, records)["held"]["suspended"]) == (False, pause)
    assert rows(played(fail_on_suspended=True))["held"]["bad"]


def test_what_was_asked_is_said_to_be_once_it_was_accepted() -> None:
    assert {name: row["requested"] for name, row in rows(played()).items()} == {
        "fleet": True,
        "a": False,
        "b": False,
        "c": False,
        "held": False,
    }


def test_messages_are_redacted_and_cut() -> None:
    play = Play(git_repository(), app("a"), with_source=False, targets=("a",))
    play.fails("a", message="cannot fetch http://ops:hunter2@127.0.0.1/x " + "y" * 5000)
    message = rows(play)["a"]["message"]
    assert "hunter2" not in message
    assert message.startswith("cannot fetch http://")
    assert len(message) <= 600


def test_what_is_gone_keeps_what_it_was() -> None:
    play = Play(git_repository(), app("a"), with_source=False, targets=("a",))
    play.vanishes("a")
    row = rows(play)["a"]
    assert (row["verdict"], row["revision_before"], row["revision_after"]) == ("removed", REVISION, None)
    assert row["source"]["name"] == "fleet"


def test_the_numbers() -> None:
    assert summary_of_run(list(rows(played()).values()), 7) == {
        "total": 5,
        "done": 5,
        "bad": 2,
        "verdicts": {"reconciled": 2, "failed": 1, "blocked": 1, "suspended": 1},
        "requests": 7,
    }


def test_a_failure_counts_and_names_what_failed_rather_than_what_waited() -> None:
    found = list(rows(played()).values())
    assert failure_of_run(found) == (
        "2 of 5 objects are bad (1 failed, 1 blocked); first Kustomization flux-system/a failed: no such file"
    )
    assert failure_of_run([row for row in found if not row["bad"]]) is None
    assert failure_of_run([]) is None


def test_a_newer_request_that_failed_is_counted_by_its_outcome() -> None:
    play = Play(git_repository(), app("a"), with_source=False, targets=("a",))
    play.changes("a", metadata={"annotations": {"reconcile.fluxcd.io/requestedAt": "another"}})
    play.changes("a", ready("False", "BuildFailed", "no such file"), handles=True)
    row = rows(play)["a"]
    assert (row["verdict"], row["outcome"], row["bad"]) == ("superseded", "failed", True)
    assert "(1 failed)" in str(failure_of_run([row]))


def test_what_nobody_waited_for_has_no_verdict_and_is_not_bad() -> None:
    play = Play(git_repository(), app("a"))
    play.run.ask_everything(play.now)
    assert [(row["verdict"], row["bad"], row["seconds"]) for row in rows(play).values()] == [(None, False, None)] * 2


def test_a_cause_is_told_of_bad_ones_only_and_the_first_that_names_one_counts() -> None:
    victims = ["Kustomization/flux-system/b", "Kustomization/flux-system/c"]
    first, second = ({**CAUSE, "name": name, "victims": victims} for name in ("first", "second"))
    found = {row["name"]: row["cause"] for row in rows_of(played().run, {}, [first, second])}
    assert found["b"]["name"] == "first"
    assert found["c"] is None


def test_what_an_earlier_call_asked_was_not_asked_by_this_one() -> None:
    asked = app("a", annotations={"reconcile.fluxcd.io/requestedAt": TOKEN})
    play = Play(git_repository(), asked, with_source=False, targets=("a",))
    assert not rows(play)["a"]["requested"]
