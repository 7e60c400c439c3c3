"""The exact effect of a step, as --diff and check mode show it."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.difference import difference_of, merged
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.result import (
    Outcome,
    foreseen,
    found_on,
    row_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of

from tests.unit.flux_objects import NOW, ago
from tests.unit.paused_objects import CHANGE, NOTES, REASON, REQUEST, WEB, paused, resuming, running, step, suspending


def test_a_merge_patch_is_what_the_rfc_says() -> None:
    target = {"a": "b", "c": {"d": "e", "f": "g"}}
    assert merged(target, {"a": "z", "c": {"f": None}}) == {"a": "z", "c": {"d": "e"}}
    assert merged({"a": [1]}, {"a": {"b": 1, "c": None}}) == {"a": {"b": 1}}
    assert target == {"a": "b", "c": {"d": "e", "f": "g"}}


def test_a_difference_shows_the_fields_that_are_touched_and_no_other() -> None:
    item = running(annotations={REQUEST: "t0", "team": "storage"})
    shown = difference_of(step(item, suspending()))
    assert shown == {
        "before_header": "Kustomization/flux-system/app",
        "after_header": "Kustomization/flux-system/app",
        "before": {"metadata": {"annotations": {REQUEST: "t0"}}},
        "after": {"spec": {"suspend": True}, "metadata": {"annotations": {**NOTES, REQUEST: "(a new request)"}}},
    }


def test_an_explicit_false_is_shown() -> None:
    shown = difference_of(step(running() | {"spec": {"suspend": False}}, suspending()))
    assert shown is not None
    assert shown["before"] == {"spec": {"suspend": False}}


def test_a_resumed_object_loses_what_is_shown() -> None:
    shown = difference_of(step(paused(), resuming("CHG-7")))
    assert shown is not None
    assert (shown["before"], shown["after"]) == ({"spec": {"suspend": True}, "metadata": {"annotations": NOTES}}, {})


def test_nothing_done_is_nothing_shown() -> None:
    assert difference_of(step(paused(), suspending())) is None


def test_a_reason_of_others_may_not_leak() -> None:
    item = paused(annotations={**NOTES, REASON: "see https://bob:hunter2@wiki.example.com"})
    shown = difference_of(step(item, resuming()))
    assert shown is not None
    assert "hunter2" not in str(shown)


def test_a_check_foresees_the_result() -> None:
    planned = step(running(), suspending())
    row = row_of(foreseen(planned), "failed", NOW)
    assert (row["state"], row["changed"], row["barrier"]) == ("suspended", True, None)
    assert row["suspended"] == {
        "by": "alice", "reason": "disk swap", "ticket": None, "until": None, "change": "CHG-7",
        "since": ago(0), "last": "failed", "overdue": False, "rollback": None,
    }  # fmt: skip
    assert planned.patch is not None
    after = stand_of(
        merged(planned.stand.item, planned.patch) | {"metadata": paused()["metadata"] | {"resourceVersion": "8"}}
    )
    real = row_of(Outcome(planned, after), "failed", NOW)
    assert real["suspended"] == row["suspended"] | {"since": ago(60)}
    assert {**real, "suspended": None} == {**row, "suspended": None}


def test_a_resumed_row_says_how_it_was_suspended() -> None:
    row = row_of(foreseen(step(paused(), resuming("CHG-7"))), "ready", NOW)
    assert (row["state"], row["changed"]) == ("resumed", True)
    assert row["suspended"]["change"] == "CHG-7"


def test_a_refused_write_is_no_change() -> None:
    planned = step(running(), suspending())
    row = row_of(Outcome(planned, planned.stand, failure="403 no"), "ready", NOW)
    assert (row["state"], row["changed"], row["why_left"], row["suspended"]) == ("left", False, "403 no", None)


def test_what_was_found_is_read_back_or_passed_over() -> None:
    assert found_on({"found": '{"status": "ready", "revision": "1.0.0", "x": 1}'}) == {
        "status": "ready",
        "revision": "1.0.0",
    }
    assert [found_on({"found": text}) for text in ("{", "[]", "null", '"a"')] == [None] * 4
    assert found_on({}) is None


def test_keys_are_those_of_the_annotations() -> None:
    assert (CHANGE, WEB) == ("gitops.flux/suspended-change", "fluxcd.controlplane.io/suspendedBy")
