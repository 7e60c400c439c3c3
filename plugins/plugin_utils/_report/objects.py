# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of one cluster by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Key = tuple[str, str, str]
Record = Mapping[str, Any]


def key_of(item: Mapping[str, Any]) -> Key:
    """Kind, namespace, name of a record, cause or reference."""
    return item["kind"], item.get("namespace") or "", item["name"]


def named(key: Key) -> dict[str, str]:
    """The reference a key was made of."""
    kind, namespace, name = key
    return {"kind": kind, "namespace": namespace, "name": name}


def object_named(text: str) -> dict[str, str]:
    """The reference in 'Kind/namespace/name'."""
    kind, namespace, name = [*text.split("/", 2), "", ""][:3]
    return {"kind": kind, "namespace": namespace, "name": name}


class Objects:
    """Records found by name."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_key: dict[Key, Record] = {key_of(record): record for record in records}

    def find(self, item: Mapping[str, Any]) -> Record | None:
        """The record of the object an item names, None when it does not exist."""
        return self._by_key.get(key_of(item))
