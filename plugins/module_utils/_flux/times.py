# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times and durations as Kubernetes and Go write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\d*(?:([Zz])|([+-])(\d\d):?(\d\d))\Z"
)
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def parse_time(text: str) -> datetime:
    """An RFC 3339 time as an aware UTC datetime; ValueError when it is none."""
    match = _TIME.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time like 2026-11-21T03:12:07Z")
    year, month, day, hour, minute, second = (int(match[part]) for part in range(1, 7))
    micros = int((match[7] or "").ljust(6, "0")[:6])
    moment = datetime(year, month, day, hour, minute, second, micros, timezone.utc)
    return moment if match[8] else moment - _offset(match[9], match[10], match[11])


def _offset(sign: str, hours: str, minutes: str) -> timedelta:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if sign == "-" else offset


def time_or_none(value: object) -> datetime | None:
    """The time an API object gives, or None when it gives none or nonsense."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    if not isinstance(value, str) or not value:
        return None
    try:
        return parse_time(value)
    except ValueError:
        return None


def parse_end(value: object) -> datetime:
    """The end of something planned: a time, or a day, which lasts to its end in UTC; ValueError otherwise."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    if len(text) == len("2026-12-24"):
        return parse_time(f"{text}T00:00:00Z") + timedelta(days=1)
    return parse_time(text)


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds: 2026-11-21T03:12:07Z."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def text_of(moment: datetime | None) -> str | None:
    """format_time, with None for None."""
    return None if moment is None else format_time(moment)


def parse_duration(value: str | float) -> float:
    """Seconds of a Go duration ("1h30m", "10m0s", also "2d") or of a plain number of seconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is not a duration like 10m, 1h30m or a number of seconds")
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def format_duration(seconds: float) -> str:
    """In the two largest units there are: 45s, 2m10s, 3h05m, 2d04h."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    if whole < 86400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{whole // 86400}d{whole % 86400 // 3600:02d}h"


def duration_or_none(value: object) -> float | None:
    """The duration an API object gives in seconds, or None when it gives none or nonsense."""
    if not isinstance(value, (str, int, float)) or value == "":
        return None
    try:
        return parse_duration(value)
    except ValueError:
        return None


def seconds_between(earlier: datetime | None, later: datetime) -> float | None:
    """Seconds from one moment to a later one, never below 0; None when the first is not known."""
    return None if earlier is None else max(0.0, (later - earlier).total_seconds())
