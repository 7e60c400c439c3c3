"""Times whole commands, in turn, so that a ratio holds on a machine whose speed drifts."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANSIBLE_PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))


@dataclass(frozen=True)
class Run:
    """One finished command. Seconds by the clock and of processor time; peak resident memory in megabytes."""

    wall: float
    cpu: float
    peak: float
    code: int


def measured(command: Sequence[str], env: dict[str, str] | None = None) -> Run:
    """Runs a command to its end, its output thrown away; its own children are counted in cpu."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=env or os.environ.copy(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


def in_turn(count: int, *works: Callable[[], Run]) -> list[list[Run]]:
    """Count rounds of all works after one that is not counted; for each work its runs, round by round."""
    for work in works:
        work()
    rounds = [[work() for work in works] for _round in range(count)]
    return [list(runs) for runs in zip(*rounds, strict=True)]


def alternating(count: int, *works: Callable[[], Run]) -> list[list[Run]]:
    """The same, every other round from the last work to the first, so that none always comes after the same other."""
    for work in works:
        work()
    found: list[list[Run]] = [[] for _work in works]
    for number in range(count):
        turn = list(zip(works, found, strict=True))
        for work, runs in turn[:: 1 if number % 2 == 0 else -1]:
            runs.append(work())
    return found


def summed(*runs: Sequence[Run]) -> list[Run]:
    """Round by round, as if one had come after the other."""
    return [
        Run(sum(run.wall for run in turn), sum(run.cpu for run in turn), max(run.peak for run in turn), 0)
        for turn in zip(*runs, strict=True)
    ]


def ratio(over: Sequence[Run], under: Sequence[Run]) -> float:
    """The median of the ratios of paired runs."""
    return statistics.median(a.wall / b.wall for a, b in zip(over, under, strict=True))


def wall(runs: Sequence[Run]) -> str:
    """Median and range of the seconds by the clock."""
    seconds = sorted(run.wall for run in runs)
    return f"{statistics.median(seconds):.2f} s ({seconds[0]:.2f} to {seconds[-1]:.2f})"
