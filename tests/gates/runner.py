"""Runs gates: says what is running and for how long, keeps every log, ends what takes too long."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import IO

from tests.gates.gate import Command, Gate, Outcome, Phase
from tests.gates.tree import ROOT

LOGS = ROOT / ".test-logs"
HEARTBEAT_SECONDS = 60.0
TAIL_LINES = 60
GRACE_SECONDS = 20.0

# pytest -ra, ansible-test, and our own scripts.
SKIP_LINE = re.compile(r"^(?:SKIPPED |WARNING: Skipping |skipped: )(?P<what>.+)$")

# A user's settings of these must not decide what a gate finds.
FOREIGN = re.compile(r"^(ANSIBLE|K8S_AUTH|MOLECULE|MYPY|RUFF|PYTEST|YAMLLINT)_|^(KUBECONFIG|PYTHONPATH|VIRTUAL_ENV)$")


class Runner:
    def __init__(self, phases: Iterable[Phase]) -> None:
        self._phases = tuple(phases)
        self._total = sum(len(phase.gates) for phase in self._phases)
        self._started = 0
        self._outcomes: dict[str, Outcome] = {}
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self._stopping = False

    def run(self) -> list[Outcome]:
        LOGS.mkdir(exist_ok=True)
        for phase in self._phases:
            with ThreadPoolExecutor(max_workers=phase.width) as pool:
                list(pool.map(self._run_gate, phase.gates))
        return list(self._outcomes.values())

    def stop(self) -> None:
        """Ends what is running; nothing further is started. A second signal may come while the first is at work."""
        if self._stopping:
            return
        self._stopping = True
        with self._lock:
            for process in self._processes:
                _end(process)

    def _run_gate(self, gate: Gate) -> Outcome:
        with self._lock:
            self._started += 1
            label = f"[{self._started}/{self._total}] {gate.name}"
        outcome = self._without_running(gate) or self._run_commands(gate, label)
        with self._lock:
            self._outcomes[gate.name] = outcome
        _say(f"{label} {outcome.state} {_duration(outcome.seconds)}{outcome.message and ': ' + outcome.message}")
        if outcome.state == "failed":
            _say(_tail(LOGS / gate.log_name))
        return outcome

    def _without_running(self, gate: Gate) -> Outcome | None:
        (LOGS / gate.log_name).unlink(missing_ok=True)
        if gate.skipped:
            return Outcome(gate, "skipped", gate.skipped)
        if self._stopping:
            return Outcome(gate, "failed", "not run: interrupted")
        needed = self._outcomes.get(gate.needs) if gate.needs else None
        if needed and needed.state != "passed":
            return Outcome(gate, "failed", f"not run: it needs '{gate.needs}', which {needed.state}")
        return None

    def _run_commands(self, gate: Gate, label: str) -> Outcome:
        _say(f"{label} …")
        start = time.monotonic()
        deadline = start + gate.minutes * 60
        log = LOGS / gate.log_name
        with log.open("w", encoding="utf-8") as output:
            message = next(filter(None, (self._run(each, gate, label, output, deadline) for each in gate.commands)), "")
        outcome = Outcome(gate, "failed" if message else "passed", message, time.monotonic() - start)
        return replace(outcome, skips=tuple(_skips(log)))

    def _run(self, command: Command, gate: Gate, label: str, output: IO[str], deadline: float) -> str:
        """The reason why the command failed; empty when it did not."""
        output.write(f"$ {' '.join(str(part) for part in command)}\n")
        output.flush()
        process = subprocess.Popen(
            command,
            cwd=gate.folder or ROOT,
            env=environment(gate),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with self._lock:
            self._processes.add(process)
        try:
            return self._wait(process, gate, label, deadline)
        finally:
            with self._lock:
                self._processes.discard(process)

    def _wait(self, process: subprocess.Popen[str], gate: Gate, label: str, deadline: float) -> str:
        start = time.monotonic()
        while (left := deadline - time.monotonic()) > 0:
            try:
                code = process.wait(timeout=min(HEARTBEAT_SECONDS, left))
            except subprocess.TimeoutExpired:
                _say(f"{label} … still running, {_duration(time.monotonic() - start)}")
                continue
            return f"exit code {code}" if code else ""
        _end(process)
        return f"stopped after {gate.minutes:g} minutes, its time limit"


def environment(gate: Gate) -> dict[str, str]:
    """The caller's, without its settings for the tools under test, and with the tools of .venv first."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    tools = str(Path(sys.executable).parent)
    kept["PATH"] = os.pathsep.join([tools, kept.get("PATH", os.defpath)])
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **gate.environment}


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=GRACE_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def _skips(log: Path) -> Iterator[str]:
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if found := SKIP_LINE.match(line):
            yield found["what"].strip()


def _tail(log: Path) -> str:
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    shown = [f"    {line[:300]}" for line in lines[-TAIL_LINES:]]
    return "\n".join([*shown, f"    (whole log: {log.relative_to(ROOT)})"])


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"({minutes} min {rest} s)" if minutes else f"({rest} s)"


def _say(text: str) -> None:
    if text:
        print(text, flush=True)
