"""YAML as Go reads it. What its library made of each was looked up once, and of some hundred thousand random ones."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.go_yaml import read_values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("off", False),
        ("~", None),
        ("007", 7),
        ("08", 8),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0b101", -5),
        ("0b-101", -5),
        ("1_000", 1000),
        ("1e3", 1000),
        ("1.0", 1),
        (".5", 0.5),
        ("1:30", "1:30"),
        ("2026-11-21", "2026-11-21"),
        ("0x", "0x"),
        ("1e400", "1e400"),
        ("9007199254740993", 9007199254740992),
        ("12345678901234567890", 12345678901234567000),
        ("1e21", 1e21),
        ("<<", "<<"),
        ("'y'", "y"),
        ("[a:b, http://x:80/, 12:30]", ["a:b", "http://x:80/", "12:30"]),
    ],
)
def test_a_plain_scalar_is_what_go_makes_of_it(text: str, value: Any) -> None:
    found = read_values(f"a: {text}\n")
    assert found == {"a": value}
    assert isinstance(found["a"], bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# nothing\n", {}),
        ("null", {}),
        ("1: a\ntrue: b\n", {"1": "a", "true": "b"}),
        ("a: 1\na: 2\n", {"a": 2}),
        ("x: &x {a: 1}\ny: {a: 2, <<: *x, b: 3}\n", {"x": {"a": 1}, "true": {"a": 1, "b": 3}}),
        ("x: &x {a: 1}\nz: {<<: *x, a: 2}\n", {"x": {"a": 1}, "z": {"a": 2}}),
        ("a: 1\n---\nb: 2\n", {"a": 1}),
    ],
)
def test_a_document_is_what_go_makes_of_it(text: str, values: Any) -> None:
    assert read_values(text) == values


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a\n", "no mapping"),
        ("a: !!int '1'\n", "tags"),
        ("! a: 1\n", "tags"),
        ("%YAML 1.1\n---\na: 1\n", "directive"),
        ("a: .nan\n", "JSON cannot hold"),
        ("1.5: a\n", "neither a text nor a whole number"),
        ("~: a\n", "neither a text nor a whole number"),
        ("1: a\n'1': b\n", "one key"),
        ("a: [b:]\n", "colon at the end"),
        ("a: 'one\x85two'\n", "read differently"),
        ('a: "\\ud83d"\n', "half a character"),
        ("a: [\n", "not valid YAML"),
        ("a: &a [*a]\n", "nested too deeply|not valid YAML"),
        ("a: {<<: 1}\n", "merges something"),
        ("{" * 3000, "nested too deeply|not valid YAML"),
    ],
)
def test_what_could_be_read_differently_is_not_read(text: str, why: str) -> None:
    with pytest.raises(Unverifiable, match=why):
        read_values(text)


def test_the_reason_quotes_nothing() -> None:
    with pytest.raises(Unverifiable) as caught:
        read_values("password: 'sesame\n")
    assert "sesame" not in caught.value.message
    assert caught.value.__suppress_context__


def test_a_document_that_repeats_itself_without_end_is_not_read() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, earlier in (("b", "a"), ("c", "b"), ("d", "c")):
        text += f"{name}: &{name} [{', '.join([f'*{earlier}'] * 10)}]\n"
    with pytest.raises(Unverifiable, match="aliases too often"):
        read_values(text)
