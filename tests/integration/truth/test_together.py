"""Faults that hit every cluster at once, after all others are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.integration.down.fetching import await_failure
from tests.integration.playbook import HOSTS, Ansible, Health
from tests.integration.truth.conftest import SECOND, Shell, commands_of, complaints
from tests.testbed.bed import Bed
from tests.truth.case import Case
from tests.truth.judging import SETTINGS, causes_found, classes_expected, classes_found, statuses_found
from tests.truth.play import Play
from tests.truth.secrecy import Keys

every_case = pytest.mark.parametrize("case", SECOND, ids=[case.name for case in SECOND])


@pytest.fixture(scope="module")
def play(bed: Bed, settled: Callable[[], None]) -> Iterator[Play]:
    settled()
    played = Play(bed, SECOND, Keys(bed.paths.bin, bed.paths.run))
    try:
        played.make()
        await_failure(bed, *HOSTS)
        yield played
    finally:
        played.undo()
        settled()


@pytest.fixture(scope="module")
def checked(play: Play, ansible: Ansible, tmp_path_factory: pytest.TempPathFactory) -> Health:
    assert play.cases
    return ansible.health(tmp_path_factory.mktemp("together"), extra=SETTINGS)


@every_case
def test_status_cause_class_and_what_is_at_risk(case: Case, checked: Health) -> None:
    entry = checked.cluster(case.cluster)
    assert statuses_found(case, entry) == dict(case.expect.statuses)
    assert classes_found(case, entry) == classes_expected(case)
    for cause in case.expect.causes:
        found = causes_found(case, entry)[cause.ref]
        assert found["victims"] == list(cause.victims)
        assert set(found["at_risk"]) >= set(cause.at_risk or ())


def test_it_is_one_group_on_all_clusters(checked: Health) -> None:
    groups = [{cause["group"] for cause in checked.cluster(host)["root_causes"]} for host in HOSTS]
    assert groups[0]
    assert all(group == groups[0] for group in groups)


@every_case
def test_its_commands(case: Case, checked: Health, play: Play, shell: Shell, settled: Callable[[], None]) -> None:
    """Reading ones now; writing ones once it is mended."""
    reading = commands_of([case], checked, writes=False)[case.name]
    assert reading
    assert complaints(shell.run(reading).values()) == []
    play.repair()
    assert complaints(shell.run(commands_of([case], checked, writes=True)[case.name]).values()) == []
    settled()
