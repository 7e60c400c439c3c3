"""Ansible's values become plain ones."""

from __future__ import annotations

import json

import pytest
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain, words


class Text(str):
    """A string with something attached."""

    __slots__ = ("origin",)


class Number(int):
    """An integer with something attached."""


def test_nothing_but_exact_types_is_left() -> None:
    value = {Text("key"): [Text("a"), Number(3), True, None, 1.5, (Text("b"),), {Text("c")}]}
    result = plain(value)
    assert result == {"key": ["a", 3, True, None, 1.5, ["b"], ["c"]]}
    assert [type(item) for item in result["key"]] == [str, int, bool, type(None), float, list, list]
    assert [type(key) for key in result] == [str]
    assert json.loads(json.dumps(result)) == result


def test_what_ansible_templates_becomes_plain() -> None:
    variables = {"context": "talos-ottawa", "nested": {"list": ["{{ context }}"], "number": 3}}
    templated = Templar(loader=None, variables=variables).template(variables["nested"])
    result = plain(templated)
    assert [type(item) for item in (result, result["list"][0], result["number"])] == [dict, str, int]


def test_what_ansible_marks_as_unsafe_becomes_plain() -> None:
    result = plain(wrap_var({"key": ["value"]}))
    assert (type(result), type(result["key"]), type(result["key"][0])) == (dict, list, str)


def test_what_json_does_not_know_becomes_its_text() -> None:
    assert plain(range(2)) == "range(0, 2)"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, []),
        ("", []),
        ([], []),
        ("a", ["a"]),
        (" a , b ", ["a", "b"]),
        ("a\nb\n\n", ["a", "b"]),
        (["a", "b,c"], ["a", "b", "c"]),
        (("a\r\nb",), ["a", "b"]),
    ],
)
def test_lists_may_be_texts(given: object, expected: list[str]) -> None:
    assert words(given) == expected
