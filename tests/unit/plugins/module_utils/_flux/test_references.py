"""What objects name, and who is named as their writer."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS, kind_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.flux_objects import facts, flux, kustomization


def test_there_are_nineteen_kinds() -> None:
    assert len(KINDS) == 19
    assert {kind.group for kind in KINDS.values()} == {
        "source.toolkit.fluxcd.io",
        "source.extensions.fluxcd.io",
        "kustomize.toolkit.fluxcd.io",
        "helm.toolkit.fluxcd.io",
        "notification.toolkit.fluxcd.io",
        "image.toolkit.fluxcd.io",
        "fluxcd.controlplane.io",
    }


def test_a_kind_of_another_group_is_not_flux() -> None:
    assert kind_of("Kustomization", "kustomize.config.k8s.io/v1beta1") is None
    assert kind_of("Provider", "pkg.crossplane.io/v1") is None
    assert kind_of("HelmRelease", "helm.toolkit.fluxcd.io/v2beta1") is KINDS["HelmRelease"]


CHART = {"spec": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}}
ELSEWHERE = {"spec": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "charts", "namespace": "shared"}}}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "source"),
    [
        ("Kustomization", {"sourceRef": {"kind": "OCIRepository", "name": "x"}}, {}, "OCIRepository/ns/x"),
        ("Kustomization", {"sourceRef": {"kind": "Bucket", "name": "x", "namespace": "n"}}, {}, "Bucket/n/x"),
        ("HelmRelease", {"chart": CHART}, {}, "HelmChart/ns/ns-app"),
        ("HelmRelease", {"chart": ELSEWHERE}, {}, "HelmChart/shared/ns-app"),
        ("HelmRelease", {"chart": CHART}, {"helmChart": "old/ns-app"}, "HelmChart/old/ns-app"),
        ("HelmRelease", {"chartRef": {"kind": "OCIRepository", "name": "x"}}, {}, "OCIRepository/ns/x"),
        ("HelmChart", {"sourceRef": {"kind": "HelmRepository", "name": "charts"}}, {}, "HelmRepository/ns/charts"),
        ("ImagePolicy", {"imageRepositoryRef": {"name": "x"}}, {}, "ImageRepository/ns/x"),
        ("ImageUpdateAutomation", {"sourceRef": {"kind": "GitRepository", "name": "x"}}, {}, "GitRepository/ns/x"),
        ("Receiver", {}, {}, "None"),
    ],
)
def test_the_source(kind: str, spec: dict[str, Any], status: dict[str, Any], source: str) -> None:
    assert str(facts(flux(kind, namespace="ns", spec=spec, status=status))[0].source) == source


@pytest.mark.parametrize(
    ("kind", "spec", "wanted"),
    [
        ("Kustomization", {"dependsOn": [{"name": "a"}, {"name": "b", "namespace": "n"}]}, ["ns/a", "n/b"]),
        ("HelmRelease", {"dependsOn": [{"name": "a"}]}, ["ns/a"]),
        ("GitRepository", {"include": [{"repository": {"name": "a"}}]}, ["ns/a"]),
        ("ResourceSet", {"dependsOn": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "a"}]}, ["ns/a"]),
        ("ArtifactGenerator", {"sources": [{"alias": "x", "kind": "Bucket", "name": "a"}]}, ["ns/a"]),
        ("Kustomization", {"dependsOn": None}, []),
    ],
)
def test_what_it_waits_for(kind: str, spec: dict[str, Any], wanted: list[str]) -> None:
    found = facts(flux(kind, namespace="ns", spec=spec))[0].depends_on
    assert [f"{ref.namespace}/{ref.name}" for ref in found] == wanted


@pytest.mark.parametrize(
    ("labels", "owner"),
    [
        ({}, None),
        (
            {"kustomize.toolkit.fluxcd.io/name": "infra", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"},
            Ref("Kustomization", "flux-system", "infra"),
        ),
        (
            {"helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "apps"},
            Ref("HelmRelease", "apps", "web"),
        ),
        (
            {"resourceset.fluxcd.controlplane.io/name": "t", "resourceset.fluxcd.controlplane.io/namespace": "n"},
            Ref("ResourceSet", "n", "t"),
        ),
        (
            {"fluxcd.controlplane.io/name": "flux", "fluxcd.controlplane.io/namespace": "flux-system"},
            Ref("FluxInstance", "flux-system", "flux"),
        ),
    ],
)
def test_the_owner(labels: dict[str, str], owner: Ref | None) -> None:
    assert facts(kustomization(labels=labels))[0].owner == owner


def test_a_generated_artifact_belongs_to_its_generator() -> None:
    owners = [{"apiVersion": "source.extensions.fluxcd.io/v1beta1", "kind": "ArtifactGenerator", "name": "g"}]
    assert facts(flux("ExternalArtifact", namespace="n", ownerReferences=owners))[0].owner == Ref(
        "ArtifactGenerator", "n", "g"
    )
