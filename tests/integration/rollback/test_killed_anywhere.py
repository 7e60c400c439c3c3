"""Killed after every single one of its writes, also after those of helm: what it leaves, and what the next run makes.

As many releases as there are writes, each with another last one; one more that nobody disturbs is what they are to be.
"""

from __future__ import annotations

import json

import pytest

from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.killed import HELM, HELM_APART, HOST, PIN, Series
from tests.integration.rollback.whole import differences

KINDS = {"helm": HELM, "helm, namespaces apart": HELM_APART, "pin": PIN}


@pytest.fixture(scope="module", params=list(KINDS))
def series(request: pytest.FixtureRequest, make_scene: MakeScene, tmp_path_factory: pytest.TempPathFactory) -> Series:
    kind = KINDS[request.param]
    series = Series(make_scene(HOST, f"kill-{kind.name}"), kind, tmp_path_factory.mktemp("killed"))
    series.run()
    series.kill_after(range(1, len(series.writes) + 1))
    return series


def test_it_stays_held_and_says_by_whom_why_and_how_far_it_is(series: Series) -> None:
    assert len(series.killed) == len(series.writes) > 5
    assert series.wrong(lambda one: None if one.is_held else one.then["metadata"]["annotations"]) == {}


def test_the_next_run_brings_it_to_its_end(series: Series) -> None:
    end = series.kind.end
    assert series.wrong(lambda one: one.again.get("msg") if one.again.get("phase") != end else None) == {}
    assert series.wrong(lambda one: None if one.again["verification"]["ok"] else one.again["verification"]) == {}


def test_then_everything_is_as_if_it_had_not_been_killed(series: Series) -> None:
    wrong = series.wrong(lambda one: differences(series.undisturbed, one.now))
    assert wrong == {}, json.dumps(wrong, indent=1)
