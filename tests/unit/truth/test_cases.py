"""The cases as data: whole, and told apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import pytest

from tests.testbed.faults import FAULTS
from tests.testbed.testbed import FLEET
from tests.truth.case import Case, Stage, case_of, load_cases
from tests.truth.usual import usual

CASES = load_cases()
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def test_each_has_a_name_and_a_title_of_its_own() -> None:
    assert max(Counter(case.name for case in CASES).values()) == 1
    assert max(Counter(case.title for case in CASES).values()) == 1


def test_no_namespace_belongs_to_two() -> None:
    assert max(Counter(name for case in CASES for name in case.namespaces).values()) == 1


@every_case
def test_it_says_what_is_wrong_and_how_it_is_mended(case: Case) -> None:
    assert case.expect.causes or case.expect.hints or case.expect.overdue
    assert case.make
    assert all(any(getattr(stage, each.name) for each in fields(Stage)) for stage in case.repair if not case.faults)
    assert case.cluster in FLEET


@every_case
def test_its_subject_is_a_cause_a_victim_or_told_of(case: Case) -> None:
    told = {
        name
        for cause in case.expect.causes
        for name in (cause.ref, *cause.victims, *cause.among_victims, *cause.members)
    }
    assert case.subject in {*told, *case.expect.hints, *case.expect.overdue}


@every_case
def test_no_victim_is_a_cause(case: Case) -> None:
    assert not set(case.cause_names) & {victim for cause in case.expect.causes for victim in cause.victims}


@every_case
def test_its_faults_are_known(case: Case) -> None:
    assert {fault["name"] for fault in case.faults} <= set(FAULTS)


def test_what_nobody_knows_is_refused() -> None:
    told = {"name": "x", "title": "X", "subject": "Kustomization/a", "make": [], "repair": [], "expect": {}}
    assert case_of(told).subject == "Kustomization/truth-x/a"
    with pytest.raises(ValueError, match="nobody knows expects"):
        case_of(told | {"expects": {}})


def test_an_object_has_what_is_usual_unless_it_says_otherwise() -> None:
    item = usual(
        {"kind": "HelmRelease", "name": "app", "spec": {"chart": {"spec": {"version": "2.0.0"}}, "timeout": None}}
    )
    assert item["metadata"] == {"namespace": "@NS@", "name": "app"}
    assert item["spec"]["chart"]["spec"]["version"] == "2.0.0"
    assert item["spec"]["chart"]["spec"]["chart"] == "demo-config"
    assert "timeout" not in item["spec"]
    assert "chart" not in usual({"kind": "HelmRelease", "name": "app", "spec": {"chartRef": {}}})["spec"]
