"""Values put together; test_values.py of the integration tests holds the same to helm-controller."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values import Holder, composed, holders_of

HELD = Holder("Secret", "held")


def put_together(values: Any, text: str, **row: Any) -> Any:
    spec = {"values": values, "valuesFrom": [{"kind": "Secret", "name": "held", **row}]}
    return composed(spec, {HELD: {"values.yaml": text.encode()}}, json.loads)


def test_inline_values_come_last() -> None:
    assert put_together({"a": {"b": 1}}, '{"a": {"b": 2, "c": 3}, "d": 4}') == {"a": {"b": 1, "c": 3}, "d": 4}


def test_a_target_path_wins_below_an_inline_mapping_but_not_above() -> None:
    """It changes the very mapping that is merged last."""
    assert put_together({"a": {"b": 1}}, "2", targetPath="a.b") == {"a": {"b": 2}}
    assert put_together({"a": 1}, "2", targetPath="a") == {"a": 1}


def test_the_inline_values_of_the_object_stay_as_they_are() -> None:
    values = {"a": {"b": [1, 2]}}
    assert put_together(values, "x", targetPath="a.b[0]") == {"a": {"b": ["x", 2]}}
    assert values == {"a": {"b": [1, 2]}}


@pytest.mark.parametrize(("text", "found"), [('"true"', "true"), ("'1'", "1"), ("'", ""), ("'x", "'x"), ("true", True)])
def test_quotes_make_a_text(text: str, found: Any) -> None:
    assert put_together({}, text, targetPath="a") == {"a": found}


def test_a_literal_is_taken_as_it_is() -> None:
    text = 'a,b={c}[0]\\ "true"\n'
    assert put_together({}, text, targetPath=r"a\.b", literal=True) == {"a.b": text}


def test_large_numbers_are_what_go_makes_of_them() -> None:
    assert put_together({"a": 2**60 + 1, "b": 1.0, "c": 1e21}, "{}") == {"a": 1152921504606847000, "b": 1, "c": 1e21}


@pytest.mark.parametrize("row", [{"valuesKey": "other"}, {"name": "gone"}, {"kind": "Pod"}])
def test_what_is_missing_is_no_guess(row: Any) -> None:
    with pytest.raises(Unverifiable):
        put_together({}, "{}", **row)


def test_what_is_missing_may_be_optional() -> None:
    assert put_together({"a": 1}, "{}", valuesKey="other", optional=True) == {"a": 1}


@pytest.mark.parametrize("values", [{"a": "next\x85line"}, {"a": "\x7f"}, {"x" * 1001: 1}, {"a": 10**400}])
def test_inline_values_that_go_may_read_otherwise_are_no_guess(values: Any) -> None:
    with pytest.raises(Unverifiable):
        put_together(values, "{}")


def test_no_message_holds_a_value() -> None:
    for text, row in (("se=sa=me,x", {"targetPath": "a"}), ("sesame", {"targetPath": "t.b"})):
        with pytest.raises(Unverifiable) as caught:
            put_together({"t": "sesame"}, text, **row)
        assert "sesame" not in caught.value.message


def test_what_is_not_utf_8_is_not_quoted() -> None:
    spec = {"valuesFrom": [{"kind": "Secret", "name": "held"}]}
    with pytest.raises(Unverifiable, match="it is not UTF-8") as caught:
        composed(spec, {HELD: {"values.yaml": b"sesame \xff"}}, json.loads)
    assert caught.value.__suppress_context__


def test_each_holder_is_read_once() -> None:
    rows = [{"kind": "Secret", "name": "a"}, {"kind": "ConfigMap", "name": "a"}, {"kind": "Secret", "name": "a"}]
    assert holders_of({"valuesFrom": rows}) == [Holder("Secret", "a"), Holder("ConfigMap", "a")]
