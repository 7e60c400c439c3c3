"""Memory and time of one flux_info process as the number of objects grows."""

from __future__ import annotations

import statistics

from tests.testbed.bed import Bed

from .figures import Figure
from .memory import grow, growing_cluster, module_run

NUMBERS = (0, 1250, 2500, 5000, 10000)


def module_figures(bed: Bed, rounds: int) -> list[Figure]:
    """Peak memory at 5,000 objects, and seconds per object from there to 10,000 against those up to there."""
    cpu: dict[int, float] = {}
    peak: dict[int, float] = {}
    with growing_cluster(bed) as cluster:
        for begin, end in zip((0, *NUMBERS), NUMBERS, strict=False):
            grow(cluster, begin, end)
            runs = [module_run(cluster) for _round in range(rounds)]
            cpu[end] = statistics.median(run.cpu for run in runs)
            peak[end] = max(run.peak for run in runs)
    detail = ", ".join(f"{number:,}: {cpu[number]:.2f} s, {peak[number]:.0f} MB" for number in NUMBERS)
    slope = ((cpu[10000] - cpu[5000]) / 5000) / ((cpu[5000] - cpu[0]) / 5000)
    return [
        Figure("peak memory of flux_info at 5,000 objects", peak[5000], "MB", 300.0, detail),
        Figure("processor time per object, second 5,000 / first 5,000", slope, "x", 1.3),
    ]
