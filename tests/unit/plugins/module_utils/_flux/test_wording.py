"""What a record says in words."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of

from tests.unit.flux_objects import (
    REVISION,
    Item,
    ago,
    condition,
    event,
    flux,
    git_repository,
    helm_release,
    kustomization,
    ready,
    record,
    run,
)

STALLED = condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 1 attempt(s)")


@pytest.mark.parametrize(
    ("item", "reason", "message"),
    [
        (
            kustomization("a", ready("False", "BuildFailed", "kustomize build failed: x")),
            "BuildFailed",
            "kustomize build failed: x",
        ),
        (
            helm_release("a", STALLED, ready("False", "UpgradeFailed", "Helm upgrade failed: y")),
            "RetriesExceeded",
            "Failed to upgrade after 1 attempt(s): Helm upgrade failed: y",
        ),
        (
            helm_release("a", STALLED, ready("False", "RetriesExceeded", "Failed to upgrade after 1 attempt(s)")),
            "RetriesExceeded",
            "Failed to upgrade after 1 attempt(s)",
        ),
        (
            helm_release(
                "a",
                STALLED,
                ready("False", "RollbackSucceeded", "Helm rollback to a.v1 succeeded"),
                condition("Released", "False", "UpgradeFailed", "Helm upgrade failed: y"),
            ),
            "RetriesExceeded",
            "Failed to upgrade after 1 attempt(s): Helm upgrade failed: y; Helm rollback to a.v1 succeeded",
        ),
        (
            kustomization(deletionTimestamp=ago(90), finalizers=["finalizers.fluxcd.io"]),
            "ReconciliationSucceeded",
            f"waits for finalizers.fluxcd.io since {ago(90)}",
        ),
        (flux("Kustomization", observed=-1), None, "no controller has said anything about it yet"),
        (flux("Alert", observed=None), None, None),
        (
            kustomization("a", ready(message="Applied revision: x"), generation=2),
            "ReconciliationSucceeded",
            "generation 2 has not been looked at yet; before it: Applied revision: x",
        ),
        (
            kustomization("a", ready("Unknown", "Progressing"), status={"history": [run("HealthCheckFailed")]}),
            "HealthCheckFailed",
            f"the last run of {REVISION} ended in HealthCheckFailed",
        ),
        (
            helm_release(
                "a",
                ready("Unknown", "Progressing", "Running 'upgrade' action"),
                condition("Released", "False", "UpgradeFailed", "Helm upgrade failed: y"),
                status={"failures": 1},
            ),
            "UpgradeFailed",
            "Helm upgrade failed: y",
        ),
    ],
)
def test_words(item: Item, reason: str | None, message: str | None) -> None:
    found = record(item)
    assert (found["reason"], found["message"]) == (reason, message)


def test_while_it_retries_the_warning_has_the_words() -> None:
    item = kustomization("a", ready("Unknown", "Progressing"), status={"history": [run("HealthCheckFailed")]})
    raw = event(item, "HealthCheckFailed", message="health check failed after 30s: timeout waiting for x")
    found = record(item, events=events_of([raw]))
    assert (found["reason"], found["message"]) == (
        "HealthCheckFailed",
        "health check failed after 30s: timeout waiting for x",
    )


def test_messages_are_redacted() -> None:
    said = "failed to checkout 'http://bob:hunter2@git/x.git': denied"
    assert record(git_repository("g", ready("False", "GitOperationFailed", said)))["message"] == (
        "failed to checkout 'http://***@git/x.git': denied"
    )
