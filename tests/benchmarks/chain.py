"""A chain of ten that wait for each other, with the patience for dependencies the controllers have by default."""

from __future__ import annotations

import statistics
import threading
import time
from functools import partial
from pathlib import Path

from tests.testbed.bed import Bed
from tests.testbed.testbed import FLEET

from .desk import Desk
from .figures import Figure
from .limit import Limit
from .moving import Branch, Json, behind, chain
from .timing import Run, alternating, ratio, summed, wall

LENGTH = 10
PATIENCE = "--requeue-dependency=30s"
BOUND = 1.3


def chain_figures(bed: Bed, moving: Branch, outputs: Path, rounds: int) -> list[Figure]:
    """After a moved source, against ten single runs: what the controllers are kept waiting, seen by an outside watch.

    The process around it costs what it costs however long the chain is; it is shown, and bounded by the other parts.
    """
    desk = Desk(bed, moving, outputs, FLEET[0])
    names = [item["metadata"]["name"] for item in chain(LENGTH)]
    fault = bed.fault("controller_flags", cluster=FLEET[0], name="kustomize-controller", flags=PATIENCE)
    with behind(bed, moving, {FLEET[0]: chain(LENGTH)}), fault:
        spans: list[float] = []
        play, single, ping = alternating(
            rounds,
            partial(desk.moved, partial(_watched, desk, spans)),
            partial(desk.unmoved, partial(desk.limit_one_by_one, names)),
            desk.ping,
        )
    most, total = max(desk.writes)
    counted = spans[-len(single) :]
    held = statistics.median(span / run.wall for span, run in zip(counted, single, strict=True))
    detail = f"{statistics.median(counted):.2f} s against {wall(single)}"
    return [
        Figure(f"a chain of {LENGTH} from its first run to its last / ten single runs", held, "x", BOUND, detail),
        Figure(
            "reconcile_all of it / (ten single runs + ping play)",
            ratio(play, summed(single, ping)), "x", None, f"{wall(play)} against {wall(single)} + {wall(ping)}",
        ),
        Figure("patches of one object of the chain in a run", most, "", 1.0, f"{total} in all"),
    ]  # fmt: skip


def _watched(desk: Desk, spans: list[float]) -> Run:
    """The play, and how long the chain took in it."""
    span = Span(Limit(desk.bed.cluster(desk.hosts[0])))
    run = desk.play()
    spans.append(span.seconds())
    return run


class Span:
    """Sees when the first of the chain begins to run, and when the last of it is ready at what is new."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._first = self._last = 0.0
        listed = limit.listed()
        self._applied = {_name(item): _revision(item) for item in listed["items"]}
        version = listed["metadata"]["resourceVersion"]
        threading.Thread(target=self._look, args=(version,), daemon=True).start()

    def _look(self, version: str) -> None:
        for item in self._limit.changes(version):
            now = time.monotonic()
            self._first = self._first or now
            if _revision(item) != self._applied[_name(item)]:
                self._applied[_name(item)] = _revision(item)
                self._last = now

    def seconds(self) -> float:
        if self._last <= self._first or len(set(self._applied.values())) != 1:
            raise RuntimeError(f"the chain did not arrive as a whole: {self._applied}")
        return self._last - self._first


def _name(item: Json) -> str:
    return str(item["metadata"]["name"])


def _revision(item: Json) -> str:
    return str(item["status"].get("lastAppliedRevision", ""))
