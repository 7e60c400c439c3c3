"""A HelmRelease is not its Helm release: names, namespaces, history."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import histories_of, release_name, release_of

from tests.unit.flux_objects import ago, facts, helm_release, kustomization, release

LONG = "a-very-long-release-name-that-nobody-would-ever-want-to-type-twice"


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        ({}, {}, ("web", "apps", "apps")),
        ({"releaseName": "shop"}, {}, ("shop", "apps", "apps")),
        ({"targetNamespace": "prod"}, {}, ("prod-web", "apps", "prod")),
        ({"targetNamespace": "prod", "storageNamespace": "store"}, {}, ("prod-web", "store", "prod")),
        ({"storageNamespace": "new"}, {"storageNamespace": "old"}, ("web", "old", "apps")),
    ],
)
def test_the_release(spec: dict[str, Any], status: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert release_of("apps", "web", spec, status) == expected


def test_long_names_are_shortened_as_helm_controller_does() -> None:
    assert release_name("x" * 53) == "x" * 53
    short = release_name(LONG)
    assert len(short) == 53
    assert short == "a-very-long-release-name-that-nobody-wou-" + short[-12:]
    assert short[-12:] == "3c25ef292f87"


def test_the_history_has_no_more_than_helm_shows() -> None:
    history = [release(2, "1.3.0", "failed", ociDigest="sha256:1"), release(1, "1.2.2")]
    item = helm_release(spec={"targetNamespace": "prod"}, status={"history": history})
    found = histories_of(facts(item, kustomization()))
    assert found == [
        {
            "namespace": "apps",
            "name": "web",
            "release_name": "prod-web",
            "storage_namespace": "apps",
            "release_namespace": "prod",
            "revisions": [
                {
                    "revision": number,
                    "status": status,
                    "chart": "web",
                    "chart_version": version,
                    "app_version": "1.0",
                    "action": action,
                    "first_deployed": ago(3600),
                    "last_deployed": ago(3600),
                }
                for number, status, version, action in (
                    (2, "failed", "1.3.0", "upgrade"),
                    (1, "deployed", "1.2.2", "install"),
                )
            ],
        }
    ]
