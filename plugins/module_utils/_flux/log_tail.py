# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tail of a container's log: redacted as a whole, then cut into short lines."""

from __future__ import annotations

import re

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time, time_or_none

LINE = 300
_BEGIN, _END = "-----BEGIN ", "-----END "
# Colours and whatever else steers a terminal: a report is also read with cat.
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def tail_of(text: str, lines: int) -> list[str]:
    """The last lines, each with its time to the second in front when the API gave one."""
    found = [line for line in redact(_whole_blocks(_STEERING.sub("", text))).splitlines() if line.strip()]
    return [_line(line) for line in found[max(0, len(found) - lines) :]]


def _whole_blocks(text: str) -> str:
    """A tail may start in the middle of a key: what is left of it is made a block again, for redaction to find."""
    end = text.find(_END)
    begin = text.find(_BEGIN)
    return f"{_BEGIN}KEY-----\n{text}" if end >= 0 and not 0 <= begin < end else text


def _line(line: str) -> str:
    stamp, _space, rest = line.partition(" ")
    moment = time_or_none(stamp)
    whole = f"{format_time(moment)} {rest}" if moment else line
    return f"{whole[:LINE]} …" if len(whole) > LINE else whole
