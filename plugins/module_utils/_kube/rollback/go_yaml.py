# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML as helm-controller reads it (sigs.k8s.io/yaml on go.yaml.in/yaml/v2), which is not as Python reads it.

y and on are true, 1e3 is a number, 1:30 and 2026-11-21 are texts, a merge key overrides what stands above it. What the
two libraries might scan differently is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isinf
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.numbers import as_number
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import yaml

_NAMES: Mapping[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_NOT_JSON = re.compile(r"\.(?:nan|NaN|NAN)\Z|[-+]?\.(?:inf|Inf|INF)\Z")
_POINT_FIRST = re.compile(r"\.[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_BASES = (
    (re.compile(r"()0b([-+][01]+)\Z"), 2),
    (re.compile(r"([-+]?)0[xX]([0-9a-fA-F]+)\Z"), 16),
    (re.compile(r"([-+]?)0[bB]([01]+)\Z"), 2),
    (re.compile(r"([-+]?)0[oO]([0-7]+)\Z"), 8),
    (re.compile(r"([-+]?)0([0-7]+)\Z"), 8),
    (re.compile(r"([-+]?)(0|[1-9][0-9]*)\Z"), 10),
)
_LEAST, _MOST_SIGNED, _MOST = -(2**63), 2**63 - 1, 2**64 - 1
# Line breaks and marks of YAML 1.1 that the two treat differently, and what no JSON can carry.
_ODD = re.compile("[\x85\u2028\u2029\ufeff]")
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN, _TEXT = "plain", "text"
# More than these of one document through aliases, and Go may call it excessive.
_MOST_ALIASED = 1000


def read_values(text: str) -> dict[str, Any]:
    """A text of YAML as values; Unverifiable when it is none, or not certainly the same to both."""
    if _DIRECTIVE.search(text):
        raise Unverifiable("it has a directive")
    if _ODD.search(text):
        raise Unverifiable("it holds a character that YAML libraries read differently")
    try:
        node = _first_document(text)
        found = None if node is None else _Reader().value(node)
    except (yaml.YAMLError, ValueError):
        # Without the cause: it quotes the lines around the fault.
        raise Unverifiable("it is not valid YAML") from None
    except RecursionError:
        raise Unverifiable("it is nested too deeply") from None
    if found is not None and not isinstance(found, dict):
        raise Unverifiable("it is no mapping, so that helm-controller refuses it")
    return found or {}


def _first_document(text: str) -> Any:
    """Go reads one document and leaves the rest alone."""
    loader = _loader()(text)
    try:
        return loader.get_node() if loader.check_node() else None
    finally:
        loader.dispose()


def _loader() -> Any:
    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Composes nodes without tags, and tells only whether a scalar is plain."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if getattr(self.peek_event(), "tag", None) is not None:
                raise Unverifiable("it uses tags")
            return super().compose_node(parent, index)

        def scan_plain(self) -> Any:
            token = super().scan_plain()
            if self.flow_level and self.peek() == ":" and self.peek(1) in ",[]{}":
                # For Go the text goes on here.
                raise Unverifiable("it has a colon at the end of a text without quotes between brackets")
            return token

        def resolve(self, kind: Any, _value: Any, implicit: Any) -> str:
            return _PLAIN if kind is yaml.ScalarNode and implicit[0] else _TEXT

    return Loader


class _Reader:
    """Turns nodes into values, in Go's order and with Go's types."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._aliased = 0
        self._inside_alias = 0

    def value(self, node: Any) -> Any:
        again = not isinstance(node, yaml.ScalarNode) and id(node) in self._seen
        self._seen.add(id(node))
        self._inside_alias += again
        self._aliased += self._inside_alias > 0
        if self._aliased > _MOST_ALIASED:
            raise Unverifiable("it repeats itself through aliases too often")
        try:
            return self._value(node)
        finally:
            self._inside_alias -= again

    def _value(self, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child) for child in node.value]
        return self._mapping(node, {}, {})

    def _mapping(self, node: Any, found: dict[str, Any], kinds: dict[str, type]) -> dict[str, Any]:
        """kinds: of the keys before they became texts. 1 and "1" would be one key in JSON, either of the two."""
        for key_node, value_node in node.value:
            if _is_merge(key_node):
                self._merge(value_node, found, kinds)
                continue
            key = self.value(key_node)
            name = _key(key, key_node)
            if kinds.setdefault(name, type(key)) is not type(key):
                raise Unverifiable("it has one key as a text and as something else")
            found[name] = self.value(value_node)
        return found

    def _merge(self, node: Any, found: dict[str, Any], kinds: dict[str, type]) -> None:
        if isinstance(node, yaml.MappingNode):
            self._mapping(node, found, kinds)
        elif isinstance(node, yaml.SequenceNode) and all(isinstance(each, yaml.MappingNode) for each in node.value):
            for each in reversed(node.value):
                self._merge(each, found, kinds)
        else:
            raise Unverifiable("it merges something that is no mapping")


def _is_merge(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _PLAIN and node.value == "<<"


def _key(key: Any, node: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, str):
        return key
    whole = _whole(node.value.replace("_", "")) if isinstance(key, int) else None
    if whole is not None and whole <= _MOST_SIGNED:
        return str(whole)
    raise Unverifiable("it has a key that is neither a text nor a whole number")


def _scalar(node: Any) -> Any:
    if _SURROGATE.search(node.value):
        raise Unverifiable("it holds half a character")
    if node.tag == _TEXT:
        return node.value
    return _plain(node.value)


def _plain(text: str) -> Any:
    """The value of a scalar without quotes. https://github.com/yaml/go-yaml/blob/v2/resolve.go"""
    if text in _NAMES:
        return _NAMES[text]
    if _NOT_JSON.match(text):
        raise Unverifiable("it has a number that JSON cannot hold")
    if text[0] == ".":
        return _float(text, text) if _POINT_FIRST.match(text) else text
    if text[0] not in "+-0123456789":
        return text
    number = text.replace("_", "")
    whole = _whole(number)
    if whole is not None:
        return as_number(whole)
    return _float(number, text) if _FLOAT.match(number) else text


def _whole(text: str) -> int | None:
    """A whole number that fits into 64 bits, with a sign only into 63."""
    for pattern, base in _BASES:
        found = pattern.match(text)
        if found:
            value = int(found[1] + found[2], base)
            most = _MOST_SIGNED if found[1] else _MOST
            return value if _LEAST <= value <= most else None
    return None


def _float(number: str, text: str) -> Any:
    """One that is too large for a float stays a text."""
    found = float(number)
    return text if isinf(found) else as_number(found)
