"""Controllers for a played run: whatever is asked, or runs by itself, runs in any order and by Flux's own rules."""

from __future__ import annotations

import random
from collections.abc import Mapping

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.needs import satisfies
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.played_runs import Play


class Controllers:
    """moving: sources that fetch another revision when asked. failing: Kustomizations whose manifests are broken."""

    def __init__(self, play: Play, chance: random.Random, moving: Mapping[str, str], failing: set[str]) -> None:
        self.play, self._chance, self._moving, self._failing = play, chance, moving, failing
        self._queue: list[str] = []
        self._seen = 0
        self.too_early: list[str] = []

    def work(self) -> None:
        """Until nobody has anything to do."""
        self._take_requests()
        while self._queue:
            self._run(self._queue.pop(self._chance.randrange(len(self._queue))))
            self._take_requests()

    def _take_requests(self) -> None:
        fresh = self.play.asked[self._seen :]
        self._seen += len(fresh)
        self._queue += fresh
        self.too_early += [name for name in fresh if any(self._is_open(ref) for ref in self.play.member(name).needs)]

    def _is_open(self, ref: Ref) -> bool:
        member = self.play.run.members.get(ref)
        return member is not None and member.open

    def _run(self, name: str) -> None:
        if self.play.items[name]["spec"].get("suspend"):
            self.play.changes(name, handles=True)
        elif self.play.items[name]["kind"] == "Kustomization":
            self._apply(name)
        elif name in self._moving:
            self.play.moves(name, self._moving[name])
            self._queue += [other for other in self.play.items if self._source(other) == name]
        else:
            self.play.reconciles(name)

    def _apply(self, name: str) -> None:
        if not self._is_served(name):
            self.play.waits(name)
        elif name in self._failing:
            self.play.fails(name)
        else:
            self.play.reconciles(name)

    def _is_served(self, name: str) -> bool:
        """kustomize-controller's own look at the dependencies."""
        world = self.play.run.board.world
        facts = world[self.play.member(name).ref]
        return all(ref in world and satisfies(world[ref], facts, world) for ref in facts.depends_on)

    def _source(self, name: str) -> str | None:
        found = self.play.items[name]["spec"].get("sourceRef", {}).get("name")
        return str(found) if found else None
