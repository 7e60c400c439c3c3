"""Runs as flux_reconcile returns them: pictures before and after, and a verdict for each object."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Asker, Run, run_of

from tests.unit.flux_clusters import picture
from tests.unit.flux_objects import Item, ago, git_repository, kustomization, ready, records

ASKER = Asker("ottawa", "Ottawa", "all", False, "talos-ottawa", HealthSettings())
OLD = "main@sha1:aaaaaaa0000000000000000000000000000000aa"
NEW = "main@sha1:bbbbbbb0000000000000000000000000000000bb"
SOURCE = git_repository()
WELL = kustomization("apps")
BROKEN = kustomization("apps", ready("False", "BuildFailed", "kustomize build failed: no such file"))
WAITS = {"dependsOn": [{"name": "apps"}]}
WAITING = kustomization("shop", spec=WAITS)
HELD = kustomization(
    "shop", ready("False", "DependencyNotReady", "dependency 'flux-system/apps' is not ready"), spec=WAITS
)


def pictured(*items: Item, **changes: Any) -> dict[str, Any]:
    """What flux_info says of a cluster with these objects."""
    return picture(objects=records(*items), **changes)


def answer(kind: str, name: str, verdict: str | None = "reconciled", **changes: Any) -> dict[str, Any]:
    """One of flux_reconcile's verdicts, in the namespace flux-system unless told otherwise."""
    return {
        "kind": kind,
        "namespace": "flux-system",
        "name": name,
        "verdict": verdict,
        "bad": verdict in ("failed", "stalled", "blocked", "timed_out"),
        "blocked_by": None,
        "reason": None,
        "message": None,
        "cause": None,
        "outcome": None,
        "requested": True,
        "role": "target",
        "source": None,
        "revision_before": None,
        "revision_after": None,
        "seconds": 1.5,
        "suspended": None,
        **changes,
    }


def result(*verdicts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    requests = sum(bool(verdict["requested"]) for verdict in verdicts)
    bad = sum(verdict["bad"] for verdict in verdicts)
    return {
        "changed": bool(requests),
        "reachable": True,
        "verdicts": list(verdicts),
        "summary": {"total": len(verdicts), "done": len(verdicts), "bad": bad, "verdicts": {}, "requests": requests},
        "notices": [],
        "seconds": 4.25,
        **changes,
    }


def ran(
    before: dict[str, Any], after: dict[str, Any], *verdicts: dict[str, Any], asker: Asker = ASKER, **changes: Any
) -> Run:
    return run_of(asker, result(*verdicts, **changes), {"before": before, "after": after}, ago(0))
