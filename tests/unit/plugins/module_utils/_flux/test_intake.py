"""Whatever people hand to a filter."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import objects_of, pictures_of

from tests.unit.flux_objects import NOW, ago, event, git_repository, kustomization, ready, records

RAW = [kustomization("a"), kustomization("b", ready("Unknown", "Progressing", age=20)), git_repository()]
RECORDS = records(*RAW)
INFO = {
    "reachable": True,
    "cluster": {"context": "talos-ottawa"},
    "read_at": ago(0),
    "objects": RECORDS,
    "summary": {"total": 3},
    "changed": False,
}
DOWN = {"reachable": False, "reason": "connection refused", "cluster": {"context": "talos-robbinsdale"}, "objects": []}
FOREIGN = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "metadata": {"name": "x"}}


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (INFO, ["talos-ottawa"]),
        ([INFO], ["talos-ottawa"]),
        ({"results": [INFO, DOWN], "changed": False}, ["talos-ottawa", "talos-robbinsdale"]),
        ({"schema_version": 1, "clusters": {"ottawa": INFO, "robbinsdale": DOWN}}, ["ottawa", "robbinsdale"]),
        ({"ottawa": INFO, "robbinsdale": DOWN}, ["ottawa", "robbinsdale"]),
        ({"failed": True, "msg": "connection refused"}, ["cluster"]),
        (RECORDS, ["talos-ottawa"]),
        (RECORDS[0], ["talos-ottawa"]),
        ([*RECORDS, *records(kustomization(), cluster="talos-robbinsdale")], ["talos-ottawa", "talos-robbinsdale"]),
        (RAW, ["cluster"]),
        ({"apiVersion": "v1", "kind": "List", "items": RAW}, ["cluster"]),
        (RAW[0], ["cluster"]),
        ([{"apiVersion": "v1", "kind": "List", "items": RAW[:1]}], ["cluster"]),
        ([], ["cluster"]),
        ({"items": []}, ["cluster"]),
    ],
)
def test_the_clusters_in_it(data: Any, names: list[str]) -> None:
    assert [picture.name for picture in pictures_of(data, NOW)] == names


@pytest.mark.parametrize(
    "data", [INFO, [INFO], RECORDS, RAW, {"items": [*RAW, FOREIGN]}, {"clusters": {"ottawa": INFO}}]
)
def test_the_objects_in_it(data: Any) -> None:
    assert sorted(row["name"] for row in objects_of(data, NOW)) == ["a", "b", "fleet"]


def test_events_among_kubectls_objects_are_used() -> None:
    for last, status in ((30, "failed"), (90, "progressing")):
        found = objects_of([*RAW, event(RAW[1], "BuildFailed", last=last)], NOW)
        assert [row["status"] for row in found if row["name"] == "b"] == [status]


def test_silence_about_a_cluster_nobody_reached_is_an_error() -> None:
    with pytest.raises(InvalidInput) as error:
        objects_of([INFO, DOWN], NOW)
    assert str(error.value) == (
        "talos-robbinsdale was not reached (connection refused), so nothing can be said about its objects."
    )
    assert len(objects_of([INFO, DOWN], NOW, skip_unreachable=True)) == 3


def test_records_that_went_to_a_file_are_asked_for() -> None:
    partial = {**INFO, "summary": {"total": 128}}
    assert len(objects_of(partial, NOW)) == 3
    with pytest.raises(InvalidInput, match="talos-ottawa has 128 objects and only 3 are here: pass all of them"):
        objects_of(partial, NOW, complete=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "This is nothing; expected is a flux_info result,"),
        ("text", "This is a text (JSON goes through from_json first); expected is"),
        ({1}, "This is of type set; expected is"),
        (5, "This is a number; expected is"),
        ({}, "This mapping with the keys  is not"),
        ({"name": "x", "other": 1}, "This mapping with the keys name, other is not a flux_info result,"),
        ([INFO, 5], "This is a number; expected is"),
        ({"reachable": True, "objects": "x"}, "A cluster has no list of objects;"),
        ({"clusters": {"ottawa": None}}, "ottawa has no list of objects;"),
    ],
)
def test_one_sentence_for_anything_else(data: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput) as error:
        pictures_of(data, NOW)
    assert str(error.value).startswith(sentence)
