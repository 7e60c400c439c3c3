# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes in whatever people hand to a filter: flux_info results, a health check's JSON, records, kubectl's JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import kind_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import Thresholds, View, records_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import signs_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time, parse_time

_EXPECTED = "a flux_info result, a health check's JSON, records, or the output of kubectl get -o json"


DEFAULTS = Thresholds()


@dataclass(frozen=True)
class _Reader:
    """How objects without a reading of their own are judged."""

    now: datetime
    thresholds: Thresholds


@dataclass(frozen=True)
class Picture:
    """One cluster: what flux_info or the health check said about it, and its records."""

    info: Mapping[str, Any]
    records: Sequence[Mapping[str, Any]]
    # The inventory's name, where it is known.
    host: str | None = None

    @property
    def name(self) -> str:
        cluster = self.info.get("cluster") or {}
        return str(self.host or cluster.get("context") or cluster.get("server") or "cluster")

    @property
    def is_complete(self) -> bool:
        """False where the records went to a file and only those not ready are at hand."""
        return int((self.info.get("summary") or {}).get("total") or 0) <= len(self.records)


def moment_of(text: str | None, present: datetime) -> datetime:
    """The time a person gives, or the present."""
    try:
        return present if text is None else parse_time(text)
    except ValueError as error:
        raise InvalidInput(f"now: {error}.") from error


def pictures_of(data: Any, now: datetime, thresholds: Thresholds = DEFAULTS) -> list[Picture]:
    """One picture for each cluster in the data; now dates kubectl's objects, which carry no time of reading."""
    reader = _Reader(now, thresholds)
    if isinstance(data, Mapping):
        return _of_mapping(data, reader)
    if isinstance(data, (list, tuple)):
        return _of_list(data, reader)
    raise InvalidInput(f"This is {_article(data)}; expected is {_EXPECTED}.")


def objects_of(
    data: Any, now: datetime, *, complete: bool = False, skip_unreachable: bool = False
) -> list[Mapping[str, Any]]:
    """All records in the data. Silence about a cluster nobody reached would look like health, so it is an error."""
    pictures = readable_pictures(data, now, complete=complete, skip_unreachable=skip_unreachable)
    return [record for picture in pictures for record in picture.records]


def readable_pictures(
    data: Any, now: datetime, *, complete: bool = True, skip_unreachable: bool = False
) -> list[Picture]:
    """The clusters in the data that were reached; InvalidInput about one that was not, unless it may be passed over."""
    pictures = pictures_of(data, now)
    for picture in pictures:
        if not picture.info.get("reachable") and not skip_unreachable:
            why = str(picture.info.get("reason") or "no reason given").rstrip(".")
            raise InvalidInput(f"{picture.name} was not reached ({why}), so nothing can be said about its objects.")
        if complete:
            require_complete(picture)
    return [picture for picture in pictures if picture.info.get("reachable")]


def require_complete(picture: Picture) -> None:
    """InvalidInput where what is at hand is only a part: the rest must not be taken for absent."""
    if not picture.is_complete:
        total, here = picture.info["summary"]["total"], len(picture.records)
        raise InvalidInput(
            f"{picture.name} has {total} objects and only {here} are here: pass all of them, from its records_path."
        )


def _of_mapping(data: Mapping[str, Any], reader: _Reader) -> list[Picture]:
    if isinstance(data.get("clusters"), Mapping):
        return [_of_info(entry, str(host)) for host, entry in data["clusters"].items()]
    if "reachable" in data:
        return [_of_info(data)]
    if data.get("failed"):
        return [Picture({"reachable": False, "reason": data.get("msg")}, [])]
    for key in ("results", "items"):
        if isinstance(data.get(key), (list, tuple)):
            return _of_list(data[key], reader)
    if _is_raw(data) or _is_record(data):
        return _of_list([data], reader)
    if data and all(isinstance(value, Mapping) and "reachable" in value for value in data.values()):
        return [_of_info(value, str(host)) for host, value in data.items()]
    raise InvalidInput(f"This mapping with the keys {', '.join(map(str, list(data)[:6]))} is not {_EXPECTED}.")


def _of_info(info: Mapping[str, Any], host: str | None = None) -> Picture:
    if not isinstance(info, Mapping) or not isinstance(info.get("objects") or [], (list, tuple)):
        raise InvalidInput(f"{host or 'A cluster'} has no list of objects; expected is {_EXPECTED}.")
    return Picture(info, info.get("objects") or [], host or info.get("host"))


def _of_list(data: Iterable[Any], reader: _Reader) -> list[Picture]:
    """Raw objects are taken to be of one cluster; records say which they are of; anything else is for itself."""
    raw: list[Mapping[str, Any]] = []
    records: defaultdict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    pictures: list[Picture] = []
    empty = True
    for item in data:
        empty = False
        if isinstance(item, Mapping) and _is_raw(item) and not isinstance(item.get("items"), (list, tuple)):
            raw.append(item)
        elif isinstance(item, Mapping) and _is_record(item):
            records[item["cluster"]].append(item)
        else:
            pictures += pictures_of(item, reader.now, reader.thresholds)
    pictures += [_of_records(cluster, found, reader) for cluster, found in records.items()]
    return [*pictures, _of_raw(raw, reader)] if raw or empty else pictures


def _is_raw(item: Mapping[str, Any]) -> bool:
    return "apiVersion" in item and "kind" in item


def _is_record(item: Mapping[str, Any]) -> bool:
    return {"cluster", "kind", "name", "status", "flags", "suspended", "fetch", "source", "depends_on"} <= set(item)


def _of_records(cluster: str | None, records: Sequence[Mapping[str, Any]], reader: _Reader) -> Picture:
    return Picture(_bare_info(cluster, reader.now), records)


def _of_raw(items: Iterable[Mapping[str, Any]], reader: _Reader) -> Picture:
    """Objects as the API returns them. Events, Deployments and Pods are used, other kinds are passed over."""
    listed = list(items)
    facts = [facts_of(item) for item in listed if kind_of(item["kind"], item["apiVersion"])]
    events, deployments, pods = (
        [item for item in listed if item["kind"] == kind] for kind in ("Event", "Deployment", "Pod")
    )
    rows = controllers_of(deployments, pods) or None
    happened = events_of(events) if events else None
    view = View("", reader.now, reader.thresholds, happened, signs_of(happened, None), rows)
    return Picture(_bare_info(None, reader.now) | {"controllers": rows}, records_of(facts, view))


def _bare_info(context: str | None, now: datetime) -> dict[str, Any]:
    return {"reachable": True, "reason": None, "cluster": {"context": context}, "read_at": format_time(now)}


def _article(data: Any) -> str:
    if isinstance(data, str):
        return "a text (JSON goes through from_json first)"
    if data is None:
        return "nothing"
    return "a number" if isinstance(data, (int, float)) else f"of type {type(data).__name__}"
