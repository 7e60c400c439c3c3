# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a pause is to end, as a person says it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time, parse_duration, parse_end

_FORMS = "Give a time like 2026-11-21T18:00:00Z, a day like 2026-11-21 (to its end, UTC), or a duration like 4h or 2d."


class Until(NamedTuple):
    """text: UTC, RFC 3339. from_now: it was given as a duration."""

    text: str
    from_now: bool


def until_of(given: str, now: datetime) -> Until:
    """The end that a time, a day or a duration from now means; InvalidInput for anything else, and for the past."""
    try:
        end, from_now = _end_of(given.strip(), now)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"until {given!r} is no time and no duration.", _FORMS) from error
    if end <= now:
        raise InvalidInput(f"until {given!r} is over: on the cluster it is {format_time(now)}.", _FORMS)
    return Until(format_time(end), from_now)


def _end_of(given: str, now: datetime) -> tuple[datetime, bool]:
    """A number without a unit is refused: it could be hours as well as seconds."""
    try:
        seconds = None if given[-1:].isdigit() else parse_duration(given)
    except ValueError:
        seconds = None
    return (parse_end(given), False) if seconds is None else (now + timedelta(seconds=seconds), True)
