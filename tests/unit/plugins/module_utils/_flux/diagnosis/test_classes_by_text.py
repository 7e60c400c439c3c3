"""Texts that no fixture has, and the class of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose

from tests.unit.flux_objects import (
    NOW,
    Item,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    records,
    release,
)

TEXTS = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(kind, row["class"], ready("False", row["reason"], row["message"]), id=f"{kind}-{row['message'][:60]}")
    for kind, rows in TEXTS.items()
    for row in rows
]
MADE: dict[str, Callable[[Item], list[Item]]] = {
    "GitRepository": lambda said: [git_repository("fleet", said)],
    "HelmChart": lambda said: [helm_chart("web", said, version=None)],
    "Kustomization": lambda said: [kustomization("app", said), git_repository()],
    "HelmRelease": lambda said: [helm_release("web", said), helm_chart()],
}


def class_of(*items: Item) -> str:
    (cause,) = diagnose(records(*items), now=NOW)
    return str(cause["class"])


@pytest.mark.parametrize(("kind", "expected", "said"), CASES)
def test_the_class_of_a_text(kind: str, expected: str, said: Item) -> None:
    assert class_of(*MADE[kind](said)) == expected


@pytest.mark.parametrize("kind", ["FluxInstance", "ResourceSet", "ResourceSetInputProvider"])
def test_the_operators_kinds(kind: str) -> None:
    assert (
        class_of(flux(kind, conditions=[ready("False", "BuildFailed", "dial tcp: connection refused")])) == "operator"
    )


def test_a_release_left_pending_by_a_run_that_never_ended() -> None:
    history = {"history": [release(2, "1.3.0", "pending-upgrade"), release(1, "1.2.2", "superseded")]}
    item = helm_release("web", ready("Unknown", "Progressing", "running", age=9000), status=history)
    assert class_of(item, helm_chart()) == "pending_release"
