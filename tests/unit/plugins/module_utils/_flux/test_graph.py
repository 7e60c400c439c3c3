"""Circles in what objects need."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.graph import cycles_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref


def ref(name: str) -> Ref:
    return Ref("Kustomization", "n", name)


@pytest.mark.parametrize(
    ("needs", "circles"),
    [
        ({}, []),
        ({"a": "b", "b": ""}, []),
        ({"a": "b", "b": "a"}, ["ab"]),
        ({"a": "a"}, ["a"]),
        ({"a": "bc", "b": "c", "c": "d", "d": "b"}, ["bcd"]),
        ({"a": "b", "b": "a", "c": "d", "d": "c", "e": "ac"}, ["ab", "cd"]),
        ({"a": "b", "b": "z"}, []),
    ],
)
def test_circles(needs: dict[str, str], circles: list[str]) -> None:
    graph = {ref(name): [ref(other) for other in others] for name, others in needs.items()}
    assert cycles_of(graph) == [[ref(name) for name in circle] for circle in circles]


def test_deep_circles_do_not_exhaust_the_stack() -> None:
    graph = {ref(str(number)): [ref(str((number + 1) % 20000))] for number in range(20000)}
    assert len(cycles_of(graph)[0]) == 20000
