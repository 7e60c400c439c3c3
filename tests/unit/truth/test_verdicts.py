"""The rule by which an answer is right or wrong, and how answers are read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.truth.answers import IN_PROGRESS, NOT_OK, NOTHING, OK, Answer, table_rows
from tests.truth.case import Case, case_of
from tests.truth.page import page
from tests.truth.verdicts import Verdict, our_verdict, our_words, verdict_on

TOLD: dict[str, Any] = {
    "name": "chain",
    "title": "A chain",
    "subject": "Kustomization/leaf",
    "make": [{}],
    "repair": [{}],
    "expect": {
        "statuses": {"Kustomization/leaf": "blocked"},
        "causes": [{"cause": "Kustomization/root", "class": "build", "victims": ["Kustomization/leaf"]}],
    },
}
CHAIN = case_of(TOLD)
ITSELF = case_of(TOLD | {"expect": {"causes": [{"cause": "Kustomization/leaf", "class": "build"}]}})
LEAF = {"kind": "Kustomization", "namespace": "truth-chain", "name": "leaf", "status": "blocked", "flags": []}
ROOT = {
    "kind": "Kustomization", "namespace": "truth-chain", "name": "root", "class": "build",
    "victims": ["Kustomization/truth-chain/leaf"],
}  # fmt: skip
ENTRY: dict[str, Any] = {"objects": [LEAF], "root_causes": [ROOT], "hints": [], "suspensions": []}


@pytest.mark.parametrize(
    ("case", "means", "text", "right"),
    [
        (CHAIN, NOT_OK, "dependency 'truth-chain/root' is not ready", True),
        (CHAIN, NOT_OK, "dependency 'truth-chain/middle' is not ready", False),
        (CHAIN, NOT_OK, "the rooted one", False),
        (CHAIN, IN_PROGRESS, "waiting for root", False),
        (CHAIN, OK, "root", False),
        (ITSELF, NOT_OK, "whatever it says", True),
        (ITSELF, NOTHING, "", False),
    ],
)
def test_right_is_not_ok_with_every_cause_named(case: Case, means: str, text: str, right: bool) -> None:
    assert verdict_on(Answer("flux get", "…", means, text), case).right is right


def test_without_a_cause_to_name_no_false_ready_is_right() -> None:
    drifted = case_of(TOLD | {"expect": {"hints": {"Kustomization/leaf": "drift"}}})
    assert not verdict_on(Answer("flux get", "False", NOT_OK, "something else"), drifted).right


def test_ours_has_to_name_status_cause_and_class_and_no_other() -> None:
    assert our_verdict(CHAIN, ENTRY).right
    assert our_words(CHAIN, ENTRY) == "blocked; Kustomization root build"
    assert not our_verdict(CHAIN, ENTRY | {"root_causes": [ROOT | {"class": "unknown"}]}).right
    assert not our_verdict(CHAIN, ENTRY | {"root_causes": []}).right
    assert not our_verdict(CHAIN, ENTRY | {"root_causes": [ROOT, ROOT | {"name": "leaf"}]}).right
    assert not our_verdict(CHAIN, ENTRY | {"objects": [LEAF | {"status": "ready"}]}).right


def test_tables_are_read_by_tabs_and_by_headings() -> None:
    tabs = "NAME\tREVISION\tSUSPENDED\tREADY\tMESSAGE\napp \t        \tFalse    \tFalse\tit is broken\n"
    assert table_rows(tabs)[0] == {
        "NAME": "app", "REVISION": "", "SUSPENDED": "False", "READY": "False", "MESSAGE": "it is broken"
    }  # fmt: skip
    aligned = "KIND           NAME   READY  MESSAGE\nKustomization  app    False  it is broken\n"
    assert table_rows(aligned)[0] == {
        "KIND": "Kustomization", "NAME": "app", "READY": "False", "MESSAGE": "it is broken"
    }  # fmt: skip
    assert table_rows("") == []


def test_the_page_counts_and_leaves_out_what_differs_from_run_to_run() -> None:
    tools = ("flux get", "kubectl wait", "Ready condition", "flux-operator get all")
    said = "False: dial tcp 127.0.0.1:40123: connect | main@sha1:" + "0" * 40
    row = {tool: Verdict(tool, False, said, "says nothing") for tool in tools} | {
        "gitops.flux": Verdict("", True, "ok", "")
    }
    text = page([(CHAIN, row)])
    assert "| gitops.flux | 1 | 0 |  |" in text
    assert "| flux get | 0 | 1 | 1x says nothing |" in text
    assert "False: dial tcp 127.0.0.1:…: connect \\| main@sha1:…" in text
