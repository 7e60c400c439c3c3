"""Events and log lines as short rows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of, is_about_flux, verdicts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.loglines import lines_about, parse_log
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.flux_objects import ago, event, git_repository, kustomization

SOURCE = Ref("GitRepository", "flux-system", "fleet")


def test_an_event() -> None:
    raw = event(git_repository(), "GitOperationFailed", message="clone http://bob:hunter2@git/x: denied\n")
    assert events_of([raw]) == [
        {
            "namespace": "flux-system",
            "kind": "GitRepository",
            "name": "fleet",
            "type": "Warning",
            "reason": "GitOperationFailed",
            "message": "clone http://***@git/x: denied",
            "count": 3,
            "first_at": ago(600),
            "last_at": ago(30),
            "component": "source-controller",
        }
    ]


def test_the_newer_api_keeps_its_times_elsewhere() -> None:
    raw = event(git_repository(), "x") | {"firstTimestamp": None, "lastTimestamp": None, "count": 0}
    raw |= {
        "eventTime": "2026-11-21T03:00:00.123456Z",
        "series": {"count": 7, "lastObservedTime": "2026-11-21T03:05:00.5Z"},
    }
    row = events_of([raw])[0]
    assert (row["first_at"], row["last_at"], row["count"]) == ("2026-11-21T03:00:00Z", "2026-11-21T03:05:00Z", 7)


def test_the_newest_stands_last() -> None:
    raw = [event(git_repository(), reason, last=age) for reason, age in (("a", 10), ("b", 30), ("c", 20))]
    assert [row["reason"] for row in events_of(raw)] == ["b", "c", "a"]


def test_which_events_are_about_flux() -> None:
    assert is_about_flux(event(kustomization(), "x"))
    assert not is_about_flux({"involvedObject": {"apiVersion": "apps/v1", "kind": "Deployment"}})
    assert not is_about_flux({"involvedObject": {"apiVersion": "v1", "kind": "Pod"}})


def test_the_last_word_about_an_object() -> None:
    item = git_repository()
    raw = [
        event(item, "GitOperationFailed", last=300, message="older"),
        event(item, "GitOperationFailed", last=100, message="newer"),
        event(item, "NewArtifact", warning=False, last=200),
        event(item, "Progressing", warning=False, last=10),
    ]
    found = verdicts_of(events_of(raw))
    assert found.warnings[SOURCE]["message"] == "newer"
    assert found.good_at[SOURCE] < found.bad_at[SOURCE]
    assert verdicts_of(None).bad_at == {}


def test_what_was_said_about_a_deleted_object_is_not_held_against_its_namesake() -> None:
    rows = events_of([event(git_repository(), "GitOperationFailed", last=100)])
    at = verdicts_of(rows).bad_at[SOURCE]
    assert verdicts_of(rows, {SOURCE: at}).bad_at == {SOURCE: at}
    later = verdicts_of(rows, {SOURCE: at + timedelta(seconds=1)})
    assert (later.bad_at, later.warnings, later.good_at) == ({}, {}, {})


LINE = {
    "level": "error",
    "ts": "2026-11-21T03:11:00.123Z",
    "msg": "Reconciler error",
    "controller": "gitrepository",
    "controllerGroup": "source.toolkit.fluxcd.io",
    "controllerKind": "GitRepository",
    "GitRepository": {"name": "fleet", "namespace": "flux-system"},
    "namespace": "flux-system",
    "name": "fleet",
    "reconcileID": "1",
    "error": "clone http://bob:hunter2@git/x: denied",
}
OLDER = {key: LINE[key] for key in ("level", "ts", "msg", "controller", "GitRepository")}


@pytest.mark.parametrize(
    "text", [json.dumps(LINE), f"2026-11-21T03:11:00.500000000Z {json.dumps(LINE)}", f"\n{json.dumps(LINE)}\n\n"]
)
def test_a_log_line(text: str) -> None:
    assert parse_log(text, "source-controller", "sc-1") == [
        {
            "controller": "source-controller",
            "pod": "sc-1",
            "at": "2026-11-21T03:11:00Z",
            "level": "error",
            "kind": "GitRepository",
            "namespace": "flux-system",
            "name": "fleet",
            "message": "Reconciler error: clone http://***@git/x: denied",
        }
    ]


def test_other_lines() -> None:
    text = "\n".join(
        [
            "2026-11-21T03:11:00Z I1121 klog: token=abc",
            "no time at all",
            '2026-11-21T03:11:00Z {"broken": ',
            json.dumps(OLDER | {"GitRepository": None}),
        ]
    )
    rows = parse_log(text, "c", "p")
    assert [(row["at"], row["kind"], row["message"]) for row in rows] == [
        ("2026-11-21T03:11:00Z", None, "I1121 klog: token=***"),
        (None, None, "no time at all"),
        ("2026-11-21T03:11:00Z", None, '{"broken": '),
        ("2026-11-21T03:11:00Z", "GitRepository", "Reconciler error"),
    ]


def test_the_tail_is_counted_for_each_object() -> None:
    lines = [
        {"kind": "GitRepository", "namespace": "flux-system", "name": name, "message": number}
        for number, name in enumerate(["fleet", "other", "fleet", "fleet", "third", "other"])
    ]
    kept = lines_about(lines, [SOURCE, SOURCE._replace(name="other")], 2)
    assert [row["message"] for row in kept] == [1, 2, 3, 5]
