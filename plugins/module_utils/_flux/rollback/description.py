# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Helm says of a revision, without the values that its errors quote."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import MASK, redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored

# Shorter ones are words and numbers of any sentence.
_SHORTEST = 4


def description_of(stored: Stored) -> str:
    """The description of a revision. An API server that refuses an object likes to say what was wrong with it."""
    told = redact(stored.description)
    kept = {stored.chart, stored.chart_version, stored.app_version, stored.namespace}
    for value in sorted(_texts(stored.config) - kept, key=len, reverse=True):
        if value in told:
            told = re.sub(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", MASK, told)
    return told


def _texts(config: Mapping[str, Any]) -> set[str]:
    """The values as they can turn up in a text: whole, a line of them, or in base64 as in a Secret."""
    found: set[str] = set()
    for value in _leaves(config):
        lines = {line.strip() for line in value.splitlines()}
        found |= {value, base64.b64encode(value.encode(errors="replace")).decode(), *lines}
    return {text for text in found if len(text) >= _SHORTEST}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
