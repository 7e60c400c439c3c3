"""Status, rule by rule: conditions, generations and history decide, never message text."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import Thresholds
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import STATUSES

from tests.unit.flux_objects import (
    REVISION,
    Item,
    ago,
    event,
    flux,
    git_repository,
    helm_release,
    kustomization,
    ready,
    record,
    run,
)
from tests.unit.status_cases import CASES, UNKNOWN, written
from tests.unit.status_cases_of_runs import CASES_OF_RUNS

ALL_CASES = [*CASES, *CASES_OF_RUNS]


@pytest.mark.parametrize(
    ("item", "others", "status", "flags"), [case[1:] for case in ALL_CASES], ids=[case[0] for case in ALL_CASES]
)
def test_rules(item: Item, others: list[Item], status: str, flags: list[str]) -> None:
    found = record(item, *others)
    assert (found["status"], found["flags"]) == (status, flags)


def test_every_status_has_a_case() -> None:
    assert {case[3] for case in ALL_CASES} == set(STATUSES)


@pytest.mark.parametrize(
    ("version", "item"),
    [
        ("kustomize.toolkit.fluxcd.io/v1beta2", kustomization("a", ready("False", "DependencyNotReady"))),
        ("kustomize.toolkit.fluxcd.io/v1beta2", kustomization("a", UNKNOWN, status={"history": [run("BuildFailed")]})),
        ("source.toolkit.fluxcd.io/v1beta2", git_repository("g", ready("False", "GitOperationFailed"))),
        ("helm.toolkit.fluxcd.io/v2beta1", helm_release("a", UNKNOWN, status={"failures": 1, "history": None})),
        ("helm.toolkit.fluxcd.io/v2beta2", helm_release("a", ready("False", "UpgradeFailed"))),
    ],
)
def test_older_versions_read_the_same(version: str, item: Item) -> None:
    older = {**item, "apiVersion": version}
    assert [record(older)[key] for key in ("status", "flags")] == [record(item)[key] for key in ("status", "flags")]


BUILD_FAILS = kustomization("a", UNKNOWN, status={"history": [run(last=3600)]})


@pytest.mark.parametrize(
    ("item", "raw", "status"),
    [
        # A failed build leaves no entry in the history: the last success stands there, older than the warning.
        (BUILD_FAILS, event(BUILD_FAILS, "BuildFailed", last=40), "failed"),
        # Older than any success: long mended.
        (BUILD_FAILS, event(BUILD_FAILS, "BuildFailed", last=3700), "progressing"),
        # Longer ago than two rounds.
        (BUILD_FAILS, event(BUILD_FAILS, "BuildFailed", last=1500), "progressing"),
        # Not a warning.
        (BUILD_FAILS, event(BUILD_FAILS, "Progressing", warning=False, last=40), "progressing"),
        # About another object.
        (BUILD_FAILS, event(kustomization("b"), "BuildFailed", last=40), "progressing"),
        (git_repository("g", UNKNOWN), event(git_repository("g"), "GitOperationFailed", last=40), "failed"),
    ],
)
def test_a_failing_object_sampled_while_it_retries(item: Item, raw: Item, status: str) -> None:
    found = record(item, events=events_of([raw]))
    assert found["status"] == status
    assert ("retrying" in found["flags"]) == (status == "failed")


def test_a_success_after_the_warning_clears_it() -> None:
    item = git_repository("g", UNKNOWN)
    raw = [event(item, "GitOperationFailed", last=90), event(item, "GitOperationSucceeded", warning=False, last=30)]
    assert record(item, events=events_of(raw))["status"] == "progressing"


def test_rate_limited_warnings_count_for_short_intervals() -> None:
    item = kustomization("a", UNKNOWN, spec={"interval": "5s", "timeout": "5s"}, status={"history": [run(last=3600)]})
    assert record(item, events=events_of([event(item, "BuildFailed", last=290)]))["status"] == "failed"


@pytest.mark.parametrize("text", ["", "Applied revision: x", "dependency 'x' is not ready", "timeout"])
def test_message_text_decides_nothing(text: str) -> None:
    assert record(kustomization("a", ready("False", "BuildFailed", text)))["status"] == "failed"
    assert record(kustomization("a", ready("True", message=text)))["status"] == "ready"


def test_limits_are_settings() -> None:
    limits = Thresholds(unobserved_after=5, stuck_after=5, progress_grace=5)
    item = kustomization("a", ready("Unknown", "Progressing", age=126))
    assert record(item, thresholds=limits)["flags"] == ["stuck"]
    assert record(flux("Kustomization", observed=-1, age=6), thresholds=limits)["status"] == "unknown"
    assert "stuck" in record(kustomization(deletionTimestamp=ago(6)), thresholds=limits)["flags"]
    assert "unobserved" in record(kustomization(generation=2, **written(6)), thresholds=limits)["flags"]


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("status", ["False", "Unknown", "Nonsense"])
@pytest.mark.parametrize("reason", ["BuildFailed", "Progressing", "ReconciliationSucceeded", "DependencyNotReady", ""])
def test_never_ready_unless_the_condition_says_so(name: str, status: str, reason: str) -> None:
    artifact = {"artifact": {"revision": "r"}} if KINDS[name].is_source else {}
    found = record(flux(name, conditions=[ready(status, reason)], status=artifact))
    static = KINDS[name].static and status != "False"
    assert found["status"] != "ready" or static


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.static])
def test_no_status_is_never_ready(name: str) -> None:
    assert record(flux(name, observed=None))["status"] == "unknown"


@pytest.mark.parametrize(
    ("came", "applied", "status"),
    [
        (3600, "main@sha1:old", "failed"),  # there was a run before this one, and it applied nothing
        (30, "main@sha1:old", "progressing"),  # the first run of a new artifact
        (3600, REVISION, "progressing"),  # an interval run of what is applied
    ],
)
def test_where_events_cannot_be_read_the_artifact_tells_a_repeated_run_from_a_first_one(
    came: float, applied: str, status: str
) -> None:
    item = kustomization("a", ready("Unknown", "Progressing", age=10), status={"lastAppliedRevision": applied})
    assert record(item, git_repository(changed=came), events=None)["status"] == status
    if applied != REVISION:
        assert record(item, git_repository(changed=came), events=[])["status"] == "progressing"
