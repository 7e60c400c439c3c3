"""Every fault is mended where it is, then the writing commands the health check has printed are run: it is gone."""

from __future__ import annotations

import subprocess
from contextlib import suppress

import pytest

from tests.integration.playbook import HOSTS, Ansible, Health
from tests.integration.truth.conftest import FIRST, Shell, causes, commands_of, complaints
from tests.testbed.bed import Bed
from tests.testbed.errors import TestbedError
from tests.testbed.waiting import is_as_told, read_all
from tests.truth.case import Case
from tests.truth.judging import SETTINGS, WELL, hints_found, overdue_found, statuses_found
from tests.truth.play import Play

Ran = dict[str, subprocess.CompletedProcess[str]]
every_case = pytest.mark.parametrize("case", FIRST, ids=[case.name for case in FIRST])
WATCHED = ("GitRepository", "OCIRepository", "HelmRepository", "HelmChart", "Kustomization", "HelmRelease", "Receiver")
IS_WELL = {"current": True, "Ready": {"status": "True"}}


@pytest.fixture(scope="module")
def ran(broken: Health, play: Play, shell: Shell) -> Ran:
    """Mends everything, then runs what writes."""
    play.repair()
    printed = commands_of(FIRST, broken, writes=True).values()
    return shell.run(command for commands in printed for command in commands)


@pytest.fixture(scope="module")
def repaired(ran: Ran, bed: Bed, ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Health:
    """What does not get well within a minute is told of by its own test."""
    assert ran is not None
    with suppress(TestbedError):
        bed.wait(lambda: not _unwell(bed), 60, "everything of the cases being well")
    return ansible.health(tmp_path_factory.mktemp("repaired"), extra=SETTINGS)


def _unwell(bed: Bed) -> list[str]:
    namespaces = {name for case in FIRST for name in case.namespaces}
    return [
        f"{host}: {'/'.join(name)}"
        for host in HOSTS
        for name, item in read_all(bed.cluster(host), WATCHED).items()
        if name[1] in namespaces and not is_as_told(item, IS_WELL)
    ]


@every_case
def test_writing_commands_work_as_printed(case: Case, broken: Health, ran: Ran) -> None:
    printed = commands_of([case], broken, writes=True)[case.name]
    assert printed or case.repair, "nothing would mend it"
    assert complaints(ran[command] for command in printed) == []


@every_case
def test_the_fault_is_gone(case: Case, repaired: Health) -> None:
    entry = repaired.cluster(case.cluster)
    left = [
        f"{cause['kind']} {cause['name']}" for cause in entry["root_causes"] if cause["namespace"] in case.namespaces
    ]
    assert left == []
    assert {status for status in statuses_found(case, entry).values() if status not in (*WELL, "not seen")} == set()
    assert hints_found(case, entry) == {}
    assert overdue_found(case, entry) == ()


@pytest.mark.parametrize("host", HOSTS)
def test_no_cause_is_left(host: str, repaired: Health) -> None:
    assert causes(repaired, host) == []
