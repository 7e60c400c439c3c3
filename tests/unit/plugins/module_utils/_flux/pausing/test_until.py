"""When a pause is to end, in every form a person may give it."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import until_of

from tests.unit.flux_objects import NOW


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("2026-11-21T18:00:00Z", "2026-11-21T18:00:00Z"),
        ("2026-11-21T18:00:00+02:00", "2026-11-21T16:00:00Z"),
        # What becomes of a time that YAML has read.
        ("2026-11-21 18:00:00+00:00", "2026-11-21T18:00:00Z"),
        ("2026-11-21", "2026-11-22T00:00:00Z"),
        (" 2026-12-24 ", "2026-12-25T00:00:00Z"),
    ],
)
def test_times_and_days(given: str, text: str) -> None:
    assert until_of(given, NOW) == (text, False)


@pytest.mark.parametrize(
    ("given", "text"),
    [("4h", "2026-11-21T07:12:07Z"), ("1h30m", "2026-11-21T04:42:07Z"), ("2d", "2026-11-23T03:12:07Z")],
)
def test_durations_count_from_now(given: str, text: str) -> None:
    assert until_of(given, NOW) == (text, True)


@pytest.mark.parametrize("given", ["tomorrow", "4", "3600", "", "4 hours", "2026-13-01", "18:00", "99999999999h", "h"])
def test_anything_else_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="no time and no duration") as error:
        until_of(given, NOW)
    assert "4h" in str(error.value.hint)


@pytest.mark.parametrize("given", ["2026-11-20", "2026-11-21T03:12:07Z", "0s"])
def test_the_past_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="is over: on the cluster it is 2026-11-21T03:12:07Z"):
        until_of(given, NOW)
