"""A targetPath and its value, as Helm's --set reads them. What Helm itself made of each was looked up once."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.strvals import set_into
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("outer.inner=value", {"outer": {"inner": "value"}}),
        ("name={a,b,c}", {"name": ["a", "b", "c"]}),
        (r"name=value1\,value2", {"name": "value1,value2"}),
        ("merge.at[2]=value", {"merge": {"at": [None, None, "value"]}}),
        (r"nodeSelector.kubernetes\.io/role=master", {"nodeSelector": {"kubernetes.io/role": "master"}}),
        ("a=TRUE,b=null,c=0,d=+7,e=007,f=1.5", {"a": True, "b": None, "c": 0, "d": 7, "e": "007", "f": "1.5"}),
        ("a=9223372036854775808", {"a": "9223372036854775808"}),
        ("a=", {"a": ""}),
        ("a.b=", {"a": {"b": ""}}),
        ("a[0].b=", {"a": []}),
        ("a[0=x", {}),
        ("a[1][0=x", {"a": []}),
        ("a={b,}c=1", {"a": ["b", ""], "c": 1}),
        ("a=fal\u017fe", {"a": False}),
        ("a=x\\", {"a": "x"}),
    ],
)
def test_each_is_what_helm_makes_of_it(line: str, found: dict[str, Any]) -> None:
    values: dict[str, Any] = {}
    set_into(values, line, typed=True)
    assert values == found
    assert str(values) == str(found), "true is not 1"


def test_untyped_every_value_is_a_text() -> None:
    values: dict[str, Any] = {}
    set_into(values, "a=true,b={1,null}", typed=False)
    assert values == {"a": "true", "b": ["1", "null"]}


def test_lists_are_changed_where_they_hang() -> None:
    inner = [{"name": "first"}, "second"]
    set_into({"list": inner}, "list[0].name=changed", typed=True)
    assert inner == [{"name": "changed"}, "second"]


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a.b",
        "a,b=1",
        "a=1,b",
        "a={x",
        "a[x]=1",
        "a[-1]=1",
        "a[70000]=1",
        "a[0]x=1",
        "a.=1",
        "t.b=1",
        "t[0]=1",
        "m[0]=1",
    ],
)
def test_what_helm_refuses_is_refused(line: str) -> None:
    with pytest.raises(Unverifiable, match=r"^Helm cannot set it: "):
        set_into({"t": "text", "m": {"a": 1}}, line, typed=True)
