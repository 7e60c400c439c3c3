"""What a person asked for."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import requirements_of, selection_of

RECORD = {"kind": "Kustomization", "namespace": "apps", "name": "web", "status": "failed"}


@pytest.mark.parametrize(
    ("params", "taken"),
    [
        ({}, True),
        ({"kinds": None, "names": []}, True),
        ({"kinds": ["Kustomization"], "namespaces": ["apps"]}, True),
        ({"kinds": ["HelmRelease"]}, False),
        ({"namespaces": ["apps"], "names": ["other"]}, False),
        ({"statuses": ["failed", "stalled"]}, True),
        ({"statuses": ["ready"]}, False),
        ({"label_selectors": ["team=a"]}, True),
        ({"label_selectors": ["team=a", "tier=test"]}, False),
    ],
)
def test_an_absent_restriction_does_not_restrict(params: dict[str, Any], *, taken: bool) -> None:
    assert selection_of(params).takes(RECORD, {"team": "a"}) is taken


@pytest.mark.parametrize(
    ("selector", "labels", "holds"),
    [
        ("app=web", {"app": "web"}, True),
        ("app==web", {"app": "db"}, False),
        ("app!=web", {}, True),
        ("team in (a, b)", {"team": "b"}, True),
        ("team in (a,b),app=web", {"team": "b", "app": "x"}, False),
        ("team notin (a)", {"team": "a"}, False),
        ("sharding.fluxcd.io/key", {"sharding.fluxcd.io/key": ""}, True),
        ("!legacy", {"legacy": "yes"}, False),
    ],
)
def test_the_syntax_is_that_of_kubectl(selector: str, labels: dict[str, str], *, holds: bool) -> None:
    assert all(requirement(labels) for requirement in requirements_of(selector)) is holds


@pytest.mark.parametrize("selector", ["a=b=c", "a in b", "in (x)", "a>1"])
def test_what_cannot_be_read_is_refused_with_its_place(selector: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read at"):
        requirements_of(selector)
