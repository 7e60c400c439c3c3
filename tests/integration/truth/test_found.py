"""What the health check says while every fault is there."""

from __future__ import annotations

import pytest

from tests.integration.playbook import HOSTS, Health
from tests.integration.truth.conftest import FIRST, causes
from tests.truth.case import Case
from tests.truth.judging import (
    causes_found,
    classes_expected,
    classes_found,
    hints_found,
    is_not_called_well,
    overdue_found,
    statuses_found,
    unexpected,
)

every_case = pytest.mark.parametrize("case", FIRST, ids=[case.name for case in FIRST])


@every_case
def test_the_status_of_every_object(case: Case, broken: Health) -> None:
    assert statuses_found(case, broken.cluster(case.cluster)) == dict(case.expect.statuses)


@every_case
def test_the_causes_and_their_classes(case: Case, broken: Health) -> None:
    assert classes_found(case, broken.cluster(case.cluster)) == classes_expected(case)


@every_case
def test_what_hangs_on_a_cause(case: Case, broken: Health) -> None:
    found = causes_found(case, broken.cluster(case.cluster))
    for cause in case.expect.causes:
        victims = set(found[cause.ref]["victims"])
        assert set(cause.among_victims) <= victims
        if not cause.among_victims:
            assert victims == set(cause.victims)
            assert found[cause.ref]["freed_alone"] == (len(victims) if cause.freed_alone is None else cause.freed_alone)
        assert found[cause.ref]["members"] == list(cause.members)
        if cause.at_risk is not None:
            assert set(found[cause.ref]["at_risk"]) >= set(cause.at_risk)


@every_case
def test_what_the_cause_says(case: Case, broken: Health) -> None:
    found = causes_found(case, broken.cluster(case.cluster))
    for cause in case.expect.causes:
        told = found[cause.ref]
        assert cause.says in told["message"]
        assert told["meaning"]
        assert told["remedy"]
        assert cause.handoff is None or str(told["handoff"]).partition(":")[0] == cause.handoff


@every_case
def test_hints_and_forgotten_suspensions(case: Case, broken: Health) -> None:
    entry = broken.cluster(case.cluster)
    assert hints_found(case, entry) == dict(case.expect.hints)
    assert overdue_found(case, entry) == case.expect.overdue


@every_case
def test_it_is_not_called_well(case: Case, broken: Health) -> None:
    assert is_not_called_well(case, broken.cluster(case.cluster))


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_else_is_called_a_cause(host: str, broken: Health) -> None:
    assert unexpected([case for case in FIRST if case.cluster == host], broken.cluster(host)) == []


@pytest.mark.parametrize("host", HOSTS)
def test_no_victim_is_called_a_cause(host: str, broken: Health) -> None:
    named = {f"{cause['kind']}/{cause['namespace']}/{cause['name']}" for cause in causes(broken, host)}
    assert not named & {victim for cause in causes(broken, host) for victim in cause["victims"]}


def test_every_cluster_is_degraded(broken: Health) -> None:
    assert broken.rc == 2
    assert broken.verdicts() == dict.fromkeys(HOSTS, "degraded")
