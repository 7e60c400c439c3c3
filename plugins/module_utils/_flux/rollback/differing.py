# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where two structures differ, as paths: what differs there may be a secret, so it is never said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Anything else in a key would be read as a part of the path.
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_/-]+\Z")
_ABSENT = object()


def paths_that_differ(a: Any, b: Any) -> list[str]:
    """The paths at which a and b differ, for example containers[0].image and annotations."example.com/class".

    What only one of them has is one path, whatever is below it.
    """
    return list(_differing(a, b, ""))


def _differing(a: Any, b: Any, path: str) -> Iterator[str]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({*a, *b}, key=str):
            yield from _differing(a.get(key, _ABSENT), b.get(key, _ABSENT), _below(path, str(key)))
    elif _is_list(a) and _is_list(b):
        for index in range(max(len(a), len(b))):
            yield from _differing(_item(a, index), _item(b, index), f"{path}[{index}]")
    elif not _is_same(a, b):
        yield path


def _below(path: str, key: str) -> str:
    step = key if _PLAIN_KEY.match(key) else json.dumps(key, ensure_ascii=False)
    return f"{path}.{step}" if path else step


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _item(values: Sequence[Any], index: int) -> Any:
    return values[index] if index < len(values) else _ABSENT


def _is_same(a: Any, b: Any) -> bool:
    """1 and 1.0 are the same number to Helm; 1 and true, which are equal in Python, are not."""
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)
