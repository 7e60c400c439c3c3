"""Rows of flux_suspend as the tests about maintenance windows need them."""

from __future__ import annotations

from typing import Any

from tests.unit.flux_objects import REVISION, ago

Json = dict[str, Any]
CLUSTER = {"context": "talos-ottawa", "server": "https://10.1.0.10:6443", "user": {"name": "ops"}}


def pause(**more: Any) -> Json:
    """A suspension as records have it."""
    return {
        "by": "ops",
        "reason": "disk swap",
        "ticket": "OPS-1",
        "until": None,
        "change": "CHG-7",
        "since": ago(60),
        "last": "ready",
        "overdue": False,
        **more,
    }


def row(name: str = "app", state: str = "suspended", **more: Any) -> Json:
    """An object as flux_suspend returns it."""
    return {
        "kind": "Kustomization",
        "namespace": "flux-system",
        "name": name,
        "state": state,
        "changed": True,
        "why_left": None,
        "barrier": "reached",
        "suspended": pause() if state == "resumed" else None,
        "found": {"status": "ready", "revision": REVISION},
        "warnings": [],
        **more,
    }


def result(*rows: Json, **more: Any) -> Json:
    """The result of flux_suspend."""
    blast = {
        "objects": len(rows),
        "inventory": 12,
        "blocked_now": [],
        "blocked_later": ["Kustomization/flux-system/apps"],
        "waiting_parents": [],
        "open_suspensions": [],
    }
    return {"changed": True, "reachable": True, "cluster": CLUSTER, "objects": list(rows), "blast": blast, **more}


def failed(message: str, **error: Any) -> Json:
    return {"failed": True, "msg": message, "error": {"type": "InvalidInput", "message": message, **error}}
