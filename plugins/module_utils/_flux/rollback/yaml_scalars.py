# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How go-yaml (version 2) may write a scalar: what it would read as something else, and which styles a text allows."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, NamedTuple

Style = Literal["plain", "single", "double", "literal"]

# https://github.com/yaml/go-yaml/blob/v2.4.0/resolve.go
_WORDS = frozenset(
    {
        word
        for each in ("yes", "no", "true", "false", "on", "off", "null")
        for word in (each, each.title(), each.upper())
    }
    | {sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")}
    | {"y", "Y", "n", "N", "", "~", ".nan", ".NaN", ".NAN"}
)
_HINTS = frozenset("+-0123456789yYnNtTfFoO~.")
_INTEGER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)")
_BINARY = re.compile(r"-?0b[+-]?[01]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_POINT_FIRST = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:([Tt ])([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[+-]([0-9]{2}):([0-9]{2}))?)?"
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_BREAKS = frozenset("\r\n\x85\u2028\u2029")
_BLANKS = frozenset(" \t\0") | _BREAKS
_FIRST = frozenset("#,[]{}&*!|>'\"%@`")


class Scalar(NamedTuple):
    """A text and the style it is to be written in, as far as that is possible."""

    text: str
    style: Style = "plain"


class Allowed(NamedTuple):
    """Which styles a text allows; double quotes always do."""

    multiline: bool
    plain: bool
    single: bool
    literal: bool


def is_read_as_text(text: str) -> bool:
    """Whether the text, written without quotes, would be read as text again."""
    if text and text[0] not in _HINTS:
        return True
    return not (text in _WORDS or _is_number(text) or _is_time(text) or _BASE_60.fullmatch(text))


def _is_number(text: str) -> bool:
    if text[0] == ".":
        return bool(_POINT_FIRST.fullmatch(text)) and _is_finite(text)
    if text[0] not in "+-0123456789":
        return False
    plain = text.replace("_", "")
    if _INTEGER.fullmatch(plain) and _fits(plain):
        return True
    if _FLOAT.fullmatch(plain) and _is_finite(plain):
        return True
    return bool(_BINARY.fullmatch(plain)) and _fits(plain)


def _fits(plain: str) -> bool:
    """Into 64 bits; a sign costs one of them."""
    digits = plain.lstrip("+-").lower()
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2])
    if base:
        digits = digits[2:]
    signed = plain[0] in "+-" or digits[0] in "+-"
    number = int(digits.lstrip("+-"), base or (8 if digits[0] == "0" else 10))
    return number < 2**64 if not signed else number <= 2**63 - ("-" not in plain)


def _is_finite(plain: str) -> bool:
    return float(plain) not in (float("inf"), float("-inf"))


def _is_time(text: str) -> bool:
    """Only what stands for a moment that exists."""
    found = _TIME.fullmatch(text)
    if not found:
        return False
    year, month, day = (int(found[part]) for part in (1, 2, 3))
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + leap):
        return False
    if not found[4]:
        return True
    in_day = int(found[5]) < 24 and int(found[6]) < 60 and int(found[7]) < 60
    in_zone = not found[9] or (int(found[9]) <= 24 and int(found[10]) <= 60)
    return in_day and in_zone and bool(found[8]) == (found[4] != " ")


def styles_of(text: str) -> Allowed:
    """https://github.com/yaml/go-yaml/blob/v2.4.0/emitterc.go, yaml_emitter_analyze_scalar"""
    if not text:
        return Allowed(multiline=False, plain=True, single=True, literal=False)
    special = not all(is_printable(char) for char in text)
    breaks = not _BREAKS.isdisjoint(text)
    kinds = ["space" if char == " " else "break" if char in _BREAKS else "" for char in text]
    pairs = set(pairwise(kinds))
    # A space before a break, after the first: it would be lost, or read as another.
    space_break, break_space = ("space", "break") in pairs, ("break", "space") in pairs
    at_an_end = bool(kinds[0] or kinds[-1])
    plain = not (at_an_end or break_space or space_break or special or breaks or _has_indicator(text))
    single = not (break_space or space_break or special)
    return Allowed(breaks, plain, single, literal=not (kinds[-1] == "space" or space_break or special))


def _has_indicator(text: str) -> bool:
    """Whether it would be read as more than a text in a block."""
    first_alone = len(text) == 1 or text[1] in " \t"
    if text[:3] in ("---", "...") or text[0] in _FIRST or (text[0] in "?:-" and first_alone):
        return True
    for index in range(1, len(text)):
        if text[index] == ":" and (index + 1 == len(text) or text[index + 1] in " \t"):
            return True
        if text[index] == "#" and text[index - 1] in _BLANKS:
            return True
    return False


def is_break(char: str) -> bool:
    return char in _BREAKS


def is_printable(char: str) -> bool:
    """Without quotes and escapes; nothing beyond the first 65,536 characters is."""
    code = ord(char)
    return (
        char == "\n" or 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)
    )
