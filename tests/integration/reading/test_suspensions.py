"""Suspensions carry who, since when and why, from whatever trace there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.playbook import Json


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "by-us",
            {"by": "ops-user", "reason": "disk swap", "ticket": "OPS-1423", "until": "2020-01-01T00:00:00Z",
             "change": "CHG-7", "last": "unknown", "overdue": True},
        ),
        ("by-flux", {"by": "flux", "reason": None, "ticket": None, "until": None, "change": None, "overdue": False}),
        ("by-web", {"by": "web-user@example.com", "reason": None, "overdue": False}),
    ],
)  # fmt: skip
def test_a_suspension_says_who_since_when_and_why(whole: Json, name: str, expected: dict[str, Any]) -> None:
    record = next(each for each in whole["objects"] if each["name"] == name)
    assert record["status"] == "suspended"
    if name == "by-us":
        # Never reconciled: whether it counts as young or as unobserved is a matter of seconds.
        expected = expected | {"last": record["suspended"]["last"]}
        assert expected["last"] in ("progressing", "unknown")
    assert expected.items() <= record["suspended"].items()
    assert record["created_at"] <= record["suspended"]["since"] <= whole["read_at"]


def test_a_suspended_failure_was_a_failure(whole: Json) -> None:
    record = next(each for each in whole["objects"] if each["name"] == "by-flux")
    assert record["suspended"]["last"] == "failed"
