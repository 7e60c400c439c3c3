"""Every reading command the health check prints, run exactly as printed while the faults are there."""

from __future__ import annotations

import subprocess

import pytest

from tests.integration.playbook import HOSTS, Health
from tests.integration.truth.conftest import FIRST, Shell, causes, commands_of, complaints
from tests.truth.case import Case

Ran = dict[str, subprocess.CompletedProcess[str]]
with_causes = [case for case in FIRST if case.expect.causes]


@pytest.fixture(scope="module")
def ran(broken: Health, shell: Shell) -> Ran:
    printed = commands_of(FIRST, broken, writes=False).values()
    return shell.run(command for commands in printed for command in commands)


@pytest.mark.parametrize("case", with_causes, ids=[case.name for case in with_causes])
def test_reading_commands_work_as_printed(case: Case, broken: Health, ran: Ran) -> None:
    printed = commands_of([case], broken, writes=False)[case.name]
    assert printed
    assert complaints(ran[command] for command in printed) == []


@pytest.mark.parametrize("host", HOSTS)
def test_every_command_names_its_cluster_and_reading_ones_stand_first(host: str, broken: Health) -> None:
    for cause in causes(broken, host):
        writes = [row["writes"] for row in cause["commands"]]
        assert writes == sorted(writes)
        assert not writes[0]
        named = (
            f"--context talos-{host}",
            f"--context=talos-{host}",
            f"--kube-context talos-{host}",
            f"--limit {host}",
        )
        assert all(any(name in row["command"] for name in named) for row in cause["commands"]), cause["commands"]
