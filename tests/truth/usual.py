"""What an object of a case has unless its case says otherwise, so that a case shows only what is special about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .case import Json

_SOURCE = "source.toolkit.fluxcd.io/v1"
_CLUSTER_SCOPED = {"Namespace"}
_API_VERSIONS = {
    "GitRepository": _SOURCE,
    "HelmRepository": _SOURCE,
    "HelmChart": _SOURCE,
    "OCIRepository": _SOURCE,
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "Receiver": "notification.toolkit.fluxcd.io/v1",
    "Provider": "notification.toolkit.fluxcd.io/v1beta3",
    "Alert": "notification.toolkit.fluxcd.io/v1beta3",
    "ImageRepository": "image.toolkit.fluxcd.io/v1",
    "ImagePolicy": "image.toolkit.fluxcd.io/v1",
    "ImageUpdateAutomation": "image.toolkit.fluxcd.io/v1",
    "FluxInstance": "fluxcd.controlplane.io/v1",
    "ResourceSet": "fluxcd.controlplane.io/v1",
    "ResourceSetInputProvider": "fluxcd.controlplane.io/v1",
    "Deployment": "apps/v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
}
_CHART: Json = {
    "chart": "demo-config",
    "version": "1.0.0",
    "interval": "10m",
    "sourceRef": {"kind": "HelmRepository", "name": "charts"},
}
# Long intervals: nothing of a case changes by itself. What fails is tried again after half a minute.
_SPECS: Mapping[str, Json] = {
    "GitRepository": {
        "interval": "10m",
        "timeout": "10s",
        "url": "@GIT_BASE@/@NS@/fleet.git",
        "ref": {"branch": "main"},
    },
    "HelmRepository": {"interval": "10m", "timeout": "10s", "url": "@CHARTS_URL@"},
    "OCIRepository": {"interval": "10m", "timeout": "10s", "insecure": True},
    "Kustomization": {
        "interval": "10m",
        "retryInterval": "30s",
        "timeout": "30s",
        "prune": False,
        "path": "@DIR@/app",
        "sourceRef": {"kind": "GitRepository", "name": "fleet"},
    },
    "HelmRelease": {"interval": "10m", "timeout": "20s"},
}


def usual(item: Json) -> Json:
    """An object as the API server takes it. `name` is short for metadata.name."""
    kind, own = item["kind"], {key: value for key, value in item.items() if key != "name"}
    names = {"name": item["name"]} if "name" in item else {}
    place = {} if kind in _CLUSTER_SCOPED else {"namespace": "@NS@"}
    defaults: Json = {"apiVersion": _API_VERSIONS.get(kind, "v1"), "metadata": place | names}
    if kind in _SPECS:
        defaults["spec"] = dict(_SPECS[kind])
    if kind == "HelmRelease" and "chartRef" not in own.get("spec", {}):
        defaults["spec"]["chart"] = {"spec": _CHART}
    return _merged(defaults, own)


def _merged(under: Json, over: Mapping[str, Any]) -> Json:
    """Lists and plain values replace each other; mappings are merged, but a null takes a key away."""
    found = dict(under)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = _merged(found[key], value) if both else value
    return {key: value for key, value in found.items() if value is not None}
