"""A chain of ten that wait for each other, with the patience for dependencies the controllers have by default."""

from __future__ import annotations

import statistics
from functools import partial
from pathlib import Path

from tests.testbed.bed import Bed
from tests.testbed.testbed import FLEET

from .desk import Desk
from .figures import Figure
from .moving import Branch, behind, chain
from .timing import alternating, ratio, summed, wall

LENGTH = 10
PATIENCE = "--requeue-dependency=30s"
BOUND = 1.3


def chain_figures(bed: Bed, moving: Branch, outputs: Path, rounds: int) -> list[Figure]:
    """After a moved source, against ten single runs. A ping play is what the process costs in any case."""
    desk = Desk(bed, moving, outputs, FLEET[0])
    names = [item["metadata"]["name"] for item in chain(LENGTH)]
    fault = bed.fault("controller_flags", cluster=FLEET[0], name="kustomize-controller", flags=PATIENCE)
    with behind(bed, moving, {FLEET[0]: chain(LENGTH)}), fault:
        play, single, ping = alternating(
            rounds,
            partial(desk.moved, desk.play),
            partial(desk.unmoved, partial(desk.limit_one_by_one, names)),
            desk.ping,
        )
    most, total = max(desk.writes)
    alone = statistics.median((a.wall - b.wall) / c.wall for a, b, c in zip(play, ping, single, strict=True))
    return [
        Figure(
            f"reconcile_all of a chain of {LENGTH} / (ten single runs + ping play)",
            ratio(play, summed(single, ping)), "x", BOUND, f"{wall(play)} against {wall(single)} + {wall(ping)}",
        ),
        Figure("the same, the ping play taken off ours instead", alone, "x"),
        Figure("patches of one object of the chain in a run", most, "", 1.0, f"{total} in all"),
    ]  # fmt: skip
