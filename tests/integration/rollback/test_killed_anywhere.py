"""Killed after every single one of its writes, also after those of helm: what it leaves, and what the next run makes.

As many releases as there are writes, each with another last one; one more that nobody disturbs is what they are to be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.maintenance.branch import Branch
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.git_owner import Git
from tests.integration.rollback.killed import HELM, HELM_APART, HOST, PIN, Finish, Rollback, Series
from tests.integration.rollback.scene import Scene
from tests.integration.rollback.whole import differences

ROLLBACKS = {"helm": HELM, "helm, namespaces apart": HELM_APART, "pin": PIN}
# By the name of its releases, the strategy it is the end of.
FINISHES = {"finish after helm": ("ended", "helm"), "finish after pin": ("unpinned", "pin")}


@pytest.fixture(scope="module", params=[*ROLLBACKS, *FINISHES])
def series(
    request: pytest.FixtureRequest, make_scene: MakeScene, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Series]:
    folder = tmp_path_factory.mktemp("killed")
    if request.param in ROLLBACKS:
        kind = ROLLBACKS[request.param]
        yield _killed(make_scene(HOST, f"kill-{kind.name}"), kind, folder)
        return
    name, strategy = FINISHES[request.param]
    scene = make_scene(HOST, f"kill-{name}")
    branch = Branch(f"kill-{name}", tmp_path_factory.mktemp("branch"), scene.bed.paths)
    try:
        yield _killed(scene, Finish(name, strategy, Git(scene, branch, scene.namespace("flux"))), folder)
    finally:
        branch.delete()


def _killed(scene: Scene, kind: Rollback | Finish, folder: Path) -> Series:
    series = Series(scene, kind, folder)
    series.run()
    series.kill_after(range(1, len(series.writes) + 1))
    return series


def test_it_is_safe_and_says_by_whom_why_and_how_far_it_is(series: Series) -> None:
    assert len(series.killed) == len(series.writes) > 5
    assert series.wrong(lambda one: None if series.kind.is_safe(one) else one.then) == {}


def test_the_next_run_brings_it_to_its_end(series: Series) -> None:
    end = series.kind.end
    assert series.wrong(lambda one: one.again.get("msg") if one.again.get("phase") != end else None) == {}


def test_then_everything_is_as_if_it_had_not_been_killed(series: Series) -> None:
    wrong = series.wrong(lambda one: differences(series.undisturbed, one.now))
    assert wrong == {}, json.dumps(wrong, indent=1)
