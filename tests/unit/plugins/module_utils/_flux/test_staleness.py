"""A source is stale on evidence only."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import Thresholds
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import SourceSigns, signs_of, stale_rows

from tests.unit.flux_objects import ago, condition, event, flux, git_repository, kustomization, ready, record

OLD: dict[str, Any] = {"changed": 7200}


def line(seconds: float, name: str = "fleet", kind: str = "GitRepository", pod: str = "sc-1") -> dict[str, Any]:
    return {"kind": kind, "namespace": "flux-system", "name": name, "at": ago(seconds), "pod": pod}


def signs(*lines: dict[str, Any], events: list[dict[str, Any]] | None = None) -> SourceSigns:
    return signs_of(events_of(events) if events else None, lines)


SEEN_LATELY = event(git_repository(), "GitOperationSucceeded", warning=False, last=200)
OTHER_SEEN_LONG_AGO = event(git_repository("other"), "GitOperationSucceeded", warning=False, last=3000)


@pytest.mark.parametrize(
    ("found", "state", "evidence"),
    [
        (signs(), "unknown", "none"),
        (signs(line(30), line(3000)), "fresh", "none"),
        (signs(line(601), line(3000)), "stale", "silent"),
        (signs(line(30, "other"), line(3000, "other")), "stale", "silent"),
        # The tail reaches back two minutes only.
        (signs(line(30, "other"), line(120, "other")), "unknown", "none"),
        # What another controller's log reaches back to says nothing about this one's.
        (signs(line(3000, "app", "Kustomization", "kc-1")), "unknown", "none"),
        # One pod's tail is long, the other's is short: together they are as sure as the short one.
        (signs(line(3000, "other"), line(60, "other", pod="sc-2")), "unknown", "none"),
        (signs(events=[SEEN_LATELY]), "fresh", "none"),
        (signs(events=[OTHER_SEEN_LONG_AGO]), "stale", "silent"),
        (signs(line(30, "other"), events=[OTHER_SEEN_LONG_AGO]), "stale", "silent"),
    ],
)
def test_an_unchanged_repository(found: SourceSigns, state: str, evidence: str) -> None:
    fetch = record(git_repository(**OLD), signs=found)["fetch"]
    assert (fetch["state"], fetch["evidence"]) == (state, evidence)


@pytest.mark.parametrize(
    ("interval", "stale_after", "threshold"), [("1m", 600, 600), ("30m", 600, 3600), ("5s", 20, 20), ("1h", 20, 7200)]
)
def test_the_threshold(interval: str, stale_after: float, threshold: float) -> None:
    limits = Thresholds(stale_after=stale_after)
    assert (
        record(git_repository(spec={"interval": interval}), thresholds=limits)["fetch"]["threshold_seconds"]
        == threshold
    )


def test_events_may_be_five_minutes_late() -> None:
    """They are rate-limited, so a short limit does not apply where they are all there is."""
    limits = Thresholds(stale_after=20)
    item = git_repository(spec={"interval": "5s"}, **OLD)
    only_events = signs(events=[SEEN_LATELY, OTHER_SEEN_LONG_AGO])
    assert record(item, signs=only_events, thresholds=limits)["fetch"]["state"] == "unknown"
    with_logs = signs(line(25), line(3000), events=[SEEN_LATELY, OTHER_SEEN_LONG_AGO])
    assert record(item, signs=with_logs, thresholds=limits)["fetch"]["state"] == "stale"


@pytest.mark.parametrize(
    "item",
    [
        git_repository("fleet", ready("False", "GitOperationFailed", "connection refused")),
        git_repository("fleet", ready(), condition("FetchFailed", "True", "GitOperationFailed")),
        git_repository("fleet", condition("Stalled", "True", "URLInvalid"), ready("False", "URLInvalid")),
    ],
)
def test_a_failing_fetch_is_evidence_by_itself(item: dict[str, Any]) -> None:
    fetch = record(item, signs=signs(line(10), line(3000)))["fetch"]
    assert (fetch["state"], fetch["evidence"]) == ("stale", "fetch_failed")


def test_a_change_of_status_is_a_sign_of_life() -> None:
    managed = [{"manager": "source-controller", "time": ago(40), "subresource": "status", "fieldsV1": {"f:status": {}}}]
    fetch = record(git_repository(managedFields=managed, **OLD), signs=signs(line(3000, "other")))["fetch"]
    assert (fetch["state"], fetch["last_sign_at"]) == ("fresh", ago(40))


def test_what_is_new_is_not_silent() -> None:
    item = git_repository("new", ready("Unknown", "Progressing", age=30), artifact=None, age=30)
    assert record(item, signs=signs(line(3000, "other")))["fetch"]["state"] == "fresh"


@pytest.mark.parametrize(
    "item",
    [
        git_repository(spec={"suspend": True}),
        git_repository(deletionTimestamp=ago(5)),
        flux("HelmRepository", spec={"type": "oci"}, observed=None),
        flux("ExternalArtifact", observed=None, status={"artifact": {"revision": "r"}}),
        kustomization(),
    ],
)
def test_nobody_fetches_these(item: dict[str, Any]) -> None:
    assert record(item)["fetch"] is None


def test_the_list_has_what_is_stale_or_unknown() -> None:
    found = [
        record(git_repository("a", ready("False", "GitOperationFailed", "connection refused"))),
        record(git_repository("b", **OLD)),
        record(git_repository("c")),
        record(git_repository("d", **OLD), signs=signs(line(3000, "other"))),
    ]
    assert [(row["name"], row["state"], row["message"]) for row in stale_rows(found)] == [
        ("a", "stale", "connection refused"),
        ("b", "unknown", "neither events nor logs reach back far enough to tell"),
        ("d", "stale", f"no sign of a fetch since {ago(7200)}"),
    ]
