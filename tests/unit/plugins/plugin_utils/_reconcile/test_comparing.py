"""What counts as worse, and what as fixed, between two pictures of a cluster."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.comparing import fixed_rows, was_bad, worse_rows

from tests.unit.flux_clusters import judged, rows
from tests.unit.flux_objects import condition, kustomization, ready
from tests.unit.reconciled_runs import BROKEN, HELD, SOURCE, WAITING, WELL, answer


def named(found: list[dict[str, Any]]) -> dict[str | None, tuple[str, str, str | None]]:
    return {row["name"]: (row["was"], row["is"], row["waits_for"]) for row in found}


def test_nothing_is_worse_or_fixed_where_nothing_changed() -> None:
    for objects in ((SOURCE, WELL, WAITING), (SOURCE, BROKEN, HELD)):
        entry = judged(*objects)
        assert worse_rows(entry, entry, []) == fixed_rows(entry, entry) == []


def test_a_new_cause_is_worse_and_so_is_what_waits_for_it() -> None:
    found = worse_rows(judged(SOURCE, WELL, WAITING), judged(SOURCE, BROKEN, HELD), [])
    assert named(found) == {
        "apps": ("ready", "failed", None),
        "shop": ("ready", "blocked", "Kustomization/flux-system/apps"),
    }
    assert "no such file" in found[0]["message"]


def test_the_way_back_is_fixed_cause_first() -> None:
    found = fixed_rows(judged(SOURCE, BROKEN, HELD), judged(SOURCE, WELL, WAITING))
    assert named(found) == {
        "apps": ("failed", "ready", None),
        "shop": ("blocked", "ready", "Kustomization/flux-system/apps"),
    }
    assert [row["name"] for row in found] == ["apps", "shop"]


def test_a_failing_object_that_git_deleted_is_fixed() -> None:
    assert named(fixed_rows(judged(SOURCE, BROKEN), judged(SOURCE))) == {"apps": ("failed", "gone", None)}


def test_a_cause_that_was_not_there_before_is_worse_even_if_its_object_is_new() -> None:
    assert named(worse_rows(judged(SOURCE), judged(SOURCE, BROKEN), [])) == {"apps": ("not there", "failed", None)}


def test_what_is_on_its_way_or_was_suspended_meanwhile_is_not_worse() -> None:
    before = judged(SOURCE, WELL)
    running = kustomization("apps", condition("Reconciling", "True", "Progressing"), ready("Unknown", "Progressing"))
    paused = kustomization("apps", spec={"suspend": True})
    for meanwhile in (running, paused):
        assert worse_rows(before, judged(SOURCE, meanwhile), []) == []
    assert worse_rows(judged(SOURCE, WELL, WAITING), judged(SOURCE, WELL), []) == []


def test_a_bad_verdict_on_what_was_well_is_worse_although_it_looks_well() -> None:
    entry = judged(SOURCE, WELL)
    found = worse_rows(entry, entry, [answer("Kustomization", "apps", "timed_out")])
    assert named(found) == {"apps": ("ready", "timed_out", None)}


def test_a_bad_verdict_on_what_was_bad_is_not_worse() -> None:
    entry = judged(SOURCE, BROKEN)
    assert worse_rows(entry, entry, [answer("Kustomization", "apps", "failed")]) == []
    assert was_bad(entry, answer("Kustomization", "apps"))
    assert not was_bad(entry, answer("GitRepository", "fleet"))
    assert not was_bad(None, answer("Kustomization", "apps"))


def test_a_controller_that_stopped_is_a_new_cause() -> None:
    found = worse_rows(judged(SOURCE, WELL), judged(SOURCE, WELL, controllers=rows(kustomize=0)), [])
    own = [(row["kind"], row["name"]) for row in found if not row["waits_for"]]
    assert own == [("Deployment", "kustomize-controller")]


def test_a_cluster_that_is_not_healthy_any_more_is_worse_as_a_whole() -> None:
    found = worse_rows(judged(SOURCE, WELL), judged(SOURCE), [])
    assert named(found) == {None: ("healthy", "degraded", None)}
    assert "nothing is there to reconcile" in found[0]["message"]


def test_a_cluster_that_went_away_is_worse_and_one_nobody_saw_is_not() -> None:
    gone = judged(reachable=False, reason="connection refused")
    found = worse_rows(judged(SOURCE, WELL), gone, [])
    assert [(row["name"], row["is"], row["message"]) for row in found] == [(None, "unreachable", "connection refused")]
    assert worse_rows(gone, judged(SOURCE, BROKEN), []) == worse_rows(None, judged(SOURCE, BROKEN), []) == []
    assert fixed_rows(gone, judged(SOURCE, WELL)) == fixed_rows(None, judged(SOURCE, WELL)) == []
