# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a cluster and on a fleet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux import findings
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import missing_row, with_unwatched
from ansible_collections.gitops.flux.plugins.module_utils._flux.coverage import summary_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.classes import CLASSES, UNKNOWN
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.findings import Finding
from ansible_collections.gitops.flux.plugins.module_utils._flux.hints import hints_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.known import Known, known_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import (
    DEGRADED,
    FINDINGS,
    UNREACHABLE,
    HealthSettings,
    checked,
    settings_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import stale_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none

__all__ = ["FINDINGS", "HealthSettings", "cluster_health", "failed_on", "fleet_health", "settings_of"]

HEALTHY = "healthy"
# From best to worst.
VERDICTS = (HEALTHY, DEGRADED, UNREACHABLE)
SCHEMA_VERSION = 1

Record = Mapping[str, Any]
_LISTS = ("objects", "root_causes", "known_failures", "findings", "suspensions", "stale_sources", "hints")
_GATHERED = ("controllers", "events", "logs", "operator", "settings", "helm_history")


@dataclass(frozen=True)
class _Judgement:
    causes: Sequence[dict[str, Any]]
    known: Sequence[dict[str, Any]]
    findings: Sequence[Finding]


def cluster_health(
    info: Mapping[str, Any], records: Sequence[Record], settings: HealthSettings, host: str | None = None
) -> dict[str, Any]:
    """The entry of one cluster: its verdict, what the verdict rests on, and everything that was read.

    records are all of the cluster; info is flux_info's result, whose own objects may be only those not ready.
    host is the inventory's name of the cluster, by which known failures may name it.
    """
    checked(settings)
    entry = _without_verdict(info, host)
    if not info.get("reachable"):
        return entry | {"verdict": UNREACHABLE, "reasons": [str(info.get("reason") or "nobody answers")]}
    now = time_or_none(info.get("read_at"))
    if now is None:
        raise InvalidInput("This picture of a cluster does not say when it was read (read_at).")
    suspensions = findings.suspensions_of(records, now, settings.suspension_max_age)
    known = known_of(settings.known_failures, (host, (info.get("cluster") or {}).get("context")), now)
    expected = findings.expected_controllers(info, records, settings)
    controllers = _with_missing(findings.controller_rows(info), expected, records, settings)
    info = {**info, "controllers": controllers, "host": host}
    judgement = _judged(info, records, settings, known, suspensions, expected, now)
    return entry | {
        "verdict": DEGRADED if judgement.findings else HEALTHY,
        "reasons": _sentences(judgement.findings),
        "findings": [_row(finding) for finding in judgement.findings],
        "summary": summary_of(records),
        "objects": list(records),
        "root_causes": list(judgement.causes),
        "known_failures": list(judgement.known),
        "suspensions": suspensions,
        "stale_sources": stale_rows(records),
        "hints": hints_of(records),
        "controllers": info["controllers"] or [],
        "warnings": [*findings.notes_of(info, settings), *known.warnings],
    }


def _without_verdict(info: Mapping[str, Any], host: str | None) -> dict[str, Any]:
    context = (info.get("cluster") or {}).get("context")
    return {
        "host": host or context,
        "display_name": host or context,
        "verdict": UNREACHABLE,
        "reachable": bool(info.get("reachable")),
        "reason": info.get("reason"),
        "hint": info.get("hint"),
        "reasons": [],
        "cluster": info.get("cluster"),
        "read_at": info.get("read_at"),
        "seconds": info.get("seconds"),
        "summary": summary_of(()),
        **{name: [] for name in _LISTS},
        **{name: info.get(name) for name in _GATHERED},
        "coverage": info.get("coverage") or {},
        "warnings": list(info.get("warnings") or ()),
    }


def _with_missing(
    rows: Sequence[Record] | None, expected: Iterable[str], records: Sequence[Record], settings: HealthSettings
) -> list[Mapping[str, Any]] | None:
    """The controllers, with a row for each that ought to be there and is not; None when nobody could look."""
    if rows is None:
        return None
    known = {name for row in rows for name in (row["name"], row["component"])}
    place = next((str(row["namespace"]) for row in rows), settings.flux_namespace)
    return with_unwatched([*rows, *(missing_row(name, place) for name in expected if name not in known)], records)


def _judged(
    info: Mapping[str, Any],
    records: Sequence[Record],
    settings: HealthSettings,
    known: Known,
    suspensions: Sequence[Record],
    expected: Collection[str],
    now: datetime,
) -> _Judgement:
    causes = diagnose(
        records,
        info["controllers"],
        info.get("coverage"),
        expected=expected,
        cluster=info.get("cluster"),
        handoffs=settings.handoffs,
        now=now,
        host=info["host"],
    )
    marked = [{**cause, "known": known.mark_of(cause)} for cause in causes]
    counted, tolerated = ([cause for cause in marked if bool(cause["known"]) is is_known] for is_known in (False, True))
    victims = {victim for cause in causes for victim in cause["victims"]}
    explained = victims | {str(ref_of(cause)) for cause in causes}
    others = [
        *findings.of_sources(row for row in stale_rows(records) if str(ref_of(row)) not in victims),
        *findings.of_suspensions(suspensions),
        *findings.of_slow((row for row in records if str(ref_of(row)) not in explained), now, settings.settle_time),
    ]
    open_findings, known_rows = _sorted_out(others, known, {ref_of(cause) for cause in tolerated})
    index = {ref_of(record): record for record in records}
    found = [*findings.of_cluster(info, records, settings), *findings.of_causes(counted, index), *open_findings]
    return _Judgement(counted, [*tolerated, *known_rows], found)


def _sorted_out(
    found: Iterable[Finding], known: Known, tolerated: Collection[Ref]
) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Findings beside the causes, split into those that count and rows of those that are known."""
    counted: list[Finding] = []
    shown: list[dict[str, Any]] = []
    for finding in found:
        row = {**_row(finding), "class": UNKNOWN}
        mark = known.mark_of(row)
        if mark is None and finding.ref not in tolerated:
            counted.append(finding)
        elif finding.ref not in tolerated:
            shown.append(_known_row(row, mark))
    return counted, shown


def _known_row(row: Mapping[str, Any], mark: Mapping[str, Any] | None) -> dict[str, Any]:
    """A known finding in the form of a cause."""
    empty: dict[str, Any] = {name: [] for name in ("victims", "at_risk", "members", "evidence", "commands")}
    return {
        **{key: row[key] for key in ("kind", "namespace", "name", "class", "message")},
        **empty,
        "freed_alone": 0,
        "group": f"{row['class']}:{ref_of(row)}",
        "meaning": CLASSES[row["class"]].meaning,
        "remedy": CLASSES[row["class"]].remedy,
        "handoff": None,
        "emergency": None,
        "known": mark,
        "since": None,
        "last_good_at": None,
    }


def _row(finding: Finding) -> dict[str, Any]:
    ref = finding.ref.as_dict() if finding.ref else {"kind": None, "namespace": None, "name": None}
    return {"code": finding.code, **ref, "message": finding.sentence}


def _sentences(found: Iterable[Finding]) -> list[str]:
    """One sentence for each object: what is said first about it is the most important."""
    by_object: dict[object, str] = {}
    for finding in found:
        by_object.setdefault(finding.ref or finding.sentence, finding.sentence)
    return list(by_object.values())


def failed_on(entry: Mapping[str, Any], fail_on: Iterable[str]) -> list[str]:
    """The sentences for which a gate with these words fails a cluster; [] when it passes."""
    words = set(fail_on)
    if not entry["reachable"]:
        return list(entry["reasons"]) if UNREACHABLE in words else []
    if DEGRADED in words:
        return list(entry["reasons"])
    return [row["message"] for row in entry["findings"] if row["code"] in words]


def fleet_health(
    entries: Mapping[str, Mapping[str, Any]], selected: int, total: int, generated_at: str
) -> dict[str, Any]:
    """The fleet's document: the worst verdict, and the entries by inventory host."""
    found = [VERDICTS.index(entry["verdict"]) for entry in entries.values()]
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": generated_at,
        "verdict": VERDICTS[max(found, default=VERDICTS.index(UNREACHABLE))],
        "selected": selected,
        "total": total,
        "duplicates": _duplicates(entries),
        "clusters": dict(entries),
    }


def _duplicates(entries: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Groups of hosts that are one cluster."""
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for host, entry in entries.items():
        uid = (entry.get("cluster") or {}).get("uid")
        if uid:
            hosts[uid].append(host)
    return [sorted(group) for group in hosts.values() if len(group) > 1]
