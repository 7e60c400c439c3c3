"""The JSON of the fleet keeps its contract: what is written is described, and what is described is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.gates.tree import ROOT
from tests.unit.recorded_fleet import OUT_OF_REACH, WITH_FAILURES, fleet

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/flux-status-fleet.schema.json").read_text(encoding="utf-8"))


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema inside the schema."""
    if isinstance(schema, list):
        for item in schema:
            yield from nodes(item)
    elif isinstance(schema, dict):
        yield schema
        for item in schema.values():
            yield from nodes(item)


def closed() -> dict[str, Any]:
    """The schema without the freedom to add keys, which is for later versions and not for this one."""
    tight = copy.deepcopy(SCHEMA)
    for node in nodes(tight):
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
    return tight


def errors(document: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_what_real_clusters_gave_is_valid_and_described_to_the_last_key() -> None:
    assert [error.message for error in Draft202012Validator(closed()).iter_errors(fleet())] == []


def test_every_key_has_a_description() -> None:
    for node in nodes(SCHEMA):
        for name, item in (node.get("properties") or {}).items():
            if isinstance(item, dict) and name != "properties":
                assert item.get("description") or "$ref" in item, name


def test_every_required_key_is_described() -> None:
    for node in nodes(SCHEMA):
        if isinstance(node.get("properties"), dict):
            assert set(node.get("required", [])) <= set(node["properties"])


@pytest.mark.parametrize("key", ["schema_version", "generated_at", "verdict", "selected", "total", "clusters"])
def test_a_key_that_is_promised_is_required(key: str) -> None:
    document = fleet()
    del document[key]
    assert errors(document)


def test_a_record_has_every_key() -> None:
    record = fleet()["clusters"][WITH_FAILURES]["objects"][0]
    for key in record:
        document = fleet()
        del document["clusters"][WITH_FAILURES]["objects"][0][key]
        assert errors(document), key


def test_a_word_nobody_knows_is_refused() -> None:
    document = fleet()
    document["clusters"][OUT_OF_REACH]["verdict"] = "fine"
    assert errors(document)
    document = fleet()
    document["clusters"][WITH_FAILURES]["objects"][0]["status"] = "great"
    assert errors(document)
    assert errors(fleet() | {"schema_version": 2})


def test_a_later_key_does_not_break_a_reader_of_today() -> None:
    document = fleet() | {"later": 1}
    document["clusters"][WITH_FAILURES]["later"] = 1
    assert errors(document) == []
