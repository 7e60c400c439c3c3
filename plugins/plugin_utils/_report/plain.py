# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's values as plain Python: pure code and JSON never meet a tag, a lazy template or an unsafe string."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Plain = Any  # None, bool, int, float, str, and lists and dicts of them


def plain(value: object) -> Plain:
    """A copy of value made of exact built-in types only. What JSON does not know becomes its text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {_text(key): plain(value[key]) for key in value}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    return _text(value)


def _text(value: object) -> str:
    # str() of a subclass may answer with the subclass; a join never does.
    return "".join(("", str(value)))


def words(value: object) -> list[str]:
    """A list, or a text with commas or line breaks as an AWX survey sends it, as a list of trimmed words."""
    if value is None:
        return []
    items = value if isinstance(value, (list, tuple)) else [value]
    return [word.strip() for item in items for word in str(item).replace("\n", ",").split(",") if word.strip()]
