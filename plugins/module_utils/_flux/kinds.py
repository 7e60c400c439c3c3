# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Flux kinds: where they are served, who reconciles them, how they are paused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "source.toolkit.fluxcd.io"
KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
HELM = "helm.toolkit.fluxcd.io"
NOTIFICATION = "notification.toolkit.fluxcd.io"
IMAGE = "image.toolkit.fluxcd.io"
EXTENSIONS = "source.extensions.fluxcd.io"
OPERATOR = "fluxcd.controlplane.io"

FLUX_GROUPS: frozenset[str] = frozenset({SOURCE, KUSTOMIZE, HELM, NOTIFICATION, IMAGE, EXTENSIONS, OPERATOR})

SPEC = "spec"


@dataclass(frozen=True)
class Kind:
    """One Flux kind. Versions are in order of preference, newest first."""

    name: str
    group: str
    plural: str
    versions: tuple[str, ...]
    controller: str | None
    # How it is paused: "spec" (spec.suspend), the key of the disabling annotation, or not at all.
    suspend: str | None = SPEC
    # No controller ever writes a verdict into its status.
    static: bool = False
    is_source: bool = False
    # It applies something to the cluster.
    is_workload: bool = False

    @property
    def newest(self) -> str:
        """The preferred apiVersion: kustomize.toolkit.fluxcd.io/v1."""
        return f"{self.group}/{self.versions[0]}"


_V1 = ("v1", "v1beta2", "v1beta1")


def _source(name: str, plural: str, versions: tuple[str, ...] = _V1) -> Kind:
    return Kind(name, SOURCE, plural, versions, "source-controller", is_source=True)


def _notification(name: str, plural: str, versions: tuple[str, ...], static: bool) -> Kind:
    return Kind(name, NOTIFICATION, plural, versions, "notification-controller", static=static)


def _operator(name: str, plural: str, is_workload: bool = False) -> Kind:
    pause = OPERATOR + "/reconcile"
    return Kind(name, OPERATOR, plural, ("v1",), "flux-operator", suspend=pause, is_workload=is_workload)


# In the order reports show them: what is fetched first, then what is applied, then the rest.
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _source("GitRepository", "gitrepositories"),
        _source("OCIRepository", "ocirepositories", ("v1", "v1beta2")),
        _source("Bucket", "buckets"),
        _source("HelmRepository", "helmrepositories"),
        _source("HelmChart", "helmcharts"),
        # Written by whoever produces the artifact (source-watcher or another program).
        Kind("ExternalArtifact", SOURCE, "externalartifacts", ("v1",), None, None, static=True, is_source=True),
        Kind(
            "ArtifactGenerator",
            EXTENSIONS,
            "artifactgenerators",
            ("v1beta1",),
            "source-watcher",
            EXTENSIONS + "/reconcile",
        ),
        Kind("Kustomization", KUSTOMIZE, "kustomizations", _V1, "kustomize-controller", is_workload=True),
        Kind("HelmRelease", HELM, "helmreleases", ("v2", "v2beta2", "v2beta1"), "helm-controller", is_workload=True),
        _operator("ResourceSet", "resourcesets", is_workload=True),
        _operator("ResourceSetInputProvider", "resourcesetinputproviders"),
        _operator("FluxInstance", "fluxinstances"),
        _operator("FluxReport", "fluxreports"),
        _notification("Receiver", "receivers", _V1, static=False),
        _notification("Alert", "alerts", ("v1beta3", "v1beta2", "v1beta1"), static=True),
        _notification("Provider", "providers", ("v1beta3", "v1beta2", "v1beta1"), static=True),
        Kind("ImageRepository", IMAGE, "imagerepositories", _V1, "image-reflector-controller"),
        Kind("ImagePolicy", IMAGE, "imagepolicies", _V1, "image-reflector-controller"),
        Kind("ImageUpdateAutomation", IMAGE, "imageupdateautomations", _V1, "image-automation-controller"),
    )
}

KIND_ORDER: Mapping[str, int] = {name: position for position, name in enumerate(KINDS)}


def group_of(api_version: str) -> str:
    """The API group of an apiVersion; the core group is the empty string."""
    return api_version.rpartition("/")[0]


def kind_of(kind: object, api_version: object) -> Kind | None:
    """The Flux kind an object is of, or None; another group's kind of the same name is not one."""
    known = KINDS.get(str(kind))
    return known if known is not None and known.group == group_of(str(api_version)) else None
