# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes YAML to the letter as go-yaml (version 2) does: its indents, its quotes, its folds behind column 80.

What another library writes means the same and has another digest.
https://github.com/yaml/go-yaml/blob/v2.4.0/emitterc.go
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.yaml_scalars import (
    Allowed,
    Scalar,
    Style,
    is_break,
    is_printable,
    styles_of,
)

_INDENT, _WIDTH = 2, 80
# Bytes up to which a key stands before its colon without a question mark.
_SIMPLE_KEY = 128
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


class Writer:
    """Takes nodes in their order; a key or an item comes before its value."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._indent = -1
        self._column = 0
        # The last thing written was white space; nothing but indents and indicators were written in this line.
        self._after_space = self._at_start = True
        self._in_mapping = False

    def finished(self) -> str:
        self._new_line()
        return "".join(self._parts)

    @contextmanager
    def mapping(self, length: int) -> Iterator[None]:
        with self._block(length, "{}", deeper=True):
            yield

    @contextmanager
    def sequence(self, length: int) -> Iterator[None]:
        """A list that is the value of a key stands no deeper than the key."""
        with self._block(length, "[]", deeper=not self._in_mapping or self._at_start):
            yield

    @contextmanager
    def _block(self, length: int, empty: str, *, deeper: bool) -> Iterator[None]:
        outer = self._indent
        if length == 0:
            self._indicator(empty[0], is_space=True)
            self._indicator(empty[1], spaced=False)
        elif outer < 0:
            self._indent = 0
        elif deeper:
            self._indent = outer + _INDENT
        yield
        self._indent = outer

    def item(self) -> None:
        self._new_line()
        self._indicator("-", is_indent=True)
        self._in_mapping = False

    def key(self, key: Scalar) -> None:
        self._new_line()
        allowed = styles_of(key.text)
        if not allowed.multiline and len(key.text.encode()) <= _SIMPLE_KEY:
            self._scalar(key, allowed, simple=True)
            self._indicator(":", spaced=False)
        else:
            self._indicator("?", is_indent=True)
            self._scalar(key, allowed, simple=False)
            self._new_line()
            self._indicator(":", is_indent=True)
        self._in_mapping = True

    def scalar(self, scalar: Scalar) -> None:
        self._scalar(scalar, styles_of(scalar.text), simple=False)

    def _scalar(self, scalar: Scalar, allowed: Allowed, *, simple: bool) -> None:
        outer = self._indent
        self._indent = _INDENT if outer < 0 else outer + _INDENT
        style = _style(scalar, allowed, simple=simple)
        if style == "literal":
            self._literal(scalar.text)
        elif style == "double":
            self._double(scalar.text, folds=not simple)
        else:
            self._flowing(scalar.text, quote="'" if style == "single" else "", folds=not simple)
        self._indent = outer

    def _flowing(self, text: str, *, quote: str, folds: bool) -> None:
        """Without quotes or in single ones; only the latter may hold breaks, and none of them is a line feed."""
        if quote:
            self._indicator(quote)
        elif not self._after_space:
            self._put(" ")
        spaces = breaks = False
        for index, char in enumerate(text):
            if char == " ":
                inside = not quote or 0 < index < len(text) - 1
                if folds and not spaces and self._column > _WIDTH and inside and text[index + 1] != " ":
                    self._new_line()
                else:
                    self._put(char)
                spaces = True
            elif is_break(char):
                self._break(char)
                self._at_start = breaks = True
            else:
                if breaks:
                    self._new_line()
                self._put(char * 2 if quote and char == quote else char)
                self._at_start = spaces = breaks = False
        if quote:
            self._indicator(quote, spaced=False)
        self._after_space = self._at_start = False

    def _double(self, text: str, *, folds: bool) -> None:
        self._indicator('"')
        # A byte order mark in front has go-yaml take every character for one.
        marked = text.startswith("\ufeff")
        spaces = False
        for index, char in enumerate(text):
            if marked or not is_printable(char) or is_break(char) or char in '"\\':
                self._put(_escaped(char))
                spaces = False
            elif char == " ":
                if folds and not spaces and self._column > _WIDTH and 0 < index < len(text) - 1:
                    self._new_line()
                    if text[index + 1] == " ":
                        self._put("\\")
                else:
                    self._put(char)
                spaces = True
            else:
                self._put(char)
                spaces = False
        self._indicator('"', spaced=False)

    def _literal(self, text: str) -> None:
        self._indicator("|")
        if text[0] == " " or is_break(text[0]):
            self._indicator(str(_INDENT), spaced=False)
        if not is_break(text[-1]):
            self._indicator("-", spaced=False)
        elif len(text) == 1 or is_break(text[-2]):
            self._indicator("+", spaced=False)
        self._break("\n")
        self._at_start = self._after_space = breaks = True
        for char in text:
            if is_break(char):
                self._break(char)
                self._at_start = breaks = True
            else:
                if breaks:
                    self._new_line()
                self._put(char)
                self._at_start = breaks = False

    def _new_line(self) -> None:
        indent = max(self._indent, 0)
        beyond = self._column > indent or (self._column == indent and not self._after_space)
        if not self._at_start or beyond:
            self._break("\n")
        self._put(" " * (indent - self._column))
        self._after_space = self._at_start = True

    def _indicator(self, text: str, *, spaced: bool = True, is_space: bool = False, is_indent: bool = False) -> None:
        self._put(" " + text if spaced and not self._after_space else text)
        self._after_space = is_space
        self._at_start = self._at_start and is_indent

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._column += len(text)

    def _break(self, char: str) -> None:
        self._parts.append(char)
        self._column = 0


def _style(scalar: Scalar, allowed: Allowed, *, simple: bool) -> Style:
    style: Style = "double" if simple and allowed.multiline else scalar.style
    if style == "plain" and (not allowed.plain or (simple and not scalar.text)):
        style = "single"
    if (style == "single" and not allowed.single) or (style == "literal" and (simple or not allowed.literal)):
        style = "double"
    return style


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
