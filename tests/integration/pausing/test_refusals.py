"""What is refused is refused before the first write, in one sentence; and check mode writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.pausing.conftest import HOST, Desk
from tests.integration.playbook import Json

OWNED: Json = {"namespaces": ["pausing-owned"], "kinds": ["Kustomization"]}


@pytest.fixture(scope="module", autouse=True)
def another_change(desk: Desk) -> Iterator[None]:
    """One object is paused already."""
    assert desk.suspend(**OWNED, names=["third"], change="CHG-8")["changed"]
    yield
    desk.resume(change="CHG-8")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Nothing is selected."),
    "nothing but a change": ({"change": "CHG-9"}, "Nothing is selected."),
    "no reason": ({**OWNED, "reason": ""}, "reason is missing."),
    "an empty match": ({"namespaces": ["pausign"]}, "No object matches the selection."),
    "a misspelt name": ({**OWNED, "names": ["first", "secnod"]}, "is called secnod. Near it are: second"),
    "a name elsewhere": ({**OWNED, "names": ["plain"]}, "No Kustomization of the selection is called plain."),
    "a kind without a pause": ({"kinds": ["ExternalArtifact"]}, "ExternalArtifact cannot be paused"),
    "an address": ({"namespaces": ["pausing"], "names": ["address"]}, "type oci cannot be paused"),
    "no time": ({**OWNED, "until": "tomorrow"}, "until 'tomorrow' is no time and no duration."),
    "the past": ({**OWNED, "until": "2020-01-01"}, "until '2020-01-01' is over"),
    "another cluster": ({**OWNED, "expected_cluster_uid": "0-0-0"}, "is not the cluster that is meant"),
    "another change": (
        {**OWNED, "change": "CHG-9", "refuse_other_change": True},
        "Kustomization/pausing-owned/third is suspended by admin under change CHG-8 (disk swap). Nothing was written.",
    ),
    "a selector that is none": ({"label_selectors": ["a in b"]}, "Label selector 'a in b' cannot be read"),
    "a resume of nothing": ({"state": "resumed"}, "Nothing is selected."),
    "a resume of an empty change": ({"state": "resumed", "change": "", **OWNED}, "change is empty."),
}


@pytest.fixture(scope="module")
def refused(desk: Desk) -> dict[str, Json]:
    """All in one play."""
    mark = desk.bed.mark(HOST)
    calls = [{"state": "suspended", "reason": "disk swap"} | call for call, _sentence in WRONG.values()]
    results = dict(zip(WRONG, desk.run(*calls), strict=True))
    assert desk.writes(mark) == []
    return results


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_one_sentence_and_no_write(refused: dict[str, Json], case: str) -> None:
    result = refused[case]
    assert result["failed"] is True
    assert WRONG[case][1] in result["msg"]
    assert "Traceback" not in str(result)
    assert not result.get("changed")


def test_the_other_change_is_named_for_programs_too(refused: dict[str, Json]) -> None:
    assert refused["another change"]["error"]["change"] == "CHG-8"


def test_check_mode_writes_nothing(desk: Desk) -> None:
    mark = desk.bed.mark(HOST)
    results = desk.run(
        {"state": "suspended", "reason": "x", **OWNED, "change": "CHG-9", "_check_mode": True, "_diff": True},
        {"state": "resumed", "change": "CHG-8", "_check_mode": True, "_diff": True},
    )
    assert [result["changed"] for result in results] == [True, True]
    assert all(result["diff"] for result in results)
    assert desk.writes(mark) == []
    assert len(desk.bed.audit(HOST, mark)) > 20


def test_a_patch_that_is_forbidden_is_one_sentence_and_the_rest_is_told(desk: Desk) -> None:
    viewer: Json = {"kubeconfig": str(desk.bed.kubeconfig), "context": f"viewer-{HOST}"}
    call = {"state": "suspended", "reason": "x", **OWNED, "names": ["first", "second"], "timeout": 5}
    result = desk.ansible.tasks([{"gitops.flux.flux_suspend": call | viewer}])[0]
    assert result["failed"] is True
    assert "could not be suspended (2 objects, this is the first)" in result["msg"]
    assert "403" in result["msg"]
    assert result["msg"].count("\n") == 0
    assert [(row["state"], row["changed"]) for row in result["objects"]] == [("left", False)] * 2
    assert result["changed"] is False


def test_a_kind_that_may_not_be_read_is_said(desk: Desk) -> None:
    viewer: Json = {"kubeconfig": str(desk.bed.kubeconfig), "context": f"viewer-{HOST}"}
    common = {"state": "suspended", "reason": "x"} | viewer
    named, open_choice = desk.ansible.tasks(
        [
            {"gitops.flux.flux_suspend": common | {"kinds": ["HelmRelease"]}},
            {"gitops.flux.flux_suspend": common | {"namespaces": ["pausing"]}, "check_mode": True},
        ]
    )
    assert "HelmRelease cannot be read" in named["msg"]
    assert "Left out, because they cannot be read: HelmRelease." in open_choice["warnings"]
