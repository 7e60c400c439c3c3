# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects an object names: its source, what it waits for, who made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import EXTENSIONS, HELM, KUSTOMIZE, OPERATOR

# Owner labels, the nearest owner first: an object made by a Helm release may carry its parent's labels too.
_OWNER_LABELS = (
    ("HelmRelease", HELM),
    ("ResourceSet", "resourceset." + OPERATOR),
    ("Kustomization", KUSTOMIZE),
    ("FluxInstance", OPERATOR),
)


class Ref(NamedTuple):
    """An object by name; it need not exist."""

    kind: str
    namespace: str
    name: str

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "namespace": self.namespace, "name": self.name}

    def __str__(self) -> str:
        return f"{self.kind}/{self.namespace}/{self.name}"


def ref_of(row: Mapping[str, Any]) -> Ref:
    """The object a record, cause or reference names."""
    return Ref(str(row.get("kind") or ""), str(row.get("namespace") or ""), str(row.get("name") or ""))


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one: API objects leave out what is empty."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> Sequence[Mapping[str, Any]]:
    """The mappings in a list, or none."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, (list, tuple)) else []


def source_of(kind: str, namespace: str, name: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Ref | None:
    """What an object gets its content from."""
    if kind == "HelmRelease":
        return _chart_of(namespace, name, spec, status)
    if kind == "ImagePolicy":
        return _named(mapping(spec.get("imageRepositoryRef")), namespace, "ImageRepository")
    return _named(mapping(spec.get("sourceRef")), namespace)


def _chart_of(namespace: str, name: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Ref | None:
    if spec.get("chartRef"):
        return _named(mapping(spec["chartRef"]), namespace)
    made, _slash, chart = str(status.get("helmChart") or "").partition("/")
    if chart:
        return Ref("HelmChart", made, chart)
    wanted = mapping(mapping(spec.get("chart")).get("spec"))
    if not wanted:
        return None
    # helm-controller makes the HelmChart next to its source, named after both.
    place = str(mapping(wanted.get("sourceRef")).get("namespace") or namespace)
    return Ref("HelmChart", place, f"{namespace}-{name}")


def depends_on(kind: str, namespace: str, spec: Mapping[str, Any]) -> tuple[Ref, ...]:
    """What an object waits for beside its source."""
    if kind == "GitRepository":
        included = [mapping(row.get("repository")) for row in rows(spec.get("include"))]
        return _all_named(included, namespace, "GitRepository")
    if kind == "ArtifactGenerator":
        return _all_named(rows(spec.get("sources")), namespace)
    return _all_named(rows(spec.get("dependsOn")), namespace, kind)


def judged_by_expression(kind: str, namespace: str, spec: Mapping[str, Any]) -> frozenset[Ref]:
    """Those of dependsOn whose readiness an expression decides, in place of their own conditions."""
    return frozenset(_all_named([row for row in rows(spec.get("dependsOn")) if row.get("readyExpr")], namespace, kind))


def _all_named(found: Sequence[Mapping[str, Any]], namespace: str, kind: str = "") -> tuple[Ref, ...]:
    return tuple(ref for row in found if (ref := _named(row, namespace, kind)) is not None)


def _named(row: Mapping[str, Any], namespace: str, kind: str = "") -> Ref | None:
    if not row.get("name"):
        return None
    return Ref(str(row.get("kind") or kind), str(row.get("namespace") or namespace), str(row["name"]))


def owner_of(metadata: Mapping[str, Any]) -> Ref | None:
    """The Flux object that made this one, by its labels; a generated artifact by its ownerReference."""
    labels = mapping(metadata.get("labels"))
    for kind, prefix in _OWNER_LABELS:
        if labels.get(prefix + "/name"):
            return Ref(kind, str(labels.get(prefix + "/namespace") or ""), str(labels[prefix + "/name"]))
    for row in rows(metadata.get("ownerReferences")):
        if str(row.get("apiVersion", "")).startswith(EXTENSIONS + "/"):
            return Ref(str(row.get("kind")), str(metadata.get("namespace") or ""), str(row.get("name")))
    return None
