"""Where two structures differ, without a word of what stands there."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        ({}, {}, []),
        ({"a": {"b": [1, {"c": "x"}]}}, {"a": {"b": [1, {"c": "x"}]}}, []),
        ({"a": 1}, {"a": 2}, ["a"]),
        ({"b": 1, "a": 1}, {"b": 2, "a": 2}, ["a", "b"]),
        ({"image": {"tag": "1"}}, {"image": {"tag": "2"}}, ["image.tag"]),
        ({"image": {"tag": "1"}}, {}, ["image"]),
        ({"image": {"tag": "1"}}, {"image": "web:1"}, ["image"]),
        ({"image": {}}, {"image": None}, ["image"]),
        # Null takes a default of the chart away, so it is not the same as nothing.
        ({"image": None}, {}, ["image"]),
        (
            {"containers": [{"image": "a"}, {"image": "b"}]},
            {"containers": [{"image": "c"}]},
            ["containers[0].image", "containers[1]"],
        ),
        ({"a": [[1, 2], [3]]}, {"a": [[1, 9], [3, 4]]}, ["a[0][1]", "a[1][1]"]),
        ({"a": ["x"]}, {"a": "x"}, ["a"]),
        ({"a": []}, {"a": {}}, ["a"]),
    ],
)
def test_a_path_leads_to_each_difference_and_no_further(one: Any, other: Any, paths: list[str]) -> None:
    assert paths_that_differ(one, other) == paths
    assert paths_that_differ(other, one) == paths


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("plain_key-1/x", "at.plain_key-1/x"),
        ("example.com/class", 'at."example.com/class"'),
        ("a[0]", 'at."a[0]"'),
        ("", 'at.""'),
        ('say "no"', 'at."say \\"no\\""'),
        ("größe", 'at."größe"'),
        ("two\nlines", 'at."two\\nlines"'),
    ],
)
def test_a_key_that_would_read_as_a_path_is_quoted(key: str, path: str) -> None:
    assert paths_that_differ({"at": {key: 1}}, {"at": {key: 2}}) == [path]


def test_types_count_but_not_how_a_number_is_written() -> None:
    assert paths_that_differ({"a": 1, "b": 0}, {"a": True, "b": False}) == ["a", "b"]
    assert paths_that_differ({"a": "1", "b": "true"}, {"a": 1, "b": True}) == ["a", "b"]
    assert paths_that_differ({"a": 1, "b": 2.0}, {"a": 1.0, "b": 2}) == []


def test_no_value_is_ever_a_part_of_a_path() -> None:
    secret = "hunter2-of-the-night"
    found = paths_that_differ({"a": [secret], "b": secret, "c": {"d": secret}}, {"a": [], "b": {"x": secret}, "c": 0})
    assert found == ["a[0]", "b", "c"]
