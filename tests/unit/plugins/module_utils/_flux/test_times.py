"""Times and durations."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import (
    format_time,
    parse_duration,
    parse_end,
    parse_time,
    seconds_between,
    time_or_none,
)

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00Z",
        "2026-11-21T12:00:00.000Z",
        "2026-11-21T12:00:00.000000000Z",
        "2026-11-21T14:00:00+02:00",
        "2026-11-21T07:30:00.0-0430",
        "2026-11-21 12:00:00Z",
    ],
)
def test_every_spelling_of_a_moment_is_the_same_moment(text: str) -> None:
    assert parse_time(text) == NOON
    assert format_time(parse_time(text)) == "2026-11-21T12:00:00Z"


def test_fractions_are_kept() -> None:
    assert parse_time("2026-11-21T12:00:00.123456789Z").microsecond == 123456


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-11-21", "2026-13-41T12:00:00Z", 5, {}])
def test_what_is_no_time_is_none(value: Any) -> None:
    assert time_or_none(value) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m0s", 600),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("1.5h", 5400),
        ("24h", 86400),
        ("2d", 172800),
        ("600", 600),
        (600, 600),
        (0.5, 0.5),
        ("0s", 0),
    ],
)
def test_durations(text: Any, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "10 m", "m", "10m!", "-5m"])
def test_what_is_no_duration_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration like 10m"):
        parse_duration(text)


def test_a_planned_day_lasts_to_its_end() -> None:
    assert format_time(parse_end("2026-12-24")) == "2026-12-25T00:00:00Z"
    assert format_time(parse_end("2026-12-24T18:00:00Z")) == "2026-12-24T18:00:00Z"


def test_nothing_is_younger_than_now() -> None:
    assert seconds_between(NOON, parse_time("2026-11-21T11:59:00Z")) == 0
    assert seconds_between(None, NOON) is None
