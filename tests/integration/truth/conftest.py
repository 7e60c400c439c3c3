"""Every fault of tests/truth at the same time, one health check of them, its commands, and their repair."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.playbook import Ansible, Health, Json
from tests.integration.traces import Traces
from tests.testbed.bed import Bed
from tests.testbed.catalogue import SOPS
from tests.testbed.lifecycle import ensure_programs
from tests.truth.case import Case, load_cases
from tests.truth.judging import SETTINGS, causes_found
from tests.truth.play import Play, in_rounds
from tests.truth.secrecy import Keys

FIRST, SECOND = in_rounds(load_cases())


@dataclass(frozen=True)
class Shell:
    """Runs what a report prints, as it is printed: the test bed's programs and its kubeconfig, nothing else."""

    bed: Bed
    home: Path
    traces: Traces

    def run(self, commands: Iterable[str]) -> dict[str, subprocess.CompletedProcess[str]]:
        with self.traces.by_hand(), ThreadPoolExecutor(3) as pool:
            wanted = list(dict.fromkeys(commands))
            return dict(zip(wanted, pool.map(self._run, wanted), strict=True))

    def _run(self, command: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.bed.paths.bin}:{Path(sys.executable).parent}:{os.defpath}"
        env = {"PATH": path, "HOME": str(self.home), "KUBECONFIG": str(self.bed.kubeconfig)}
        return subprocess.run(
            ["timeout", "90", "sh", "-c", command],
            env=env,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="package")
def shell(bed: Bed, traces: Traces, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(bed, tmp_path_factory.mktemp("shell"), traces)


@pytest.fixture(scope="package")
def play(bed: Bed, settled: Callable[[], None]) -> Iterator[Play]:
    """The faults of the first round, in force until something repairs them."""
    settled()
    ensure_programs(bed.testbed, asked=[SOPS])
    played = Play(bed, FIRST, Keys(bed.paths.bin, bed.paths.run))
    try:
        played.make()
        yield played
    finally:
        played.undo()
        settled()


@pytest.fixture(scope="package")
def broken(play: Play, ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Health:
    assert play.cases
    return ansible.health(tmp_path_factory.mktemp("broken"), extra=SETTINGS)


def commands_of(cases: Iterable[Case], health: Health, *, writes: bool) -> dict[str, list[str]]:
    """What the health check prints for the causes of each case."""
    return {
        case.name: [
            row["command"]
            for cause in causes_found(case, health.cluster(case.cluster)).values()
            for row in cause["commands"]
            if row["writes"] is writes
        ]
        for case in cases
    }


def complaints(done: Iterable[subprocess.CompletedProcess[str]]) -> list[str]:
    return [f"{each.args[-1]}: {each.stdout}{each.stderr}" for each in done if each.returncode != 0]


def causes(health: Health, host: str) -> list[Json]:
    found: list[Json] = health.cluster(host)["root_causes"]
    return found
