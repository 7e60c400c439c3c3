# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The digest helm-controller gives values: of their YAML, sorted by key, exactly as its library would write it.

Equal to status.history[].configDigest but for what storage does not keep: text that is not UTF-8, and integers
beyond 2^53 that a reference with targetPath has set.
https://github.com/fluxcd/pkg/blob/main/chartutil/digest.go, https://github.com/yaml/go-yaml/tree/v2
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.yaml_scalars import Scalar, is_read_as_text
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.yaml_writer import Writer

# What a float64 can hold and Go still writes as an integer.
_LEAST, _MOST = -(2**63), 2**64
# Go escapes half a surrogate pair on its way into storage.
_SURROGATE = re.compile("[\ud800-\udfff]")


def values_digest(values: Mapping[str, Any]) -> str:
    """sha256:... of the values of a release; of nothing when there are none."""
    return "sha256:" + hashlib.sha256(sorted_yaml(values).encode()).hexdigest()


def sorted_yaml(values: Mapping[str, Any]) -> str:
    """The YAML the digest is made of."""
    if not values:
        return ""
    writer = Writer()
    _write(writer, values)
    return writer.finished()


def _write(writer: Writer, value: Any) -> None:
    if isinstance(value, Mapping):
        with writer.mapping(len(value)):
            for key in sorted(value, key=_in_bytes):
                writer.key(_text(key))
                _write(writer, value[key])
    elif isinstance(value, Sequence) and not isinstance(value, str):
        with writer.sequence(len(value)):
            for item in value:
                writer.item()
                _write(writer, item)
    else:
        writer.scalar(_scalar(value))


def _in_bytes(key: str) -> bytes:
    return _SURROGATE.sub("\ufffd", key).encode()


def _scalar(value: Any) -> Scalar:
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return Scalar("null")
    if isinstance(value, bool):
        return Scalar(str(value).lower())
    return Scalar(_number(value))


def _text(value: str) -> Scalar:
    text = _SURROGATE.sub("\ufffd", value)
    if "\n" in text:
        return Scalar(text, "literal")
    return Scalar(text, "plain" if is_read_as_text(text) else "double")


def _number(value: float) -> str:
    """As Go writes a float64, which every number of the values is: integers as such, while they fit into 64 bits."""
    number = float(value)
    if number.is_integer() and _LEAST <= number < _MOST:
        return str(int(number))
    shortest = Decimal(repr(number)).normalize()
    if -4 <= shortest.adjusted() < 6:
        return f"{shortest:f}"
    return f"{number:.{len(shortest.as_tuple().digits) - 1}e}"
