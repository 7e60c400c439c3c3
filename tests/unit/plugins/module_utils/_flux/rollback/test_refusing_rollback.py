"""When a release is not rolled back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.refusing import (
    refuse_held,
    refuse_ready,
    refuse_remediated,
    refuse_running,
    refuse_terminating,
)

from tests.unit.stored_revisions import revision

NOW = datetime(2026, 11, 21, 3, 12, tzinfo=timezone.utc)


def release(conditions: dict[str, str] | None = None, *, seen: int = 2, **metadata: Any) -> dict[str, Any]:
    rows = [{"type": kind, "status": status, "message": "said"} for kind, status in (conditions or {}).items()]
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": "apps", "generation": 1, **metadata},
        "spec": {},
        "status": {"observedGeneration": 1, "conditions": rows, "history": [{"version": seen}]},
    }


def test_ready_speaks_only_of_the_revision_that_was_seen() -> None:
    ready = release({"Ready": "True"})
    with pytest.raises(InvalidInput, match=r"web is Ready: said\.\Z") as refused:
        refuse_ready(ready, [revision(2, "deployed")], "web")
    assert "force: true" in refused.value.sentence
    refuse_ready(ready, [revision(3, "deployed")], "web")
    refuse_ready(ready, [revision(2, "failed")], "web")
    refuse_ready(release({"Ready": "False"}), [revision(2, "deployed")], "web")
    refuse_ready(release({"Ready": "True"}, generation=2), [revision(2, "deployed")], "web")


def test_what_helm_controller_has_remediated_is_left() -> None:
    remediated = release({"Remediated": "True", "Ready": "False"})
    with pytest.raises(InvalidInput, match="has already rolled back web: revision 3"):
        refuse_remediated(remediated, [revision(3, "deployed")], "web")
    refuse_remediated(remediated, [revision(3, "failed")], "web")
    refuse_remediated(release({"Ready": "False"}), [revision(3, "deployed")], "web")


@pytest.mark.parametrize(
    ("status", "deployed_at", "timeout", "running"),
    [
        ("pending-upgrade", "2026-11-21T03:11:00Z", None, True),
        ("pending-upgrade", "2026-11-21T03:06:59Z", None, False),
        ("pending-upgrade", "2026-11-21T03:11:00Z", "30s", False),
        ("pending-rollback", "2026-11-21T03:00:00Z", "15m", True),
        ("failed", "2026-11-21T03:11:59Z", None, False),
        ("pending-upgrade", None, None, False),
    ],
)
def test_an_action_runs_for_as_long_as_it_may(
    status: str, deployed_at: str | None, timeout: str | None, running: bool
) -> None:
    item = release() | {"spec": {"timeout": timeout} if timeout else {}}
    stored = [replace(revision(3, status), deployed_at=deployed_at)]
    if running:
        with pytest.raises(InvalidInput, match=f"revision 3 is {status} since") as refused:
            refuse_running(item, stored, NOW, "web")
        assert "force: true" in refused.value.sentence
    else:
        refuse_running(item, stored, NOW, "web")


def test_what_is_paused_for_something_else_is_left() -> None:
    notes = {
        f"gitops.flux/suspended-{key}": value for key, value in (("by", "ann"), ("change", "CHG-7"), ("reason", "disk"))
    }
    held = release(annotations=notes) | {"spec": {"suspend": True}}
    with pytest.raises(InvalidInput, match=r"suspended by ann under change CHG-7 \(disk\)"):
        refuse_held(stand_of(held))
    own = notes | {"gitops.flux/suspended-change": "helm-rollback"}
    refuse_held(stand_of(release(annotations=own) | {"spec": {"suspend": True}}))
    refuse_held(stand_of(release() | {"spec": {"suspend": True}}))
    refuse_held(stand_of(release()))


def test_what_is_being_deleted_is_left() -> None:
    with pytest.raises(InvalidInput, match="is being deleted"):
        refuse_terminating(release(deletionTimestamp="2026-11-21T03:11:00Z"), "web")
    refuse_terminating(release(), "web")
