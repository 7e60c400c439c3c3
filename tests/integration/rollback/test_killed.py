"""A rollback that is killed where it hurts most, and run again. All other places: test_killed_anywhere.py."""

from __future__ import annotations

import json

import pytest

from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.killed import HELM_APART, HOST, Series
from tests.integration.rollback.whole import differences


@pytest.fixture(scope="module")
def series(make_scene: MakeScene, tmp_path_factory: pytest.TempPathFactory) -> Series:
    series = Series(make_scene(HOST, "kill-worst"), HELM_APART, tmp_path_factory.mktemp("killed"))
    series.run()
    methods = [write.split()[0] for write in series.writes]
    first_object = next(number for number, write in enumerate(series.writes, 1) if "/helmreleases/" not in write)
    in_helm = methods.index("DELETE") + 1
    end_of_helm = len(methods) - methods[::-1].index("PUT")
    series.kill_after([first_object, in_helm, end_of_helm])
    return series


def test_it_was_killed_between_two_renames_while_helm_ran_and_before_its_records_came_home(series: Series) -> None:
    between, within, after = (one.last.rpartition("/")[0].rpartition("/")[2] for one in series.killed.values())
    # Several are renamed at the same time.
    assert between in ("deployments", "configmaps")
    assert (within, after) == ("configmaps", "secrets")


def test_it_stays_suspended_and_says_how_far_it_is(series: Series) -> None:
    assert series.wrong(lambda one: not one.is_held) == {}


def test_the_next_run_brings_it_to_its_end(series: Series) -> None:
    assert series.wrong(lambda one: one.again.get("msg") if one.again["phase"] != "rolled_back" else None) == {}


def test_then_everything_is_as_if_it_had_not_been_killed(series: Series) -> None:
    wrong = series.wrong(lambda one: differences(series.undisturbed, one.now))
    assert wrong == {}, json.dumps(wrong, indent=1)
