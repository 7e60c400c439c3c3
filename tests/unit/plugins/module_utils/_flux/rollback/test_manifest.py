"""Objects of a manifest: as Helm dresses them, and whose they are."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import (
    Named,
    belongs_to,
    dressed,
    gone,
    named,
)

RELEASE = Release("web", "flux", "apps")
MARKS = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "apps"}


def item(**metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", **metadata}}


def test_an_object_is_named_without_its_version() -> None:
    assert named(item(), "apps") == Named("apps", "Deployment", "apps", "web")
    assert str(named(item(), "apps")) == "Deployment/apps/web"
    core = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}}
    assert str(named(core, "")) == "Namespace/apps"


def test_helm_marks_what_it_applies() -> None:
    found = dressed(item(labels={"a": "b"}, annotations={"c": "d"}), RELEASE, "apps")["metadata"]
    assert found["namespace"] == "apps"
    assert found["labels"] == {"a": "b", "app.kubernetes.io/managed-by": "Helm"}
    assert found["annotations"] == {"c": "d", **MARKS}
    assert "namespace" not in dressed(item(), RELEASE, "")["metadata"]


@pytest.mark.parametrize(
    ("annotations", "ours"),
    [
        (MARKS, True),
        ({}, False),
        (MARKS | {"meta.helm.sh/release-namespace": "other"}, False),
        (MARKS | {"helm.sh/resource-policy": "keep"}, False),
    ],
)
def test_only_what_is_the_releases_own_goes_with_it(annotations: dict[str, str], ours: bool) -> None:
    assert belongs_to(item(annotations=annotations), RELEASE) is ours


def test_what_has_gone_is_named_once() -> None:
    first, second = Named("", "ConfigMap", "apps", "a"), Named("", "ConfigMap", "apps", "b")
    assert gone([second, first, second], [first]) == [second]
