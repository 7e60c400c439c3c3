"""A module that is killed right after one of its writes, with all it has started: nothing gets to clean up."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.integration.playbook import ROOT, Json
from tests.integration.rollback.gate import gate
from tests.integration.rollback.scene import Scene

PATIENCE = 120.0


@dataclass(frozen=True)
class Ended:
    """writes: those that got through, in order. result: what the module said, None when it was killed."""

    writes: list[str]
    result: Json | None


@dataclass(frozen=True)
class Call:
    """One of our modules with its options, without those that say which cluster."""

    module: str
    options: Json


def run_through(scene: Scene, call: Call, folder: Path, last: int | None = None) -> Ended:
    """Runs a module; last: number of the write after which it is killed, None to let it end."""
    running: list[subprocess.Popen[str]] = []
    with gate(scene.cluster, last, lambda: os.killpg(running[0].pid, signal.SIGKILL)) as way:
        target = {"kubeconfig": str(way.kubeconfig(folder)), "context": scene.cluster.context}
        arguments = folder / f"arguments-{way.server_port}.json"
        own = {"_ansible_remote_tmp": str(folder), "_ansible_keep_remote_files": False}
        arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": target | call.options | own}))
        running.append(_started(scene, call, arguments))
        output, errors = running[0].communicate(timeout=PATIENCE)
    if last is None:
        result: Json = json.loads(output)
        return Ended(way.writes, result)
    assert running[0].returncode == -signal.SIGKILL, f"it ended by itself: {output}{errors}"
    return Ended(way.writes, None)


def _started(scene: Scene, call: Call, arguments: Path) -> subprocess.Popen[str]:
    """As ansible starts it, but without ansible: a process group of its own."""
    environment = scene.ansible.environment()
    return subprocess.Popen(
        [sys.executable, str(ROOT / "plugins/modules" / f"{call.module}.py"), str(arguments)],
        env=environment | {"PYTHONPATH": environment["ANSIBLE_COLLECTIONS_PATH"]},
        cwd=arguments.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
