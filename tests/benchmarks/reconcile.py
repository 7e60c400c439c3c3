"""reconcile_all against what the controllers alone need, and against what people type instead."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.testbed.bed import Bed
from tests.testbed.testbed import FLEET

from .broken import broken_figures
from .bulk import bulk_figures
from .chain import chain_figures
from .desk import Desk
from .figures import Figure
from .moving import Branch, behind, branch, many
from .peers import peer_figures
from .timing import Run, alternating, ratio, summed, wall

NUMBER = 100
# Of the raw limit and a ping play together.
BOUND = 1.25


def reconcile_figures(bed: Bed, rounds: int) -> list[Figure]:
    """Each part with its own load. Controllers take their time, so it is half the rounds of the others."""
    counted = max(1, rounds // 2)
    with TemporaryDirectory() as outputs, branch(bed) as moving:
        folder = Path(outputs)
        return [
            *_one_cluster(bed, moving, folder, counted),
            *_fleet(bed, moving, folder, counted),
            *broken_figures(bed, moving, folder, counted),
            *chain_figures(bed, moving, folder, counted),
            *bulk_figures(bed, moving),
        ]


def _one_cluster(bed: Bed, moving: Branch, outputs: Path, rounds: int) -> list[Figure]:
    """A source that has moved, and one that has not."""
    desk = Desk(bed, moving, outputs, FLEET[0])
    with behind(bed, moving, {FLEET[0]: many(NUMBER)}):
        moved, limit, ping = alternating(
            rounds, partial(desk.moved, desk.play), partial(desk.moved, desk.limit_moved), desk.ping
        )
        figures = [against_limit(f"{NUMBER} Kustomizations, source moved", moved, limit, ping)]
        unmoved, limit, ping = alternating(
            rounds, partial(desk.unmoved, desk.play), partial(desk.unmoved, desk.limit_unmoved), desk.ping
        )
        figures.append(against_limit(f"{NUMBER} Kustomizations, source unmoved", unmoved, limit, ping))
        most, total = max(desk.writes)
        figures.append(Figure("patches of one object in a run", most, "", 1.0, f"{total} in all"))
        return [*figures, *peer_figures(desk, NUMBER, moved, unmoved)]


def _fleet(bed: Bed, moving: Branch, outputs: Path, rounds: int) -> list[Figure]:
    """Three clusters in one play, against the three at once."""
    desk = Desk(bed, moving, outputs, *FLEET)
    with behind(bed, moving, {name: many(NUMBER) for name in FLEET}):
        play, limit, ping = alternating(
            rounds, partial(desk.moved, desk.play), partial(desk.moved, desk.limit_moved), desk.ping
        )
    return [against_limit(f"3 x {NUMBER} Kustomizations, source moved", play, limit, ping)]


def against_limit(what: str, play: list[Run], limit: list[Run], ping: list[Run]) -> Figure:
    """How much longer the play takes than it has to."""
    detail = f"{wall(play)} against {wall(limit)} + {wall(ping)}"
    return Figure(
        f"reconcile_all / (raw limit + ping play), {what}", ratio(play, summed(limit, ping)), "x", BOUND, detail
    )
