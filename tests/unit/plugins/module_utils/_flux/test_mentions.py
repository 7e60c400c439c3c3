"""What a spec names, and the hints that need it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.hints import hints_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.mentions import mentions_of

from tests.unit.flux_objects import (
    condition,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    records,
)

SECRET = {"secretRef": {"name": "s"}}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, []),
        (SECRET, ["Secret/here/s secretRef"]),
        (
            {"certSecretRef": {"name": "s"}, "proxySecretRef": {"name": "p"}},
            ["Secret/here/s certSecretRef", "Secret/here/p proxySecretRef"],
        ),
        ({"verify": {"provider": "cosign", **SECRET}}, ["Secret/here/s verify"]),
        ({"decryption": {"provider": "sops", **SECRET}}, ["Secret/here/s decryption"]),
        ({"kubeConfig": SECRET}, ["Secret/here/s kubeConfig"]),
        ({"kubeConfig": {"configMapRef": {"name": "c"}}}, ["ConfigMap/here/c kubeConfig"]),
        (
            {
                "postBuild": {
                    "substituteFrom": [
                        {"kind": "ConfigMap", "name": "c"},
                        {"kind": "Secret", "name": "s", "optional": True},
                    ]
                }
            },
            ["ConfigMap/here/c substituteFrom"],
        ),
        ({"valuesFrom": [{"kind": "Secret", "name": "s", "valuesKey": "x"}]}, ["Secret/here/s valuesFrom"]),
        (
            {"resources": [{"kind": "GitRepository", "name": "*", "namespace": "there"}]},
            ["GitRepository/there/* resources"],
        ),
        (
            {"providerRef": {"name": "slack"}, "eventSources": [{"kind": "Kustomization", "name": "a"}]},
            ["Provider/here/slack providerRef", "Kustomization/here/a eventSources"],
        ),
        ({"secretRef": "nonsense", "valuesFrom": "nonsense", "verify": None}, []),
    ],
)
def test_names_in_a_spec(spec: dict[str, Any], expected: list[str]) -> None:
    assert [f"{mention.ref} {mention.field}" for mention in mentions_of("here", spec)] == expected


def hints(*items: Any) -> list[tuple[str, str]]:
    return [(hint["class"], hint["name"]) for hint in hints_of(records(*items))]


def receiver(name: str) -> dict[str, Any]:
    resources = [{"kind": "GitRepository", "name": name}]
    return flux("Receiver", "hook", spec={"resources": resources, **SECRET}, conditions=[ready()])


def test_a_source_asked_often_without_a_receiver_is_a_hint() -> None:
    assert hints(git_repository("fleet")) == [("interval", "fleet")]
    assert hints(git_repository("fleet", spec={"interval": "10m"})) == []
    assert hints(git_repository("fleet"), receiver("fleet")) == []
    assert hints(git_repository("fleet"), receiver("*")) == []
    assert hints(git_repository("fleet"), receiver("other")) == [("interval", "fleet")]


def test_a_chart_is_asked_as_often_as_its_release_says() -> None:
    assert hints(helm_chart()) == []


def test_a_release_that_drifted_and_an_object_that_is_frozen_are_hints() -> None:
    drifted = helm_release(
        "web",
        ready(),
        condition("Drifted", "True", "DriftDetected", "changed"),
        spec={"driftDetection": {"mode": "warn"}},
    )
    frozen = kustomization("a", annotations={"kustomize.toolkit.fluxcd.io/reconcile": "disabled"})
    assert hints(drifted, frozen, kustomization("b")) == [("drift", "web"), ("frozen", "a")]
