"""Results of flux_helm_rollback and flux_helm_rollback_finish, as far as pages are made of them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

NEXT = [
    "Correct the chart of HelmRelease apps/shop in Git: it still asks for shop 1.3.0.",
    "Then let it go: gitops.flux.helm_rollback_finish.",
]
SNIPPET = "spec:\n  chart:\n    spec:\n      version: 1.2.0\n"
MISSING = {"text": "Git still asks for chart shop 1.3.0, the bad version", "snippet": SNIPPET}


def revision(number: int, version: str, status: str = "superseded") -> Json:
    return {
        "revision": number,
        "status": status,
        "chart": "shop",
        "chart_version": version,
        "app_version": f"v{version}",
        "deployed_at": f"2026-11-21T0{number}:00:00Z",
        "description": "Upgrade complete",
        "config_digest": "sha256:1",
    }


def plan(**changes: Any) -> Json:
    return {
        "digest": "d1g3st",
        "strategy": "helm",
        "why": "the values differ",
        "source": revision(4, "1.3.0", "failed"),
        "target": revision(3, "1.2.0"),
        "objects": [
            {"kind": "ConfigMap", "namespace": "apps", "name": "shop", "action": "change", "paths": ["data.extra"]},
            {"kind": "Service", "namespace": "apps", "name": "shop", "action": "none", "paths": []},
            {"kind": "Job", "namespace": "apps", "name": "old", "action": "create", "paths": []},
        ],
        "deletes": [{"kind": "ConfigMap", "namespace": "apps", "name": "added", "allowed": True}],
        "hooks": [{"kind": "Job", "name": "migrate", "events": ["pre-rollback"]}],
        "not_rolled_back": ["Data: what the bad version has written stays written."],
        "values_paths": ["image.tag"],
        "steps": ["Hold HelmRelease apps/shop", "Run helm rollback"],
        "warnings": [],
        **changes,
    }


def result(phase: str, **changes: Any) -> Json:
    """What a module returns. diff and invocation stand for what is not to be kept."""
    return {
        "changed": True,
        "reachable": True,
        "cluster": {"context": "talos-ottawa", "server": "https://10.0.0.1:6443", "uid": "u1", "user": {"name": "ops"}},
        "namespace": "apps",
        "name": "shop",
        "release": {"name": "shop", "storage_namespace": "apps", "release_namespace": "apps"},
        "owner": {"kind": "Kustomization", "namespace": "flux-system", "name": "apps"},
        "phase": phase,
        "plan": plan(),
        "story": [
            {"at": "2026-11-21T03:12:08Z", "step": "hold", "text": "suspended, acknowledged by helm-controller"},
            {"at": "2026-11-21T03:12:11Z", "step": "roll_back", "text": "Helm has made revision 5"},
        ],
        "verification": None,
        "history": [revision(5, "1.2.0", "deployed"), revision(4, "1.3.0", "failed")],
        "held": None,
        "missing_in_git": None,
        "next": [],
        "diff": [{"before": "data: {password: hunter2}", "after": ""}],
        "invocation": {"module_args": {"api_key": "hunter2"}},
        **changes,
    }


def rolled_back(**changes: Any) -> Json:
    verification = {
        "ok": True,
        "release": revision(5, "1.2.0", "deployed"),
        "differences": [],
        "leftovers": [],
        "workloads": [{"kind": "Deployment", "namespace": "apps", "name": "shop", "ready": True, "message": ""}],
    }
    held = {
        "by": "ops-user",
        "reason": "1.3.0 does not start",
        "ticket": "INC-7",
        "until": "2026-11-21T08:00:00Z",
        "since": "2026-11-21T03:12:08Z",
        "frozen": False,
        "suspended": True,
    }
    return result("rolled_back", verification=verification, held=held, next=NEXT, **changes)


def planned(**changes: Any) -> Json:
    return result("planned", story=[], history=[], **changes)


def finished(**changes: Any) -> Json:
    told = [{"at": "2026-11-21T07:30:00Z", "step": "resume", "text": "helm-controller has upgraded to shop 1.3.1"}]
    verification = {"ok": True, "release": revision(6, "1.3.1", "deployed"), "workloads": []}
    empty: Json = {"objects": [], "deletes": [], "hooks": [], "steps": []}
    return result("finished", plan=plan(**empty), story=told, verification=verification, **changes)


def refused(message: str = "Nothing to roll back to.", kind: str = "InvalidInput") -> Json:
    """A module that has refused, or was not able, before it wrote anything."""
    error = {"type": kind, "message": message, "hint": None}
    return {"failed": True, "msg": message, "error": error}
