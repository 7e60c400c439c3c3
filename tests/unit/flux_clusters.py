# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole clusters for tests of the verdict: controllers, coverage and a picture as flux_info returns it."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import settings_of

from tests.unit.flux_objects import Item, ago, git_repository, helm_chart, helm_release, kustomization, ready, records

FOUR = ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")
SEEN = {name: {"state": "ok", "api_version": None, "count": 1, "message": None} for name in KINDS}
FORBIDDEN = {"state": "forbidden", "api_version": "v1", "count": None, "message": "no"}
ABSENT = {"state": "absent", "api_version": None, "count": None, "message": None}

HEALTHY = [git_repository(), kustomization(), helm_chart(), helm_release()]
FAILS = kustomization("bad", ready("False", "BuildFailed", "kustomize build failed"))


def deployment(name: str, available: int = 1, *args: str) -> Item:
    """A controller's Deployment; of several controllers of one sort only the first has the plain name."""
    container = {"name": "manager", "image": f"ghcr.io/fluxcd/{name}:v1.9.5", "args": list(args)}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "flux-system", "labels": {"app.kubernetes.io/component": name}},
        "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
        "status": {"availableReplicas": available, "readyReplicas": available},
    }


def rows(**available: int) -> list[dict[str, Any]]:
    """Rows of the four controllers, each with one replica unless told otherwise (helm=0)."""
    return controllers_of([deployment(name, available.get(name.partition("-")[0], 1)) for name in FOUR])


def picture(**changes: Any) -> dict[str, Any]:
    cluster = {"context": "talos-ottawa", "server": "https://x", "uid": "u1", "uid_mismatch": False}
    return {
        "reachable": True,
        "reason": None,
        "cluster": cluster | changes.pop("cluster", {}),
        "read_at": ago(0),
        "seconds": 0.4,
        "coverage": SEEN | changes.pop("coverage", {}),
        "controllers": rows(),
        "warnings": [],
        **changes,
    }


def judged(
    *items: Item, settings: dict[str, Any] | None = None, view: dict[str, Any] | None = None, **info: Any
) -> dict[str, Any]:
    """The entry of host ottawa with these objects; info changes the picture, view what the records rest on."""
    found = picture(**info)
    seen = {"controllers": found["controllers"], **(view or {})}
    return cluster_health(found, records(*items, **seen), settings_of(settings), "ottawa")


def codes(entry: dict[str, Any]) -> list[str]:
    return sorted({row["code"] for row in entry["findings"]})
