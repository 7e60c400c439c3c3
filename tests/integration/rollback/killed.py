"""Series of releases that are alike, each killed after another one of its writes and then run again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.playbook import Json
from tests.integration.rollback.cases import Case, Placed, make_bad
from tests.integration.rollback.git_owner import Git, release
from tests.integration.rollback.killing import Call, run_through
from tests.integration.rollback.scene import BAD, FIXED, GOOD, Scene
from tests.integration.rollback.whole import note_of, whole

HOST = "ottawa"
FREEZE = "kustomize.toolkit.fluxcd.io/reconcile"
REASON = "the new version is bad"


@dataclass(frozen=True)
class Killed:
    """One release: the write after which it was killed, how it was then, and what the next run said and left."""

    last: str
    then: Json
    again: Json
    now: Json

    @property
    def is_held(self) -> bool:
        """Suspended or frozen, with who and why and how far it is."""
        annotations, note = self.then["metadata"].get("annotations", {}), note_of(self.then)
        stopped = self.then["spec"].get("suspend") is True or annotations.get(FREEZE) == "disabled"
        said = annotations.get("gitops.flux/suspended-reason"), annotations.get("gitops.flux/suspended-change")
        return bool(stopped and note and said == (REASON, "helm-rollback"))

    @property
    def asks_for_the_fix(self) -> bool:
        """Then it may go."""
        return bool(self.then["spec"]["chart"]["spec"]["version"] == FIXED)


@dataclass(frozen=True)
class Rollback:
    """What is killed, and where its releases have their objects and their storage."""

    # Of the releases and of the namespaces; nothing that could be in a digest.
    name: str
    strategy: str
    end: str
    target: str = ""
    storage: str = ""
    # Whether the bad revision has other values as well.
    values: bool = False

    def made(self, scene: Scene, numbers: Sequence[int]) -> list[Placed]:
        """Releases at their bad revision."""
        cases = [Case(f"{self.name}-{number:02}", target=self.target, storage=self.storage) for number in numbers]
        values = ({"values": {"title": "good"}}, {"values": {"title": "bad"}}) if self.values else ({}, {})
        return list(make_bad(scene, "own", cases, values).values())

    def call(self, scene: Scene, placed: Placed) -> Call:
        own = {"reason": REASON, "helm": scene.helm, "force": True, "strategy": self.strategy}
        return Call("flux_helm_rollback", own | {"namespace": placed.namespace, "name": placed.case.name})

    def is_safe(self, killed: Killed) -> bool:
        return killed.is_held


@dataclass(frozen=True)
class Finish:
    """The end of a rollback by a strategy, after the fix in Git, which nobody has fetched yet."""

    name: str
    strategy: str
    git: Git
    end: str = "finished"

    def made(self, scene: Scene, numbers: Sequence[int]) -> list[Placed]:
        """Releases that are rolled back and held, and mended in Git."""
        home = scene.namespace("own")
        cases = [Case(f"{self.name}-{number:02}") for number in numbers]
        for version in (GOOD, BAD):
            self.git.commit(*(release(home, case.name, version) for case in cases))
            self.git.follow(*(case.name for case in cases))
            self.git.fetch()
            for case in cases:
                scene.wait_deployed(home, case.name, version, 180)
        placed = [Placed(case, home, case.name, home, home) for case in cases]
        rollback = Rollback(self.name, self.strategy, "")
        results = scene.tasks("flux_helm_rollback", *(rollback.call(scene, each).options for each in placed))
        assert {result.get("msg", result.get("phase")) for result in results} <= {"rolled_back", "pinned"}
        self.git.commit(*(release(home, case.name, FIXED) for case in cases))
        return placed

    def call(self, _scene: Scene, placed: Placed) -> Call:
        return Call("flux_helm_rollback_finish", {"namespace": placed.namespace, "name": placed.case.name})

    def is_safe(self, killed: Killed) -> bool:
        return killed.is_held or killed.asks_for_the_fix


HELM = Rollback("home", "helm", "rolled_back")
HELM_APART = Rollback("apart", "helm", "rolled_back", target="target", storage="storage")
PIN = Rollback("pinned", "pin", "pinned", values=True)


@dataclass
class Series:
    """undisturbed: what is left by a run that nobody kills, and the writes it sends."""

    scene: Scene
    kind: Rollback | Finish
    folder: Path
    undisturbed: Json = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    killed: dict[int, Killed] = field(default_factory=dict)

    def run(self) -> None:
        """One that nobody kills."""
        first = self.kind.made(self.scene, [0])[0]
        ended = run_through(self.scene, self.kind.call(self.scene, first), self.folder)
        assert ended.result
        assert ended.result.get("phase") == self.kind.end, ended.result
        self.undisturbed, self.writes = whole(self.scene, first), ended.writes

    def kill_after(self, numbers: Sequence[int]) -> None:
        """A release for each of these writes; then all of them are run again, in one play."""
        placed = self.kind.made(self.scene, numbers)
        then = []
        for each, number in zip(placed, numbers, strict=True):
            ended = run_through(self.scene, self.kind.call(self.scene, each), self.folder, last=number)
            then.append((ended.writes[-1], self.scene.read(each.namespace, each.case.name)))
        calls = [self.kind.call(self.scene, each) for each in placed]
        results = self.scene.tasks(calls[0].module, *(call.options for call in calls))
        for number, each, (last, item), result in zip(numbers, placed, then, results, strict=True):
            self.killed[number] = Killed(last, item, result, whole(self.scene, each))

    def wrong(self, problem: Callable[[Killed], object]) -> dict[str, object]:
        """By the number and the write after which it was killed."""
        found = {f"{number}: {one.last}": problem(one) for number, one in self.killed.items()}
        return {name: said for name, said in found.items() if said}
