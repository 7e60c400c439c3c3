# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a long task is, as one line of names and counts. Pure: the modules count, showing.py prints."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import cut, duration

# One line per cluster: what is in front is named, the rest is counted.
NAMED_WAITS = 2
NOTE_LIMIT = 120


@dataclass(frozen=True)
class Rhythm:
    """Seconds: between two looks at the file, between two lines at least, and after which a line comes anyway."""

    look: float
    pause: float
    heartbeat: float


@dataclass(frozen=True)
class Progress:
    """One line of the module's file. bad: verdict -> number. waiting: Kind/namespace/name -> number."""

    done: int
    total: int
    running: int
    bad: Mapping[str, int]
    waiting: Mapping[str, int]
    note: str


def rhythm_for(hosts: int) -> Rhythm:
    """A fleet shares one screen, and AWX's stream takes so many events a second: about five lines in all."""
    pause = max(2.0, hosts / 5)
    return Rhythm(look=0.25, pause=pause, heartbeat=max(30.0, pause))


def progress_of(text: str) -> Progress | None:
    """What a line of the file says; None when it is not one of ours."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    done, total, running = (found.get(name, 0) for name in ("done", "total", "running"))
    if not all(isinstance(number, int) for number in (done, total, running)):
        return None
    bad, waiting = _counts(found.get("bad")), _counts(found.get("waiting"))
    # A note may quote a controller.
    note = redact(str(found.get("note") or ""))
    return Progress(done, total, running, bad, waiting, _printable(note))


def _counts(value: Any) -> dict[str, int]:
    """The names that count something. Names go to a terminal: no character of theirs may steer it."""
    counted = value.items() if isinstance(value, dict) else ()
    return {_printable(name): number for name, number in counted if isinstance(number, int) and number > 0}


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def progress_line(host: str, progress: Progress) -> str:
    """'ottawa 87/103 done · 2 failed · 3 running · 14 waiting for infra'"""
    return " · ".join((f"{host} {progress.done}/{progress.total} done", *_parts(progress)))


def _parts(progress: Progress) -> Iterator[str]:
    yield from (f"{number} {verdict.replace('_', ' ')}" for verdict, number in progress.bad.items())
    if progress.running:
        yield f"{progress.running} running"
    yield from _waits(progress.waiting)
    if progress.note:
        yield cut(progress.note, NOTE_LIMIT)


def _waits(waiting: Mapping[str, int]) -> Iterator[str]:
    """What most wait for comes first; by its last name, unless two objects have that one."""
    most = sorted(waiting.items(), key=lambda item: (-item[1], item[0]))
    names = Counter(_last(ref) for ref in waiting)
    for ref, number in most[:NAMED_WAITS]:
        yield f"{number} waiting for {_last(ref) if names[_last(ref)] == 1 else ref}"
    others = most[NAMED_WAITS:]
    if others:
        yield f"{sum(number for _ref, number in others)} waiting for {len(others)} other{'s' * (len(others) > 1)}"


def _last(ref: str) -> str:
    return ref.rpartition("/")[2]


def heartbeat_line(host: str, line: str | None, unchanged: float) -> str:
    """Nothing is new: the last line again, and since when."""
    if line is None:
        return f"{host} is still being read · {duration(unchanged)}"
    return f"{line} · unchanged for {duration(unchanged)}"
