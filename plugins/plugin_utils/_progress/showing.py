# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows how far a running module is: a thread reads the file the module appends to, and prints a line now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.lines import (
    Progress,
    Rhythm,
    heartbeat_line,
    progress_line,
    progress_of,
    rhythm_for,
)

FILE = "flux-progress.jsonl"
# Whoever reads our lines may have stopped; the task must end all the same.
LONGEST_GOODBYE = 5.0


class Tail:
    """A file that grows, and may not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def newest(self) -> Progress | None:
        """The last whole line that came since the last call; None when none did."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
        except OSError:  # not there yet, already removed, or written as another user
            return None
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        said = (progress_of(line.decode(errors="replace")) for line in reversed(whole.splitlines()))
        return next((progress for progress in said if progress is not None), None)


class Teller(threading.Thread):
    """Tells what a file says, on change and as a heartbeat, until it is ended."""

    def __init__(self, host: str, path: Path, rhythm: Rhythm, show: Callable[[str], None]) -> None:
        super().__init__(name=f"progress of {host}", daemon=True)
        self._host, self._tail, self._rhythm, self._show = host, Tail(path), rhythm, show
        self._ended = threading.Event()
        self._line: str | None = None
        self._shown: str | None = None
        self._shown_at = self._changed_at = time.monotonic()

    def run(self) -> None:
        while not self._ended.wait(self._rhythm.look):
            self._look()
            self._tell(time.monotonic())
        self._look()
        if self._line is not None and self._line != self._shown:
            self._show(self._line)

    def end(self) -> None:
        """Tells the last state, if that is still to do."""
        self._ended.set()
        self.join(LONGEST_GOODBYE)

    def _look(self) -> None:
        progress = self._tail.newest()
        line = progress_line(self._host, progress) if progress else self._line
        if line != self._line:
            self._line, self._changed_at = line, time.monotonic()

    def _tell(self, now: float) -> None:
        silence = now - self._shown_at
        if self._line != self._shown and silence >= self._rhythm.pause:
            self._show(str(self._line))
        elif silence >= self._rhythm.heartbeat:
            self._show(heartbeat_line(self._host, self._line, now - self._changed_at))
        else:
            return
        self._shown, self._shown_at = self._line, now


@contextmanager
def shown_progress(action: ActionBase, variables: Mapping[str, Any]) -> Iterator[None]:
    """Around the _execute_module of a module that writes progress. variables: those of the task.

    The action needs TRANSFERS_FILES = True, so that the folder of the file is there before the module starts.
    """
    if not _is_shown(action, variables):
        yield
        return
    path = Path(action._connection._shell.tmpdir, FILE)  # noqa: SLF001
    hosts = len(variables.get("ansible_play_hosts_all") or ())
    teller = Teller(str(variables["inventory_hostname"]), path, rhythm_for(hosts), _show)
    teller.start()
    try:
        yield
    finally:
        teller.end()


def _is_shown(action: ActionBase, variables: Mapping[str, Any]) -> bool:
    """Only where the file can be read from here, and nobody wants silence."""
    task = action._task  # noqa: SLF001
    connection = action._connection  # noqa: SLF001
    if task.no_log or task.async_val or connection.transport != "local" or not connection._shell.tmpdir:  # noqa: SLF001
        return False
    asked = (task.args.get("progress", True), action._templar.template(variables.get("flux_progress", True)))  # noqa: SLF001
    return all(boolean(wanted, strict=False) for wanted in asked)


def _show(line: str) -> None:
    # On stderr: stdout belongs to the callback, whose output may have to be parsed.
    Display().display(line, stderr=True)
