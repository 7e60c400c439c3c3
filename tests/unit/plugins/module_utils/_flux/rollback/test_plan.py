"""A plan is approved by its digest, and deletes nothing precious that is not named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import Named
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import (
    Change,
    Plan,
    require_approved,
    require_deletions_allowed,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Hook

from tests.unit.stored_revisions import revision

CLAIM = Named("", "PersistentVolumeClaim", "apps", "data")
PLAN = Plan(
    strategy="helm",
    why="it was asked for",
    source=revision(2, "deployed"),
    target=revision(1, "superseded"),
    changes=[Change(Named("apps", "Deployment", "apps", "web"), "change", ("spec.replicas",))],
    deletes=[CLAIM],
    allowed=frozenset(),
    values_paths=["title"],
    not_rolled_back=[],
    steps=[],
    warnings=[],
    subject="uid HelmRelease/apps/web",
)


def test_the_digest_is_that_of_what_is_done() -> None:
    assert replace(PLAN, warnings=["another"], steps=["another"]).digest == PLAN.digest
    changed: list[dict[str, Any]] = [
        {"strategy": "pin"},
        {"subject": "elsewhere"},
        {"deletes": []},
        {"changes": []},
        {"values_paths": []},
        {"target": revision(3, "superseded")},
    ]
    digests = {replace(PLAN, **change).digest for change in changed}
    assert len(digests) == len(changed)
    assert PLAN.digest not in digests


def test_only_the_approved_plan_is_carried_out() -> None:
    require_approved(PLAN, PLAN.digest)
    require_approved(PLAN, "")
    require_approved(PLAN, None)
    with pytest.raises(InvalidInput, match="not the plan that was approved") as refused:
        require_approved(PLAN, "sha256:0")
    assert refused.value.details["digest"] == PLAN.digest


def test_what_is_precious_has_to_be_named() -> None:
    with pytest.raises(InvalidInput, match="would delete PersistentVolumeClaim/apps/data"):
        require_deletions_allowed(PLAN)
    require_deletions_allowed(replace(PLAN, allowed=frozenset({CLAIM})))


def test_only_hooks_of_a_rollback_are_told_and_only_where_helm_runs_them() -> None:
    hooks = (Hook("Job", "undo", "", ("post-rollback",)), Hook("Job", "up", "", ("pre-upgrade",)))
    plan = replace(PLAN, target=replace(PLAN.target, hooks=hooks))
    assert [hook.name for hook in plan.hooks] == ["undo"]
    assert replace(plan, strategy="pin").hooks == []
