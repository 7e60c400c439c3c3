"""All there is of a release, in words that are the same for each release made alike: to compare two of them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.integration.playbook import Json
from tests.integration.rollback.cases import Placed
from tests.integration.rollback.scene import Scene, unpacked

NOTE = "gitops.flux/rollback"
# Of every request and every moment another one.
_PASSING = {
    "creationTimestamp",
    "deployment.kubernetes.io/revision",
    "generation",
    "gitops.flux/suspended-since",
    "reconcile.fluxcd.io/requestedAt",
    "reconcile.fluxcd.io/resetAt",
    "resourceVersion",
    "uid",
}
_PASSING_OF_THE_NOTE = ("at", "plan")
# Whose fields are no business of Helm.
_OTHERS = ("kube-controller-manager", "kwok")


def whole(scene: Scene, placed: Placed) -> Json:
    """Live objects, Helm's storage, the HelmRelease, and what there must be none of."""
    item = scene.read(placed.namespace, placed.case.name)
    stored = scene.storage(placed.storage_namespace, placed.release)
    newest = stored[max(stored)]
    found = {
        "objects": _objects(scene, placed),
        "newest": {key: newest.get(key) for key in ("manifest", "config", "apply_method", "namespace", "hooks")}
        | {"chart": newest["chart"]["metadata"], "status": newest["info"]["status"]},
        "records": {number: stored[number]["info"]["status"] for number in (1, 2)},
        "deployed": [release["info"]["status"] for release in stored.values()].count("deployed"),
        "release": _dressed(item),
        "chart": _dressed(_chart(scene, item)),
        "owner": _owner(scene, item),
        "copies": _copies(scene, placed),
        "ours": _ours(scene, placed),
    }
    text = json.dumps(found).replace(placed.release, "RELEASE")
    text = re.sub(rf"\b{re.escape(placed.case.name)}\b", "NAME", text)
    plain: Json = json.loads(text)
    return plain


def differences(one: object, other: object, path: str = "") -> dict[str, tuple[object, object]]:
    """Where two of these differ, by path."""
    if isinstance(one, dict) and isinstance(other, dict):
        found: dict[str, tuple[object, object]] = {}
        for key in sorted({*one, *other}):
            found |= differences(one.get(key), other.get(key), f"{path}/{key}")
        return found
    return {} if one == other else {path: (one, other)}


def note_of(item: Mapping[str, Any]) -> Json | None:
    """What a rollback has written down on a HelmRelease."""
    text = item["metadata"].get("annotations", {}).get(NOTE)
    note: Json | None = json.loads(text) if text else None
    return note


def _objects(scene: Scene, placed: Placed) -> Json:
    kinds = "configmaps,deployments,services,serviceaccounts"
    listed = scene.cluster.kubectl("-n", placed.release_namespace, "get", kinds, "-o", "json", "--show-managed-fields")
    return {
        f"{item['kind']}/{item['metadata']['name']}": {
            "metadata": _metadata(item),
            "managers": _managers(item),
            "content": {key: value for key, value in item.items() if key not in ("metadata", "status")},
        }
        for item in json.loads(listed)["items"]
        if item["metadata"].get("annotations", {}).get("meta.helm.sh/release-name") == placed.release
    }


def _chart(scene: Scene, item: Mapping[str, Any]) -> Json:
    """The HelmChart helm-controller has made."""
    namespace, _slash, name = item["status"]["helmChart"].partition("/")
    return scene.object("helmchart", namespace, name)


def _owner(scene: Scene, item: Mapping[str, Any]) -> Json | None:
    """The Kustomization that applies it, if there is one."""
    labels = item["metadata"].get("labels", {})
    name, namespace = (labels.get(f"kustomize.toolkit.fluxcd.io/{key}") for key in ("name", "namespace"))
    return _dressed(scene.object("kustomization", namespace, name)) if name else None


def _dressed(item: Mapping[str, Any]) -> Json:
    return {"spec": item["spec"], "metadata": _metadata(item), "managers": _managers(item)}


def _metadata(item: Mapping[str, Any]) -> Json:
    metadata = {key: value for key, value in item["metadata"].items() if key not in _PASSING}
    metadata.pop("managedFields", None)
    annotations = {key: value for key, value in metadata.get("annotations", {}).items() if key not in _PASSING}
    if NOTE in annotations:
        note = json.loads(annotations[NOTE])
        annotations[NOTE] = {key: value for key, value in note.items() if key not in _PASSING_OF_THE_NOTE}
    return metadata | {"annotations": annotations}


def _managers(item: Mapping[str, Any]) -> list[Json]:
    entries = [
        {key: entry.get(key) for key in ("manager", "operation", "fieldsV1")}
        for entry in item["metadata"]["managedFields"]
        if not entry.get("subresource") and entry["manager"] not in _OTHERS
    ]
    return sorted(entries, key=lambda entry: (entry["manager"], entry["operation"]))


def _copies(scene: Scene, placed: Placed) -> list[int]:
    """Revisions in the namespace of the objects, where that is not their storage."""
    apart = placed.release_namespace != placed.storage_namespace
    return sorted(scene.storage(placed.release_namespace, placed.release)) if apart else []


def _ours(scene: Scene, placed: Placed) -> list[Json]:
    """The Secrets that bear our label and have to do with this release, by their values' names."""
    found = []
    for namespace in sorted({placed.namespace, placed.release_namespace, placed.storage_namespace}):
        listed = json.loads(scene.cluster.kubectl("-n", namespace, "get", "secrets", "-l", NOTE, "-o", "json"))
        found += [
            {
                "labels": item["metadata"]["labels"],
                "data": {key: _timeless(value) for key, value in item.get("data", {}).items()},
            }
            for item in listed["items"]
            if _is_of(item, placed)
        ]
    return found


def _timeless(value: str) -> Any:
    """What one of our Secrets says, apart from when."""
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "then", base64.b64decode(value).decode()))


def _is_of(item: Mapping[str, Any], placed: Placed) -> bool:
    if item["type"] == "helm.sh/release.v1":
        return bool(unpacked(dict(item))["name"] == placed.release)
    return bool(placed.case.name == item["metadata"]["labels"][NOTE])
