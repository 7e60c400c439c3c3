"""The verdict on a run and the line that says it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.judging import judged
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import run_of, unasked

from tests.unit.flux_objects import ago, condition, kustomization, ready
from tests.unit.reconciled_runs import ASKER, BROKEN, HELD, SOURCE, WAITING, WELL, answer, pictured, ran, result

GOOD = pictured(SOURCE, WELL, WAITING)
FAULTY = pictured(SOURCE, BROKEN, HELD)
FAILED = answer("Kustomization", "apps", "failed", reason="BuildFailed", message="no such file")
BLOCKED = answer("Kustomization", "shop", "blocked", blocked_by="Kustomization/flux-system/apps", requested=False)
CAME_UP = (answer("Kustomization", "apps"), answer("Kustomization", "shop"))


def test_all_reconciled_is_ok_in_numbers() -> None:
    found = judged(ran(GOOD, GOOD, *CAME_UP, answer("Kustomization", "ceph", "suspended", requested=False)))
    assert (found.verdict, found.message) == ("ok", "2 reconciled, 1 suspended")
    assert found.numbers == {
        "objects": 3,
        "reconciled": 2,
        "bad": 0,
        "suspended": 1,
        "worse": 0,
        "fixed": 0,
        "requests": 2,
    }


def test_nothing_to_ask_is_ok() -> None:
    assert judged(ran(GOOD, GOOD)).message == "there was nothing to ask"


def test_what_was_bad_before_is_told_from_what_is_newly_bad() -> None:
    known = judged(ran(FAULTY, FAULTY, FAILED, BLOCKED))
    assert (known.verdict, known.message) == (
        "bad_as_before",
        "Kustomization flux-system/apps failed (BuildFailed), blocks 1",
    )
    worse = judged(ran(GOOD, FAULTY, FAILED, BLOCKED))
    assert (worse.verdict, worse.message) == ("worse", "Kustomization flux-system/apps: was ready, is failed")
    assert worse.numbers["worse"] == worse.numbers["bad"] == 2


def test_fixing_one_and_breaking_another_is_worse() -> None:
    other = kustomization("other", ready("False", "BuildFailed", "also broken"))
    found = judged(ran(FAULTY, pictured(SOURCE, WELL, WAITING, other), *CAME_UP))
    assert found.verdict == "worse"
    assert [row["name"] for row in found.fixed] == ["apps", "shop"]


def test_what_was_under_way_before_and_times_out_is_bad_and_not_as_before() -> None:
    running = kustomization("apps", condition("Reconciling", "True", "Progressing"), ready("Unknown", "Progressing"))
    entry = pictured(SOURCE, running)
    assert judged(ran(entry, entry, answer("Kustomization", "apps", "timed_out"))).verdict == "bad"


def test_blocked_by_something_outside_the_run_names_it() -> None:
    held = answer("Kustomization", "shop", "blocked", blocked_by="Kustomization/flux-system/apps")
    found = judged(ran(FAULTY, FAULTY, held))
    assert found.message == "1 object blocked by Kustomization/flux-system/apps"


def test_a_newer_request_counts_by_what_became_of_it() -> None:
    taken = answer("Kustomization", "apps", "superseded", bad=True, outcome="failed", reason="BuildFailed")
    assert judged(ran(FAULTY, FAULTY, taken)).message == "Kustomization flux-system/apps failed (BuildFailed)"


def test_only_three_are_named() -> None:
    many = [answer("Kustomization", f"k{number}", "failed") for number in range(5)]
    assert judged(ran(GOOD, GOOD, *many)).message.endswith(" · 2 more")


def test_a_cluster_nobody_could_ask_is_bad_and_says_why() -> None:
    for run in (
        unasked(ASKER, "connection refused", ago(0), unreachable=True),
        run_of(ASKER, {"failed": True, "msg": "connection refused", "error": {"type": "Unreachable"}}, {}, ago(0)),
        run_of(ASKER, result(reachable=False, reason="connection refused"), {}, ago(0)),
    ):
        found = judged(run)
        assert (found.verdict, found.word, found.message) == ("bad", "UNREACHABLE", "connection refused")
        assert not run.after["reachable"]


def test_a_mistake_in_the_options_is_bad_and_not_unreachable() -> None:
    found = judged(run_of(ASKER, {"failed": True, "msg": "There is no object named x."}, {}, ago(0)))
    assert (found.verdict, found.word, found.message) == ("bad", "BAD", "There is no object named x.")


def test_a_cluster_that_goes_away_in_the_middle_is_worse() -> None:
    lost = result(FAILED, reachable=False, reason="connection refused")
    found = judged(run_of(ASKER, lost, {"before": GOOD}, ago(0)))
    assert (found.verdict, found.message) == ("worse", "connection refused")


@pytest.mark.parametrize("before", [GOOD, FAULTY])
def test_in_check_mode_nothing_is_bad(before: dict[str, object]) -> None:
    planned = [answer("Kustomization", "apps", None), answer("Kustomization", "shop", None, requested=False)]
    run = ran(before, before, *planned, asker=replace(ASKER, check=True))
    assert (judged(run).verdict, judged(run).message) == ("ok", "would ask 1 object, nothing was sent")
