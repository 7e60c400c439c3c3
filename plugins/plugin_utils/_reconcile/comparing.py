# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run made worse, and what is well again: two pictures of one cluster, and the verdicts between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.changes import health_changes
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    STALLED,
    STUCK,
    UNOBSERVED,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import ended_as
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import slash_reference
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Key, Objects, key_of

Entry = Mapping[str, Any]
Record = Mapping[str, Any]
Verdict = Mapping[str, Any]
Row = dict[str, Any]

DOWN = frozenset({FAILED, STALLED})
ALARMING = frozenset({STUCK, UNOBSERVED, BEHIND})
ABSENT = "not there"


def worse_rows(before: Entry | None, after: Entry, verdicts: Iterable[Verdict]) -> list[Row]:
    """What was well before and is not any more, and causes that are new. One row an object, causes first.

    Nothing is said about a cluster nobody saw before. What is on its way, deleted or suspended meanwhile is not worse.
    """
    if before is None or not before["reachable"]:
        return []
    if not after["reachable"]:
        return [_cluster_row(before["verdict"], after)]
    was = Objects(before["objects"])
    rows = _new_causes(before, after)
    for row in (*_newly_down(was, after), *_newly_bad(was, verdicts)):
        rows.setdefault(key_of(row), row)
    if not rows and before["verdict"] == "healthy" != after["verdict"]:
        return [_cluster_row("healthy", after)]
    return list(rows.values())


def fixed_rows(before: Entry | None, after: Entry) -> list[Row]:
    """What was down before and is well now, causes first; what only waited for a cause names it."""
    if before is None or not before["reachable"] or not after["reachable"]:
        return []
    now, held = Objects(after["objects"]), _held_by(before)
    rows: dict[Key, Row] = {}
    for item in (*_gone_causes(before, after), *_down(before)):
        record, word = now.find(item), str(item.get("status") or "missing")
        if record is None or is_well(record):
            waited = held.get(slash_reference(item))
            rows.setdefault(key_of(item), _row(item, word, _present(item, record), waits_for=waited))
    return list(rows.values())


def was_bad(before: Entry | None, item: Mapping[str, Any]) -> bool:
    """Whether an object was failing, stalled or blocked before, or its absence kept others from running."""
    if before is None:
        return False
    causes = {key_of(cause) for name in ("root_causes", "known_failures") for cause in before[name]}
    record = Objects(before["objects"]).find(item)
    return key_of(item) in causes or (record is not None and _is_bad(record))


def _is_bad(record: Record) -> bool:
    return record["status"] in (*DOWN, BLOCKED) or not ALARMING.isdisjoint(record["flags"])


def _down(entry: Entry) -> list[Record]:
    """Objects that are bad, and not only wait their turn for a moment."""
    explained = {slash_reference(cause) for cause in entry["root_causes"]} | set(_held_by(entry))
    return [
        record
        for record in entry["objects"]
        if _is_bad(record) and (record["status"] != BLOCKED or slash_reference(record) in explained)
    ]


def _held_by(entry: Entry) -> dict[str, str]:
    """Kind/namespace/name of what waits -> of the cause it waits for."""
    causes: Sequence[Mapping[str, Any]] = entry["root_causes"]
    return {name: slash_reference(cause) for cause in causes for name in (*cause["victims"], *cause["members"])}


def _new_causes(before: Entry, after: Entry) -> dict[Key, Row]:
    was, now = Objects(before["objects"]), Objects(after["objects"])
    found = health_changes({"clusters": {"it": before}}, {"clusters": {"it": after}})["new"]
    return {key_of(cause): _row(cause, _word(was.find(cause)), _word(now.find(cause))) for cause in found}


def _gone_causes(before: Entry, after: Entry) -> list[Mapping[str, Any]]:
    was = Objects(before["objects"])
    found = health_changes({"clusters": {"it": before}}, {"clusters": {"it": after}})["fixed"]
    return [{**cause, "status": (was.find(cause) or {}).get("status")} for cause in found]


def _newly_down(was: Objects, after: Entry) -> list[Row]:
    held = _held_by(after)
    return [
        _row(record, "ready", str(record["status"]), waits_for=held.get(slash_reference(record)))
        for record in _down(after)
        if (old := was.find(record)) is not None and is_well(old)
    ]


def _newly_bad(was: Objects, verdicts: Iterable[Verdict]) -> list[Row]:
    return [
        _row(verdict, "ready", str(ended_as(verdict)), waits_for=verdict["blocked_by"])
        for verdict in verdicts
        if verdict["bad"] and (old := was.find(verdict)) is not None and is_well(old)
    ]


def _row(item: Mapping[str, Any], was: str, present: str, waits_for: str | None = None) -> Row:
    return {
        "kind": item["kind"],
        "namespace": item["namespace"],
        "name": item["name"],
        "was": was,
        "is": present,
        "message": item.get("message"),
        "waits_for": waits_for,
    }


def _cluster_row(was: str, after: Entry) -> Row:
    """About the cluster as a whole: it has no object to name."""
    message = after["reason"] if not after["reachable"] else next(iter(after["reasons"]), None)
    nobody = {"kind": None, "namespace": None, "name": None, "message": message}
    return _row(nobody, was, after["verdict"])


def _present(item: Mapping[str, Any], record: Record | None) -> str:
    """What a fixed thing is now; of what is not Flux's own only the trouble is known, and that it has gone."""
    if record is not None:
        return str(record["status"])
    return "gone" if item["kind"] in KINDS else "in order"


def _word(record: Record | None) -> str:
    return str(record["status"]) if record else ABSENT
