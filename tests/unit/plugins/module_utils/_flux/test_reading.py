"""What one reading of a cluster knows, and another does not."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Part, Reading

from tests.unit.flux_objects import NOW, facts, kustomization


def reading(**states: str) -> Reading:
    kinds = {kind: Part(state, facts(kustomization()) if state == "ok" else None) for kind, state in states.items()}
    nothing = Part("ok", None)
    return Reading("https://127.0.0.1", NOW, None, nothing, nothing, None, kinds, {}, {})


@pytest.mark.parametrize("state", ["error", "forbidden"])
def test_a_kind_that_cannot_be_read_any_more_is_missed(state: str) -> None:
    earlier = reading(Kustomization="ok", GitRepository="ok")
    assert reading(Kustomization=state, GitRepository="ok").misses(earlier) == ["Kustomization"]


def test_a_kind_that_is_gone_is_not_missed() -> None:
    earlier = reading(Kustomization="ok", GitRepository="ok")
    assert reading(Kustomization="absent").misses(earlier) == []


def test_a_kind_that_never_could_be_read_is_not_missed() -> None:
    assert reading(Kustomization="error").misses(reading(Kustomization="error")) == []
