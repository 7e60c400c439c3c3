"""When a HelmRelease cannot be pinned, and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinnable import (
    blast_of_freeze,
    shares_owner,
    why_not_pinnable,
)

from tests.unit.stored_revisions import revision

WEB = Ref("HelmRelease", "apps", "web")
GOOD, BAD = revision(1, "superseded"), revision(2, "deployed")


def flux(kind: str, name: str, spec: Any = None, namespace: str = "apps", **metadata: Any) -> dict[str, Any]:
    group = {"HelmRelease": "helm", "Kustomization": "kustomize"}.get(kind, "source")
    version = {"HelmRelease": "v2"}.get(kind, "v1")
    api = "fluxcd.controlplane.io/v1" if kind == "ResourceSet" else f"{group}.toolkit.fluxcd.io/{version}"
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": spec or {},
        "status": {"inventory": {"entries": [{}, {}, {}]}},
    }


def templated(kind: str = "HelmRepository", **more: Any) -> dict[str, Any]:
    return {
        "chart": {"spec": {"chart": "web", "version": "1.0.2", "sourceRef": {"kind": kind, "name": "charts"}, **more}}
    }


OCI = {"chartRef": {"kind": "OCIRepository", "name": "web"}}


def situation(spec: Any, *others: Any, owner: Any = None, chart: Any = None) -> Any:
    items = [flux("HelmRelease", "web", spec), flux("HelmRepository", "charts"), *others]
    items += [each for each in (owner, chart) if each]
    facts = {fact.ref: fact for fact in map(facts_of, items)}
    ref = facts_of(owner).ref if owner else None
    return SimpleNamespace(ref=WEB, spec=spec, owner=ref, owner_item=owner, chart_item=chart, facts=facts)


def test_a_plain_release_can_be_pinned() -> None:
    assert why_not_pinnable(situation(templated()), BAD, GOOD) == []


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (templated("GitRepository"), "its chart comes from a GitRepository, where a version has no effect"),
        (templated("Bucket"), "its chart comes from a Bucket, where a version has no effect"),
        (templated(valuesFiles=["a.yaml"]), "it uses valuesFiles, which make another version of every chart"),
        (
            templated(sourceRef={"kind": "HelmRepository", "name": "gone"}),
            "HelmRepository/apps/gone, where its chart comes from",
        ),
        (templated() | {"postRenderers": [{}]}, "it has postRenderers, and nobody can tell"),
        (templated() | {"commonMetadata": {"labels": {}}}, "it has commonMetadata, and nobody can tell"),
        ({"chartRef": {"kind": "HelmChart", "name": "web"}}, "its chart comes from a HelmChart of its own"),
        (OCI, "OCIRepository/apps/web is not there"),
    ],
)
def test_what_a_version_alone_does_not_bring_back(spec: Any, why: str) -> None:
    found = why_not_pinnable(situation(spec), BAD, GOOD)
    assert len(found) == 1
    assert found[0].startswith(why)


def test_another_chart() -> None:
    other = revision(1, "superseded", chart={"metadata": {"name": "api", "version": "1.0.1"}})
    assert why_not_pinnable(situation(templated()), BAD, other) == ["revision 1 is of another chart (api)"]


def test_an_artifact_of_its_own() -> None:
    source = flux("OCIRepository", "web")
    assert why_not_pinnable(situation(OCI, chart=source), BAD, GOOD) == []
    second = flux("HelmRelease", "second", OCI)
    assert why_not_pinnable(situation(OCI, second, chart=source), BAD, GOOD) == [
        "OCIRepository/apps/web is used by HelmRelease/apps/second, too"
    ]
    suspended = flux("OCIRepository", "web", {"suspend": True})
    assert why_not_pinnable(situation(OCI, chart=suspended), BAD, GOOD) == ["OCIRepository/apps/web is suspended"]


def test_an_artifact_of_somebody_who_heeds_no_mark() -> None:
    labels = {"helm.toolkit.fluxcd.io/name": "parent", "helm.toolkit.fluxcd.io/namespace": "apps"}
    source = flux("OCIRepository", "web", labels=labels)
    assert why_not_pinnable(situation(OCI, chart=source), BAD, GOOD) == [
        "OCIRepository/apps/web belongs to HelmRelease/apps/parent, which cannot be told to leave it alone"
    ]
    parent = flux("HelmRelease", "parent")
    assert why_not_pinnable(situation(OCI, chart=source, owner=parent), BAD, GOOD) == []


def test_an_owner_that_cannot_be_kept_suspended() -> None:
    entry = {"manager": "kustomize-controller", "operation": "Apply", "fieldsV1": {"f:spec": {"f:suspend": {}}}}
    parent = flux("HelmRelease", "parent", {"suspend": False}, managedFields=[entry])
    assert why_not_pinnable(situation(templated(), owner=parent), BAD, GOOD) == [
        "its owner HelmRelease/apps/parent has spec.suspend set by its own owner, so it cannot be kept suspended"
    ]


@pytest.mark.parametrize(("kind", "how"), [("HelmRelease", "suspended"), ("ResourceSet", "disabled")])
def test_what_stands_still_with_an_owner_is_said(kind: str, how: str) -> None:
    found = situation(templated(), owner=flux(kind, "owner"))
    assert why_not_pinnable(found, BAD, GOOD) == []
    (said,) = blast_of_freeze(found)
    assert said.startswith(f"{kind}/apps/owner, the owner of HelmRelease/apps/web, is {how} until the rollback is")
    assert said.endswith(": 2 other objects of it are not kept up to date meanwhile.")


def test_a_kustomization_leaves_out_one_object() -> None:
    assert blast_of_freeze(situation(templated(), owner=flux("Kustomization", "apps"))) == []


@pytest.mark.parametrize(("suspend", "count"), [(None, 1), (True, 0)])
def test_only_what_is_pinned_needs_its_owner_to_stand(suspend: Any, count: int) -> None:
    labels = {"helm.toolkit.fluxcd.io/name": "parent", "helm.toolkit.fluxcd.io/namespace": "apps"}
    notes = {"gitops.flux/suspended-change": "helm-rollback"}
    spec = {"suspend": suspend} if suspend else {}
    second = flux("HelmRelease", "second", spec, labels=labels, annotations=notes)
    assert len(shares_owner(situation(templated(), second, owner=flux("HelmRelease", "parent")))) == count
