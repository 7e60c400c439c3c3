"""Who suspended it, since when, why, until when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.flux_objects import Item, ago, condition, flux, helm_release, kustomization, ready, record

PAUSED = {"suspend": True}


def writes(manager: str, seconds: float, *path: str) -> Item:
    fields: dict[str, Any] = {}
    for step in reversed(path or ("f:spec", "f:suspend")):
        fields = {step: fields}
    return {"manager": manager, "operation": "Update", "time": ago(seconds), "fieldsV1": fields}


def suspension(item: Item) -> dict[str, Any]:
    found = record(item)["suspended"]
    assert isinstance(found, dict)
    return found


def test_everything_our_annotations_say() -> None:
    notes = {
        "gitops.flux/suspended-by": "alice",
        "gitops.flux/suspended-reason": "disk swap",
        "gitops.flux/suspended-ticket": "OPS-1423",
        "gitops.flux/suspended-until": "2026-11-21T18:00:00Z",
        "gitops.flux/suspended-change": "CHG-7",
        "fluxcd.controlplane.io/suspendedBy": "web user",
    }
    assert suspension(kustomization(spec=PAUSED, annotations=notes, managedFields=[writes("gitops.flux", 90)])) == {
        "by": "alice",
        "reason": "disk swap",
        "ticket": "OPS-1423",
        "until": "2026-11-21T18:00:00Z",
        "change": "CHG-7",
        "since": ago(90),
        "last": "ready",
        "overdue": False,
        "rollback": None,
    }


@pytest.mark.parametrize(
    ("metadata", "by", "since"),
    [
        ({}, None, None),
        ({"managedFields": [writes("flux", 500)]}, "flux", ago(500)),
        ({"managedFields": [writes("other", 10, "f:spec", "f:path"), writes("flux", 500)]}, "flux", ago(500)),
        # Both own it: the earlier one is nearer to when it began.
        ({"managedFields": [writes("flux", 500), writes("kubectl-edit", 900)]}, "kubectl-edit", ago(900)),
        ({"annotations": {"fluxcd.controlplane.io/suspendedBy": "bob"}}, "bob", None),
    ],
)
def test_otherwise_what_the_api_server_noted(metadata: dict[str, Any], by: str | None, since: str | None) -> None:
    found = suspension(kustomization(spec=PAUSED, **metadata))
    assert (found["by"], found["since"]) == (by, since)


def test_an_annotation_that_suspends_is_dated_like_a_field() -> None:
    key = "fluxcd.controlplane.io/reconcile"
    item = flux(
        "ResourceSet",
        conditions=[ready()],
        annotations={key: "disabled"},
        managedFields=[writes("kubectl-annotate", 70, "f:metadata", "f:annotations", f"f:{key}")],
    )
    assert (suspension(item)["by"], suspension(item)["since"]) == ("kubectl-annotate", ago(70))


def test_a_freeze_is_dated_by_its_annotation() -> None:
    key = "kustomize.toolkit.fluxcd.io/reconcile"
    fields = [writes("flux", 900), writes("kubectl-annotate", 70, "f:metadata", "f:annotations", f"f:{key}")]
    item = helm_release(annotations={key: "disabled"}, managedFields=fields)
    assert (suspension(item)["by"], suspension(item)["since"]) == ("kubectl-annotate", ago(70))


@pytest.mark.parametrize(
    ("until", "shown", "overdue"),
    [
        (ago(1), ago(1), True),
        (ago(-60), ago(-60), False),
        ("2026-11-20", "2026-11-21T00:00:00Z", True),
        ("2026-11-21", "2026-11-22T00:00:00Z", False),
    ],
)
def test_overdue_by_its_own_end(until: str, shown: str, *, overdue: bool) -> None:
    found = suspension(kustomization(spec=PAUSED, annotations={"gitops.flux/suspended-until": until}))
    assert (found["until"], found["overdue"]) == (shown, overdue)


def test_an_end_nobody_can_read_is_said() -> None:
    notes = {"gitops.flux/suspended-until": "tomorrow", "gitops.flux/suspended-reason": "disk swap"}
    found = suspension(kustomization(spec=PAUSED, annotations=notes))
    assert (found["until"], found["reason"]) == (None, "disk swap (until 'tomorrow', which is no time)")


def test_a_reason_may_not_leak() -> None:
    notes = {"gitops.flux/suspended-reason": "see https://bob:hunter2@wiki.example.com"}
    assert suspension(kustomization(spec=PAUSED, annotations=notes))["reason"] == "see https://***@wiki.example.com"


@pytest.mark.parametrize(
    ("item", "last"),
    [
        (kustomization(spec=PAUSED, generation=2, observed=2), "ready"),
        (kustomization("a", ready("False", "BuildFailed"), spec=PAUSED), "failed"),
        (kustomization("a", ready("False", "DependencyNotReady"), spec=PAUSED), "blocked"),
        (kustomization("a", ready("Unknown", "Progressing", age=5), spec=PAUSED), "progressing"),
        (flux("Kustomization", spec=PAUSED, observed=-1), "unknown"),
        (
            helm_release(
                "a", condition("Stalled", "True", "RetriesExceeded"), ready("False", "UpgradeFailed"), spec=PAUSED
            ),
            "stalled",
        ),
    ],
)
def test_what_it_would_be_otherwise(item: Item, last: str) -> None:
    found = record(item)
    assert found["status"] == "suspended"
    assert found["suspended"] is not None
    assert found["suspended"]["last"] == last


def test_only_the_suspended_and_the_frozen_have_one() -> None:
    assert record(kustomization())["suspended"] is None
