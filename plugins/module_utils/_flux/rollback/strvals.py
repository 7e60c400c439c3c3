# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Helm's --set language, in which a targetPath is read: a.b[0]=value, with lists, escapes and types.

Follows https://github.com/helm/helm/blob/v4.2.4/pkg/strvals/parser.go to the letter, also where that is odd: a text
that ends early is no error there, and lists are changed in place, wherever else they hang.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable

_MOST_INDEX, _DEEPEST = 65536, 30
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+\Z")
_LEAST, _MOST = -(2**63), 2**63 - 1
_NAMES: dict[str, Any] = {"true": True, "false": False, "null": None, "0": 0}


def set_into(values: dict[str, Any], line: str, *, typed: bool) -> None:
    """Sets what the line says. typed: true, null and 5 are not texts. Unverifiable when Helm refuses the line."""
    _Parser(line, typed=typed).parse(values)


class _End(Exception):
    """Where Helm meets the end of the text in the middle of an index: it stops there, and does not complain."""


class _Parser:
    def __init__(self, line: str, *, typed: bool) -> None:
        self._line, self._at, self._typed = line, 0, typed

    def parse(self, values: dict[str, Any]) -> None:
        try:
            while not self._key(values, 0):
                pass
        except _End:
            pass

    def _until(self, stop: Collection[str]) -> tuple[str, str]:
        """The text up to one of these characters, and which it was: empty at the end. A backslash hides the next."""
        found: list[str] = []
        while self._at < len(self._line):
            character = self._line[self._at]
            self._at += 1
            if character in stop:
                return "".join(found), character
            if character == "\\":
                if self._at == len(self._line):
                    break
                character = self._line[self._at]
                self._at += 1
            found.append(character)
        return "".join(found), ""

    def _key(self, data: dict[str, Any], depth: int) -> bool:
        """One key and its value; True at the end of the text."""
        key, last = self._until("=[,.")
        if not last:
            _require(not key, "ends without a value")
            return True
        if last == "[":
            return self._indexed(data, key, depth)
        if last == "=":
            value, ended = self._value()
            _put(data, key, value)
            return ended
        _require(last == ".", "has a key without a value")
        return self._nested(data, key, depth + 1)

    def _indexed(self, data: dict[str, Any], key: str, depth: int) -> bool:
        index = self._index()
        found = data.get(key, [])
        _require(isinstance(found, list), "sets an item of something that is no list")
        ended = True
        try:
            found, ended = self._item(found, index, depth)
        finally:
            _put(data, key, found)
        return ended

    def _nested(self, data: dict[str, Any], key: str, depth: int) -> bool:
        _require(depth <= _DEEPEST, "is nested too deeply")
        inner = data.get(key, {})
        _require(isinstance(inner, dict), "goes into something that is no mapping")
        try:
            ended = self._key(inner, depth)
        finally:
            if inner:
                _put(data, key, inner)
        _require(ended or bool(inner), "has a key without a value")
        return ended

    def _index(self) -> int:
        text, last = self._until("]")
        if not last:
            raise _End
        _require(bool(_WHOLE_NUMBER.match(text)), "has an index that is no number")
        index = int(text)
        _require(0 <= index <= _MOST_INDEX, "has an index that is out of range")
        return index

    def _item(self, values: list[Any], index: int, depth: int) -> tuple[list[Any], bool]:
        """What stands behind an index; the list as it is then, and whether the text has ended."""
        key, last = self._until("[.=")
        _require(not key, "has something behind an index")
        if not last:
            return values, True
        if last == "=":
            value, _ended = self._value()
            return _at_index(values, index, value), False
        present = values[index] if len(values) > index else None
        if last == "[":
            return self._list_in_list(values, index, present, depth)
        if not isinstance(present, dict):
            present = {}
            if len(values) > index:
                values[index] = present
        if self._key(present, depth):
            return values, True
        return _at_index(values, index, present), False

    def _list_in_list(self, values: list[Any], index: int, present: Any, depth: int) -> tuple[list[Any], bool]:
        inner = self._index()
        _require(present is None or isinstance(present, list), "sets an item of something that is no list")
        found, ended = self._item(present or [], inner, depth)
        return (values, True) if ended else (_at_index(values, index, found), False)

    def _value(self) -> tuple[Any, bool]:
        """A value, and whether the text has ended before it began."""
        if self._at == len(self._line):
            return "", True
        if self._line[self._at] == "{":
            self._at += 1
            return self._list(), False
        return self._read(self._until(",")[0]), False

    def _list(self) -> list[Any]:
        found = []
        while True:
            text, last = self._until(",}")
            _require(bool(last), "has a list without an end")
            found.append(self._read(text))
            if last == "}":
                self._at += self._line[self._at : self._at + 1] == ","
                return found

    def _read(self, text: str) -> Any:
        if not self._typed:
            return text
        folded = text.casefold()
        if len(folded) == len(text) and folded in _NAMES:
            return _NAMES[folded]
        if text[:1] != "0" and _WHOLE_NUMBER.match(text) and _LEAST <= int(text) <= _MOST:
            return int(text)
        return text


def _require(condition: bool, complaint: str) -> None:
    if not condition:
        raise Unverifiable(f"Helm cannot set it: what the targetPath and its value say together {complaint}")


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    if key:
        data[key] = value


def _at_index(values: list[Any], index: int, value: Any) -> list[Any]:
    """In place as far as the list reaches; a longer one is a new one."""
    if len(values) <= index:
        values = [*values, *[None] * (index + 1 - len(values))]
    values[index] = value
    return values
