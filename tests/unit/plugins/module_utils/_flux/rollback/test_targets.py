"""Which revision can be gone back to, and which one is when nobody says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import (
    default_target,
    doubts_about,
    why_no_target,
    why_not_by_default,
)

from tests.unit.stored_revisions import revision

FAILED_UPGRADE = 'Upgrade "web" failed: context deadline exceeded'
FAILED_RELEASE = 'Release "web" failed: context deadline exceeded'
FAILED_ROLLBACK = 'Rollback "web" failed: conflict'


def chosen(*stored: Stored, unserved: Mapping[int, Sequence[str]] | None = None) -> int | None:
    found = default_target(stored, [], unserved or {})
    return found.revision if found else None


def why(number: int, *stored: Stored, unserved: Mapping[int, Sequence[str]] | None = None) -> str | None:
    one = next(each for each in stored if each.revision == number)
    return why_no_target(one, stored, unserved or {})


def test_nothing_stored_means_no_target() -> None:
    assert default_target([], [], {}) is None
    assert chosen(revision(1, "deployed")) is None


def test_a_bad_but_deployed_revision_goes_back_to_the_one_it_superseded() -> None:
    stored = [revision(3, "deployed"), revision(2, "superseded"), revision(1, "superseded", "Install complete")]
    assert chosen(*stored) == 2
    assert why(1, *stored) is None
    assert why(3, *stored) == "it is the newest revision, the one to go back from"


def test_a_failed_upgrade_goes_back_to_what_is_still_deployed() -> None:
    stored = [
        revision(4, "failed", FAILED_UPGRADE),
        revision(3, "failed", FAILED_UPGRADE),
        revision(2, "deployed"),
        revision(1, "superseded", "Install complete"),
    ]
    assert chosen(*stored) == 2
    assert why(3, *stored) == "it failed"


def test_a_stuck_revision_goes_back_like_a_failed_one() -> None:
    stored = [revision(2, "pending-upgrade", "Preparing upgrade"), revision(1, "deployed", "Install complete")]
    assert chosen(*stored) == 1


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_what_never_came_to_an_end_is_no_target(status: str) -> None:
    assert why(1, revision(2, "deployed"), revision(1, status, "")) == f"it never came to an end ({status})"


@pytest.mark.parametrize("status", ["uninstalled", "uninstalling", "unknown"])
def test_a_status_that_is_not_deployed_is_said(status: str) -> None:
    assert why(1, revision(2, "deployed"), revision(1, status, "Uninstallation complete")) == f"its status is {status}"


@pytest.mark.parametrize(
    "description",
    [
        FAILED_UPGRADE,
        FAILED_RELEASE,
        FAILED_ROLLBACK,
        "Release unlocked from stale 'pending-upgrade' state",
    ],
)
def test_helm_calls_a_failure_superseded_but_it_is_no_target(description: str) -> None:
    stored = [revision(2, "deployed"), revision(1, "superseded", description)]
    assert why(1, *stored) == "it failed, and was superseded afterwards"
    assert chosen(*stored) is None


def test_what_was_uninstalled_and_replaced_is_no_target() -> None:
    stored = [revision(2, "deployed"), revision(1, "superseded", "superseded by new release")]
    assert why(1, *stored) == "it was uninstalled, and superseded afterwards"


def test_what_runs_again_is_no_target_under_its_old_number() -> None:
    stored = [
        revision(4, "deployed", "Rollback to 2", chart_version="1.0.2"),
        revision(3, "failed", FAILED_UPGRADE),
        revision(2, "superseded"),
        revision(1, "superseded", "Install complete"),
    ]
    assert why(2, *stored) == "it is what runs now, as revision 4"
    assert chosen(*stored) == 1


def test_equal_manifests_with_other_values_are_not_the_same() -> None:
    same = {"chart_version": "1.0.0", "manifest": "a: 1\n"}
    stored = [
        revision(2, "deployed", **same, config={"on": True}),
        revision(1, "superseded", "Install complete", **same, config={"on": 1}),
    ]
    assert chosen(*stored) == 1


def test_a_revision_somebody_rolled_back_from_is_not_chosen_but_can_be_named() -> None:
    stored = [
        revision(5, "failed", FAILED_UPGRADE),
        revision(4, "superseded", "Rollback to 2", chart_version="1.0.2"),
        revision(3, "superseded"),
        revision(2, "superseded"),
    ]
    assert chosen(*stored) == 4
    assert why(3, *stored) is None
    assert why_not_by_default(stored[2], stored, []) == "revision 4 went back from it, to revision 2"
    assert chosen(stored[0], *stored[2:]) == 3


@pytest.mark.parametrize("description", [FAILED_ROLLBACK, FAILED_RELEASE])
def test_a_failed_rollback_says_no_more_where_it_went_but_its_content_does(description: str) -> None:
    stored = [
        revision(4, "failed", description, chart_version="1.0.2"),
        revision(3, "superseded"),
        revision(2, "superseded"),
    ]
    assert chosen(*stored) == 2


def test_a_rollback_whose_hook_failed_is_pending_and_says_where_it_goes() -> None:
    stored = [
        revision(4, "pending-rollback", "Rollback to 2", chart_version="1.0.2"),
        revision(3, "deployed"),
        revision(2, "superseded"),
    ]
    assert chosen(*stored) == 2


def test_a_failed_upgrade_to_old_content_does_not_tell_against_what_is_deployed() -> None:
    stored = [
        revision(4, "failed", FAILED_UPGRADE, chart_version="1.0.2"),
        revision(3, "deployed"),
        revision(2, "superseded"),
    ]
    assert chosen(*stored) == 3


def test_what_needs_an_api_that_is_gone_is_passed_over() -> None:
    stored = [revision(3, "deployed"), revision(2, "superseded"), revision(1, "superseded", "Install complete")]
    gone = {2: ["example.com/v1 Widget"]}
    assert why(2, *stored, unserved=gone) == "it needs what the cluster does not serve: example.com/v1 Widget"
    assert chosen(*stored, unserved=gone) == 1


def test_a_newest_revision_that_needs_an_api_that_is_gone_stops_helm_altogether() -> None:
    stored = [revision(2, "deployed"), revision(1, "superseded", "Install complete")]
    said = why(1, *stored, unserved={2: ["example.com/v1 Widget", "example.com/v1 Gadget"]})
    assert said is not None
    assert said.startswith("revision 2, the newest, needs what the cluster does not serve: example.com/v1 Widget, ")


def test_a_revision_whose_test_failed_is_not_chosen() -> None:
    stored = [
        revision(3, "failed", FAILED_UPGRADE),
        revision(2, "deployed"),
        revision(1, "superseded", "Install complete"),
    ]
    tests = {"web-smoke": {"phase": "Failed"}, "web-load": {"phase": "Succeeded"}}
    row = {"version": 2, "chartVersion": "1.0.2", "testHooks": tests}
    found = default_target(stored, [row], {})
    assert found is not None
    assert found.revision == 1
    assert why_not_by_default(stored[1], stored, [row]) == "its test failed: web-smoke"
    assert why_not_by_default(stored[1], stored, [{**row, "chartVersion": "9"}]) is None


NEW, OLD = {"password": "new"}, {"password": "old"}


def three(middle_chart: str, middle_values: dict[str, str], seconds: int = 2, last: str = "deployed") -> list[Stored]:
    """Chart 1 with the old values, something between, and some seconds later chart 2 with the new values."""
    middle = revision(2, "superseded", chart_version=middle_chart, config=middle_values)
    begun = f"2026-11-20T10:{2 + seconds // 60:02}:{seconds % 60:02}.123456789Z"
    newest = replace(revision(3, last, chart_version="2", config=NEW), deployed_at=begun)
    return [newest, middle, revision(1, "superseded", "Install complete", chart_version="1", config=OLD)]


def failed_first() -> Stored:
    """Revision 1 of these three, had it failed."""
    return replace(three("1", NEW)[2], status="failed", description=FAILED_RELEASE)


@pytest.mark.parametrize(
    ("chart", "values", "new", "old"), [("1", NEW, "values", "chart"), ("2", OLD, "chart", "values")]
)
def test_a_target_that_may_be_half_of_the_change_is_doubted(
    chart: str, values: dict[str, str], new: str, old: str
) -> None:
    stored = three(chart, values, last="failed")
    assert doubts_about(stored[1], stored) == [
        (
            f"Revision 2 ran for 2s only, with the {new} of revision 3 and the {old} of revision 1: it may be half of "
            "the change that is to be undone. If so, go back to revision 1 instead, with revision: 1."
        )
    ]


def test_what_failed_before_a_doubted_target_is_passed_over() -> None:
    newest, middle, first = three("1", NEW)
    tried = revision(2, "failed", FAILED_UPGRADE, chart_version="9", config=OLD)
    stored = [replace(newest, revision=4), replace(middle, revision=3), tried, first]
    assert "the chart of revision 1" in doubts_about(stored[1], stored)[0]


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(three("1", NEW, seconds=60), id="it ran long enough to have been meant"),
        pytest.param(three("1", OLD), id="the same as before"),
        pytest.param(three("1.5", NEW), id="a chart of its own"),
        pytest.param(three("1", {"password": "own"}), id="values of its own"),
        pytest.param(three("2", NEW), id="the same as afterwards"),
        pytest.param(three("1", NEW)[:2], id="nothing before it"),
        pytest.param([*three("1", NEW)[:2], failed_first()], id="nothing good before it"),
        pytest.param([replace(one, deployed_at=None) for one in three("1", NEW)], id="nobody knows when"),
    ],
)
def test_any_other_target_is_not(stored: list[Stored]) -> None:
    assert doubts_about(stored[1], stored) == []


def test_the_newest_revision_is_not_doubted() -> None:
    stored = three("1", NEW)
    assert doubts_about(stored[0], stored) == []
