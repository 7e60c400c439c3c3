"""When an owner has applied what Git says, whatever it thinks of the health of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.owner_asked import is_applied

ASKED = datetime(2026, 11, 21, 20, 0, 0, tzinfo=timezone.utc)


def kustomization(revision: str, handled: str | None, *conditions: Any) -> dict[str, Any]:
    return {
        "status": {"lastAttemptedRevision": revision, "lastHandledReconcileAt": handled, "conditions": list(conditions)}
    }


READY = {"type": "Ready", "status": "True"}
UNHEALTHY = {"type": "Ready", "status": "False", "reason": "HealthCheckFailed"}
REFUSED = {"type": "Ready", "status": "False", "reason": "ReconciliationFailed"}
CHECKING = {"type": "Healthy", "status": "Unknown", "lastTransitionTime": "2026-11-21T20:00:03Z"}
EARLIER = CHECKING | {"lastTransitionTime": "2026-11-21T19:59:00Z"}


@pytest.mark.parametrize(
    ("item", "applied"),
    [
        (kustomization("b", "token", READY), True),
        (kustomization("b", "token", UNHEALTHY), True),
        (kustomization("b", "token", REFUSED), False),
        (kustomization("a", "token", READY), False),
        (kustomization("b", "earlier", READY), False),
        (kustomization("b", "earlier", CHECKING), True),
        (kustomization("b", "earlier", EARLIER), False),
    ],
)
def test_it_is_applied(item: Any, applied: bool) -> None:
    assert is_applied(item, "token", "b", ASKED) is applied
