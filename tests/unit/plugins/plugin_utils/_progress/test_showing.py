"""A real file, written by a real thread while another one reads it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._progress.lines import Rhythm
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.showing import Tail, Teller

QUICK = Rhythm(look=0.01, pause=0.0, heartbeat=60.0)


def state(done: int, **more: Any) -> str:
    return json.dumps({"done": done, "total": 200, "bad": {}, "running": 1, "waiting": {}, "note": None} | more) + "\n"


@contextmanager
def told(path: Path, rhythm: Rhythm = QUICK) -> Iterator[list[str]]:
    """What is shown of the file while the block runs."""
    lines: list[str] = []
    teller = Teller("ottawa", path, rhythm, lines.append)
    teller.start()
    try:
        yield lines
    finally:
        teller.end()
        assert not teller.is_alive()


def appended(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def eventually(lines: list[str], number: int) -> None:
    end = time.monotonic() + 10
    while len(lines) < number:
        assert time.monotonic() < end, lines
        time.sleep(0.01)


def test_every_change_is_told_while_another_thread_writes(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"

    def write() -> None:
        for done in range(1, 201):
            appended(path, state(done))
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    with told(path) as lines:
        writer.start()
        writer.join()
    counts = [int(line.split()[1].partition("/")[0]) for line in lines]
    assert counts == sorted(set(counts)), "each state once, in order"
    assert len(counts) > 10, "live, not only at the end"
    assert lines[-1] == "ottawa 200/200 done · 1 running"


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    tail = Tail(path)
    assert tail.newest() is None, "a missing file is no news"
    text = state(7, note="größer")
    head, rest = text.encode()[:-20], text.encode()[-20:]
    with path.open("wb") as file:
        file.write(head)
    assert tail.newest() is None
    with path.open("ab") as file:
        file.write(rest)
    newest = tail.newest()
    assert newest is not None
    assert newest.done == 7
    assert tail.newest() is None, "each line once"


def test_a_last_line_without_an_end_hides_none_before_it(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    with told(path) as lines:
        appended(path, state(1) + "no state\n" + state(2) + '{"done": 3, "tot')
        eventually(lines, 1)
    assert lines == ["ottawa 2/200 done · 1 running"]


def test_without_a_file_nothing_is_told(tmp_path: Path) -> None:
    with told(tmp_path / "never") as lines:
        time.sleep(0.1)
    assert lines == []


def test_changes_are_held_back_and_the_last_one_is_always_told(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    with told(path, Rhythm(look=0.01, pause=0.4, heartbeat=60.0)) as lines:
        begun = time.monotonic()
        done = 0
        while time.monotonic() - begun < 1.5:
            done += 1
            appended(path, state(done))
            time.sleep(0.02)
    assert 2 <= len(lines) <= 5, lines
    assert lines[-1] == f"ottawa {done}/200 done · 1 running"


def test_silence_is_broken_by_a_heartbeat(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"
    with told(path, Rhythm(look=0.01, pause=0.0, heartbeat=0.2)) as lines:
        eventually(lines, 1)
        appended(path, state(5))
        eventually(lines, 4)
    assert lines[0].startswith("ottawa is still being read")
    first = lines.index("ottawa 5/200 done · 1 running")
    assert lines[first + 1] == "ottawa 5/200 done · 1 running · unchanged for 0 s"
    assert lines[-1].startswith("ottawa 5/200"), "and the last state is not told a second time at the end"
    assert lines.count("ottawa 5/200 done · 1 running") == 1
