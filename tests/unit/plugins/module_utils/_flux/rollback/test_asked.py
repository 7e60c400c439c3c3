"""Which releases are meant, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.asked import (
    compared_revisions,
    wanted_releases,
)

WEB, DB = {"namespace": "apps", "name": "web"}, {"namespace": "apps", "name": "db"}


def test_one_release_or_several_each_once() -> None:
    assert wanted_releases(WEB) == [Ref("HelmRelease", "apps", "web")]
    assert [ref.name for ref in wanted_releases({"releases": [DB, WEB, DB]})] == ["db", "web"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "No HelmRelease is named."),
        ({"releases": []}, "No HelmRelease is named."),
        ({"name": "web"}, "It is not clear which HelmRelease is meant."),
        ({**WEB, "releases": [DB]}, "It is not clear which HelmRelease is meant."),
        ({"namespace": "apps", "name": " "}, "The name of a HelmRelease is empty."),
        ({"releases": [{"namespace": None, "name": "web"}]}, "The namespace of a HelmRelease is empty."),
        ({"namespace": "apps", "name": "../secrets"}, "'../secrets' is no name of an object."),
    ],
)
def test_silence_and_half_a_name_select_nothing(params: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        wanted_releases(params)
    assert caught.value.message == said


def test_two_different_revisions_are_compared_in_the_order_given() -> None:
    assert compared_revisions([4, 2]) == (4, 2)
    assert compared_revisions(None) is compared_revisions([]) is None


@pytest.mark.parametrize("wanted", [[1], [1, 1], [1, 2, 3]])
def test_anything_else_than_two_different_ones_is_refused(wanted: list[int]) -> None:
    with pytest.raises(InvalidInput, match="two different revisions"):
        compared_revisions(wanted)
