"""What is selected; nothing by silence, and nothing that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.choice import (
    chosen,
    require_choice,
    require_pausable,
)

from tests.unit.flux_objects import flux, git_repository, helm_release, kustomization
from tests.unit.paused_objects import CHANGE, NOTES, around, stand

ITEMS = (
    git_repository(),
    kustomization("infra", labels={"team": "storage"}),
    kustomization("apps", spec={"suspend": True}, annotations=NOTES),
    kustomization("left", annotations={CHANGE: "CHG-7"}),
    helm_release("web", spec={"suspend": True}, annotations={CHANGE: "CHG-8"}),
)
CLUSTER = around(*ITEMS)


def params(**given: Any) -> dict[str, Any]:
    names = ("kinds", "namespaces", "names", "label_selectors", "statuses", "change")
    return {"state": "suspended", "all": False, "reason": "why", **dict.fromkeys(names), **given}


def names(**given: Any) -> list[str]:
    require_choice(params(**given))
    return [record["name"] for record in chosen(params(**given), CLUSTER.records.values(), CLUSTER.facts)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"kinds": ["Kustomization"]}, ["infra", "apps", "left"]),
        ({"names": ["web", "infra"]}, ["infra", "web"]),
        ({"label_selectors": ["team=storage"]}, ["infra"]),
        ({"statuses": ["suspended"]}, ["apps", "web"]),
        ({"all": True}, ["fleet", "infra", "apps", "left", "web"]),
        ({"state": "resumed", "change": "CHG-7"}, ["apps", "left"]),
        ({"state": "resumed", "change": "CHG-7", "namespaces": ["apps"]}, ["web"]),
        # Over already, or of other clusters only.
        ({"state": "resumed", "change": "CHG-9"}, []),
    ],
)
def test_what_is_selected(given: dict[str, Any], found: list[str]) -> None:
    assert names(**given) == found


@pytest.mark.parametrize(
    ("given", "sentence", "hint"),
    [
        ({}, "Nothing is selected", "all: true"),
        ({"change": "CHG-7"}, "Nothing is selected", "all: true"),
        ({"state": "resumed"}, "Nothing is selected", "the change that is over"),
        ({"state": "resumed", "change": " ", "kinds": ["Kustomization"]}, "change is empty", "leave the option out"),
        ({"all": True, "reason": " "}, "reason is missing", "whoever finds it"),
        ({"kinds": ["ExternalArtifact"]}, "ExternalArtifact cannot be paused", "what produces it"),
        ({"names": ["inrfa", "apps"]}, "called inrfa", "Near it are: infra"),
        ({"names": ["infra"], "kinds": ["HelmRelease"]}, "No HelmRelease of the selection is called infra", "infra"),
        ({"namespaces": ["nowhere"]}, "No object matches the selection", "the context"),
    ],
)
def test_a_wrong_choice_is_one_sentence(given: dict[str, Any], sentence: str, hint: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as error:
        names(**given)
    assert hint in str(error.value.hint)


def test_a_name_of_something_that_cannot_be_paused_is_refused() -> None:
    address = stand(flux("HelmRepository", "charts", spec={"type": "oci"}))
    fine = stand(kustomization("infra"))
    require_pausable(params(namespaces=["flux-system"]), [address, fine])
    with pytest.raises(InvalidInput, match=r"HelmRepository/flux-system/charts: .*type oci cannot be paused"):
        require_pausable(params(names=["charts", "infra"]), [address, fine])
    with pytest.raises(InvalidInput, match="cannot be paused"):
        require_pausable(params(namespaces=["flux-system"]), [address])
