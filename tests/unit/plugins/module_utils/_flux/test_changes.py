"""What is new, fixed and still there."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.changes import health_changes


def cause(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "Kustomization", "namespace": "n", "name": name, "class": "unknown", "message": name, **more}


def entry(*names: str, reachable: bool = True, known: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "reachable": reachable,
        "root_causes": [cause(name) for name in names],
        "known_failures": [cause(name, known={"ticket": "OPS-1"}) for name in known],
    }


def outline(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, list[Any]]:
    found = health_changes(None if before is None else {"clusters": before}, {"clusters": after})
    rows = {key: [f"{row['cluster']}/{row['name']}" for row in found[key]] for key in ("new", "fixed", "still")}
    return {**rows, "not_compared": found["not_compared"]}


def test_new_fixed_and_still() -> None:
    found = outline({"a": entry("x", "y"), "gone": entry("z")}, {"a": entry("y", "w"), "added": entry("v")})
    assert found == {"new": ["a/w"], "fixed": ["a/x"], "still": ["a/y"], "not_compared": []}


def test_what_nobody_saw_is_neither_new_nor_fixed() -> None:
    empty: dict[str, list[Any]] = {"new": [], "fixed": [], "still": []}
    assert outline({"a": entry("x")}, {"a": entry(reachable=False)}) == {**empty, "not_compared": ["a"]}
    assert outline({"a": entry(reachable=False)}, {"a": entry("x")}) == {**empty, "not_compared": ["a"]}


def test_what_became_known_is_not_fixed() -> None:
    assert outline({"a": entry("x")}, {"a": entry(known=("x",))})["still"] == ["a/x"]


def test_without_an_earlier_check() -> None:
    assert outline(None, {"a": entry("x")}) == {"new": [], "fixed": [], "still": [], "not_compared": []}
