"""Two thousand objects in one run: the work grows with their number, counted in looks at what an object needs."""

from __future__ import annotations

import random

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.board import Board
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import Member
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.needs import Need
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.progress import progress_of

from tests.unit.flux_objects import NEWER, Item, git_repository
from tests.unit.played_controllers import Controllers
from tests.unit.played_runs import Play, app

SIZE = 2000


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Member]:
    """Grows with every look at the needs of a member."""
    found: list[Member] = []
    look = Board.needs

    def counted(board: Board, member: Member) -> list[Need]:
        found.append(member)
        return look(board, member)

    monkeypatch.setattr(Board, "needs", counted)
    return found


def layers(size: int) -> list[Item]:
    """Ten layers, each object on two of the layer before."""
    wide = size // 10
    names = [f"k{number}" for number in range(size)]
    return [
        app(name, needs=[names[(number * 7 + step) % wide + (number // wide - 1) * wide] for step in (0, 1)])
        if number >= wide
        else app(name)
        for number, name in enumerate(names)
    ]


def test_a_whole_run_on_a_moved_source(looks: list[Member]) -> None:
    play = Play(git_repository(), *layers(SIZE))
    Controllers(play, random.Random(1), {"fleet": NEWER}, set()).work()  # noqa: S311
    assert play.is_done()
    assert set(play.verdicts().values()) == {"reconciled"}
    assert len(looks) < 25 * SIZE


def test_a_failure_at_the_bottom_reaches_everybody_once(looks: list[Member]) -> None:
    play = Play(
        git_repository(), app("k0"), *(app(f"k{number}", needs=[f"k{number - 1}"]) for number in range(1, SIZE))
    )
    play.moves()
    play.fails("k0")
    assert sum(verdict == "blocked" for verdict in play.verdicts().values()) == SIZE - 1
    assert len(looks) < 10 * SIZE


def test_progress_and_the_deadline_walk_a_long_chain_once(looks: list[Member]) -> None:
    play = Play(
        git_repository(), app("k0"), *(app(f"k{number}", needs=[f"k{number - 1}"]) for number in range(1, SIZE))
    )
    play.moves()
    looks.clear()
    assert progress_of(play.run)["waiting"] == {"Kustomization/flux-system/k0": SIZE - 1}
    assert len(looks) <= 3 * SIZE
    looks.clear()
    play.ends()
    assert play.blocker(f"k{SIZE - 1}") == "k0"
    assert len(looks) <= 3 * SIZE
