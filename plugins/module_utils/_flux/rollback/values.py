# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of a HelmRelease, put together exactly as helm-controller does it, or not at all.

Follows https://github.com/fluxcd/pkg/blob/main/chartutil/values.go, also in what hangs together: a mapping is copied
only where both sides have one, so that a targetPath may change the inline values, which are merged last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.numbers import as_number
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.strvals import set_into
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable

Values = dict[str, Any]
# Turns a text of YAML into values as helm-controller reads them; raises Unverifiable.
ReadYaml = Callable[[str], Values]

DEFAULT_KEY = "values.yaml"
KINDS = ("ConfigMap", "Secret")
_META = "\\,[]{}"
_QUOTES = "'\""
# Go's YAML refuses some of these in a JSON text, and takes others for line breaks.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_LONGEST_KEY = 1000


class Holder(NamedTuple):
    """A ConfigMap or Secret that a HelmRelease names."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def holders_of(spec: Mapping[str, Any]) -> list[Holder]:
    """Everything the values come from, each once; all of it is in the namespace of the HelmRelease."""
    found = [Holder(str(row.get("kind")), str(row.get("name"))) for row in rows(spec.get("valuesFrom"))]
    return list(dict.fromkeys(found))


def composed(spec: Mapping[str, Any], held: Mapping[Holder, Mapping[str, bytes] | None], read: ReadYaml) -> Values:
    """The values of a spec. held: the data of each holder, None of one that is not there.

    Unverifiable where it is not certain what helm-controller would make of them, or where it would refuse them.
    """
    inline = _inline(mapping(spec.get("values")))
    result: Values = {}
    for row in rows(spec.get("valuesFrom")):
        data = _data(row, held)
        if data is None:
            continue
        text = _text(row, data)
        path = str(row.get("targetPath") or "")
        try:
            if path:
                result = _merged(result, inline)
                _set(result, path, text, literal=row.get("literal") is True)
            else:
                result = _merged(result, read(text))
        except Unverifiable as error:
            raise Unverifiable(f"{_named(row)}: {error.message}") from error
    return _merged(result, inline)


def _inline(values: Mapping[str, Any]) -> Values:
    """The inline values, which helm-controller reads as YAML, although they are JSON."""
    return {_inline_text(key, _LONGEST_KEY): _inline_value(value) for key, value in values.items()}


def _inline_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, list):
        return [_inline_value(inner) for inner in value]
    return _inline_text(value) if isinstance(value, str) else as_number(value)


def _inline_text(text: str, longest: int | None = None) -> str:
    if _ODD.search(text) or (longest is not None and len(text) > longest):
        raise Unverifiable("the inline values hold a text that helm-controller may read as something else")
    return text


def _data(row: Mapping[str, Any], held: Mapping[Holder, Mapping[str, bytes] | None]) -> bytes | None:
    holder = Holder(str(row.get("kind")), str(row.get("name")))
    if holder.kind not in KINDS:
        raise Unverifiable(f"valuesFrom names a {holder.kind}, which helm-controller does not know")
    data = held.get(holder)
    if data is not None and _key(row) in data:
        return data[_key(row)]
    if row.get("optional") is True:
        return None
    missing = "it is not there" if data is None else f"it has no key {_key(row)}"
    raise Unverifiable(f"{_named(row)}: {missing}, so that helm-controller cannot put the values together")


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("valuesKey") or DEFAULT_KEY)


def _named(row: Mapping[str, Any]) -> str:
    return f"{row.get('kind')} {row.get('name')}, key {_key(row)}"


def _text(row: Mapping[str, Any], data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        # Without the cause: it quotes what it could not read.
        raise Unverifiable(f"{_named(row)}: it is not UTF-8") from None


def _set(values: Values, path: str, text: str, *, literal: bool) -> None:
    """The value of a targetPath. One in quotes is a text, whatever it looks like."""
    if literal:
        escaped = "".join(f"\\{character}" if character in _META else character for character in text)
        set_into(values, f"{path}={escaped}", typed=False)
        return
    quoted = any(text.startswith(quote) and text.endswith(quote) for quote in _QUOTES)
    set_into(values, f"{path}={text.strip(_QUOTES) if quoted else text}", typed=not quoted)


def _merged(a: Mapping[str, Any], b: Mapping[str, Any]) -> Values:
    """B over a. What only one of them has is shared with the result, not copied."""
    out = dict(a)
    for key, value in b.items():
        present = out.get(key)
        both = isinstance(value, dict) and isinstance(present, dict)
        out[key] = _merged(mapping(present), value) if both else value
    return out
