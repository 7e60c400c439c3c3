"""What must hold for any graph, any outcome and any order of runs."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.unit.flux_objects import NEWER, Item, git_repository, ready
from tests.unit.played_controllers import Controllers
from tests.unit.played_runs import Play, app

SIZE = 14
Needs = dict[str, list[str]]


def some_needs(chance: random.Random) -> Needs:
    """An acyclic graph, its members in no particular order."""
    names = [f"k{number}" for number in range(chance.randrange(1, SIZE))]
    chance.shuffle(names)
    return {name: chance.sample(names[:place], chance.randrange(min(place, 3) + 1)) for place, name in enumerate(names)}


class Scene:
    """A random cluster with one source, played to its end."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        self.needs = some_needs(chance)
        self.moves = chance.random() < 0.5
        self.failing = {name for name in self.needs if chance.random() < 0.2}
        self.suspended = {name for name in self.needs if chance.random() < 0.1}
        self.unready = {name for name in self.needs if chance.random() < 0.2}
        items = [git_repository(), *(self.item(name) for name in self.needs)]
        chance.shuffle(items)
        self.play = Play(*items)
        self.controllers = Controllers(self.play, chance, {"fleet": NEWER} if self.moves else {}, self.failing)
        self.controllers.work()

    def item(self, name: str) -> Item:
        said = [ready("False", "BuildFailed", "of an earlier run")] if name in self.unready else []
        return app(name, *said, needs=self.needs[name], spec={"suspend": name in self.suspended})

    def due(self) -> dict[str, str]:
        """The verdicts by the rules, dependencies first."""
        found: dict[str, str] = {}
        for name in self.needs:
            if name in self.suspended:
                found[name] = "suspended"
            elif not all(self.serves(other, found[other]) for other in self.needs[name]):
                found[name] = "blocked"
            else:
                found[name] = "failed" if name in self.failing else "reconciled"
        return found | {"fleet": "reconciled"}

    def serves(self, name: str, verdict: str) -> bool:
        """One that did not run serves as it was, as long as its source is where it was."""
        return verdict == "reconciled" or (verdict != "failed" and not self.moves and name not in self.unready)


@pytest.mark.parametrize("seed", range(250))
def test_everybody_gets_the_verdict_that_is_due_and_nobody_is_asked_too_early_or_twice(seed: int) -> None:
    scene = Scene(seed)
    play, verdicts = scene.play, scene.play.verdicts()
    assert play.is_done()
    assert verdicts == scene.due()
    assert scene.controllers.too_early == []
    assert set(Counter(play.asked).values()) <= {1}
    assert not set(play.asked) & scene.suspended
    assert play.asked[0] == "fleet"
    if scene.moves:  # only those that looked too early are asked
        assert all(scene.needs[name] for name in play.asked[1:])
    blamed = {verdicts[str(play.blocker(name))] for name, verdict in verdicts.items() if verdict == "blocked"}
    assert blamed <= {"failed", "suspended"}
