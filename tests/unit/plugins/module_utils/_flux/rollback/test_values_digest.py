"""The digest of values, against what github.com/fluxcd/pkg/chartutil v1.27.2 makes of the same values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import sorted_yaml, values_digest

ROWS = json.loads((Path(__file__).parents[5] / "fixtures" / "values_digests.json").read_text())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: next(iter(row["values"]), "nothing")[:20])
def test_the_digest_is_the_one_go_computes(row: dict[str, Any]) -> None:
    assert values_digest(row["values"]) == row["digest"]


def test_no_values_have_the_digest_of_nothing() -> None:
    assert values_digest({}) == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_order_of_keys_does_not_matter() -> None:
    assert values_digest({"a": 1, "b": {"c": 1, "d": 2}}) == values_digest({"b": {"d": 2, "c": 1}, "a": 1})


def test_the_yaml_is_laid_out_as_go_does() -> None:
    values = {"b": [{"x": 1, "y": [[1], []]}], "a": {"on": "yes", "text": "one\ntwo"}, "c": {}}
    assert sorted_yaml(values) == (
        'a:\n  "on": "yes"\n  text: |-\n    one\n    two\nb:\n- x: 1\n  "y":\n  - - 1\n  - []\nc: {}\n'
    )


def test_words_are_folded_behind_column_80() -> None:
    text = sorted_yaml({"text": "word " * 30 + "end"})
    assert max(len(line) for line in text.splitlines()) <= 86
    assert len(text.splitlines()) == 2
    assert yaml.safe_load(text) == {"text": "word " * 30 + "end"}


def test_half_a_surrogate_pair_is_what_go_reads_in_its_place() -> None:
    assert values_digest({"a": "\ud800"}) == values_digest({"a": "\ufffd"})


def test_integers_and_floats_of_the_same_value_are_the_same() -> None:
    assert values_digest({"a": 3}) == values_digest({"a": 3.0})
    assert values_digest({"a": 1}) != values_digest({"a": True})
