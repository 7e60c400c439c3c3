# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of one cluster by name, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import is_at_risk

Key = tuple[str, str, str]
Record = Mapping[str, Any]


def key_of(item: Mapping[str, Any]) -> Key:
    """Kind, namespace, name of a record, cause or reference."""
    return item["kind"], item.get("namespace") or "", item["name"]


def named(key: Key) -> dict[str, str]:
    """The reference a key was made of."""
    kind, namespace, name = key
    return {"kind": kind, "namespace": namespace, "name": name}


def by_cost(causes: Iterable[Mapping[str, Any]], records: Iterable[Record]) -> list[Mapping[str, Any]]:
    """The causes in their order, but before others those that hold up more: what waits and what is at risk.

    A controller that is down stays first, since nobody else can be believed before it is back.
    """
    objects = Objects(records)
    return sorted(
        causes,
        key=lambda cause: (cause["kind"] != "Deployment", -len(cause["victims"]) - len(objects.at_risk_of(cause))),
    )


class Objects:
    """Records found by name, and by the source they run on."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_key: dict[Key, Record] = {}
        self._consumers: dict[Key, list[Record]] = {}
        for record in records:
            self._by_key[key_of(record)] = record
            if record["source"]:
                self._consumers.setdefault(key_of(record["source"]), []).append(record)

    def find(self, item: Mapping[str, Any]) -> Record | None:
        """The record of the object an item names, None when it does not exist."""
        return self._by_key.get(key_of(item))

    def at_risk_of(self, item: Mapping[str, Any]) -> list[Record]:
        """Every object that runs on item, directly or through a chart, and no longer gets what is new."""
        found: dict[Key, Record] = {}
        waiting = [key_of(item)]
        while waiting:
            for consumer in self._consumers.get(waiting.pop(), []):
                key = key_of(consumer)
                if key not in found:
                    found[key] = consumer
                    waiting.append(key)
        return [record for record in found.values() if is_at_risk(record)]
