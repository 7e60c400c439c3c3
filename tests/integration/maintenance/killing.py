"""A playbook that is killed in the middle, with every process it has started: nothing of it gets to clean up."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.integration.playbook import Ansible, program_path

PATIENCE = 60.0


def killed(ansible: Ansible, command: list[str], moment: Callable[[], bool]) -> None:
    """Starts the playbook, and kills it as soon as the moment has come."""
    process = subprocess.Popen(
        [str(program_path("ansible-playbook")), *command],
        env=ansible.environment(),
        cwd=ansible.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    try:
        while not moment():
            assert process.poll() is None, "the play has ended before it could be killed"
            assert time.monotonic() < deadline, "the moment to kill the play has never come"
    finally:
        _kill([process.pid, *descendants(process.pid)])
        process.wait()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def descendants(pid: int) -> Iterator[int]:
    """Ansible's workers are sessions of their own, so a process group is not all of it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield child
        yield from descendants(child)
