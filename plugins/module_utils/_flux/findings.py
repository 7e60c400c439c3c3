# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps a cluster from being healthy, finding by finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND, FROZEN
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import STALE
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    FAILED,
    PROGRESSING,
    STALLED,
    STUCK,
    SUSPENDED,
    UNKNOWN,
    UNOBSERVED,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import seconds_between, time_or_none

Record = Mapping[str, Any]
Info = Mapping[str, Any]


class Finding(NamedTuple):
    """code is a word of settings.FINDINGS; ref is None where the whole cluster is meant."""

    code: str
    ref: Ref | None
    sentence: str


def of_cluster(info: Info, records: Sequence[Record], settings: HealthSettings) -> Iterator[Finding]:
    """Identity, coverage, presence of Flux and of work, controllers that could be expected."""
    cluster, coverage = info.get("cluster") or {}, info.get("coverage") or {}
    if cluster.get("uid_mismatch"):
        yield Finding(
            "wrong_cluster", None, f"the cluster that answered has another UID than expected: {cluster.get('uid')}"
        )
    if not has_flux(coverage):
        yield Finding("no_flux", None, "Flux is not installed: none of its kinds is served")
        return
    for kind in settings.required_kinds:
        row = coverage.get(kind) or ({"state": "ok"} if not coverage else {"state": "absent"})
        if row["state"] != "ok":
            yield Finding("coverage", None, f"{kind} is required and could not be read: {_why(row)}")
    if not any(KINDS[record["kind"]].is_workload for record in records):
        yield Finding(
            "no_workload", None, "nothing is there to reconcile: no Kustomization, HelmRelease or ResourceSet was seen"
        )


def has_flux(coverage: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the cluster serves any Flux kind, as far as that was asked."""
    states = [coverage[name]["state"] for name in KINDS if name in coverage]
    return not states or any(state != "absent" for state in states)


def _why(row: Mapping[str, Any]) -> str:
    plain = {"absent": "this cluster does not serve it", "forbidden": "forbidden for this user"}
    return plain.get(row["state"]) or str(row.get("message") or row["state"])


def expected_controllers(info: Info, records: Sequence[Record], settings: HealthSettings) -> list[str]:
    """None where there is no Flux at all; the operator only where it has an instance to look after."""
    if not has_flux(info.get("coverage") or {}):
        return []
    operated = any(record["kind"] == "FluxInstance" for record in records)
    names = [name for name in settings.expected_controllers if name != "flux-operator" or operated]
    return names + (["flux-operator"] if operated and "flux-operator" not in names else [])


def controller_rows(info: Info) -> Sequence[Mapping[str, Any]] | None:
    """The controllers; None where they were not asked for, or Deployments may not be read."""
    seen = (info.get("coverage") or {}).get("Deployment", {}).get("state", "ok") == "ok"
    return info.get("controllers") if seen else None


def of_causes(causes: Iterable[Mapping[str, Any]], records: Mapping[Ref, Record]) -> Iterator[Finding]:
    for cause in causes:
        if cause["class"] == "source_stale":
            continue  # of_sources says it
        ref = ref_of(cause)
        waiting = f" ({len(cause['victims'])} waiting for it)" if cause["victims"] else ""
        yield Finding(code_of(cause, records.get(ref)), ref, f"{_name(ref)}: {cause['message']}{waiting}")


def code_of(cause: Mapping[str, Any], record: Record | None) -> str:
    """The word of FINDINGS for a cause."""
    if cause["kind"] == "Deployment":
        return "controllers"
    if record is None:
        return "missing"
    if record["status"] in (FAILED, STALLED):
        return str(record["status"])
    return next((flag for flag in (STUCK, UNOBSERVED, BEHIND) if flag in record["flags"]), "blocked")


def of_sources(rows: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        if row["state"] == STALE:
            yield Finding(
                "stale_source", ref_of(row), f"{_name(ref_of(row))} is not fetched any more: {row['message']}"
            )


def of_suspensions(rows: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        rollback = row["rollback"]
        if rollback and rollback["unfinished"]:
            yield Finding("rollback_unfinished", ref_of(row), f"{_name(ref_of(row))}: {rollback['message']}")
        if row["overdue"]:
            held = "held by a rollback" if rollback else "suspended"
            by = f" by {row['by']}" if row["by"] else ""
            when = f" since {row['since']}" if row["since"] else ""
            planned = f", planned until {row['until']}" if row["until"] else ""
            yield Finding("suspension_overdue", ref_of(row), f"{_name(ref_of(row))} is still {held}{by}{when}{planned}")


def of_slow(records: Iterable[Record], now: datetime, settle_time: float) -> Iterator[Finding]:
    """Under way, or without a verdict, for too long; an age nobody knows is too long."""
    for record in records:
        if record["status"] not in (PROGRESSING, UNKNOWN):
            continue
        age = seconds_between(time_or_none(record["since"]), now)
        if age is None or age > settle_time:
            said = f": {record['message']}" if record["message"] else ""
            sentence = f"{_name(ref_of(record))} is {record['status']} since {record['since']}{said}"
            yield Finding(record["status"], ref_of(record), sentence)


def suspensions_of(records: Iterable[Record], now: datetime, max_age: float) -> list[dict[str, Any]]:
    """Everything suspended, frozen or held by a rollback, the overdue first, then the oldest."""
    rows = [_suspension(record, now, max_age) for record in records if record["suspended"]]
    return sorted(rows, key=lambda row: (not row["overdue"], row["since"] or "", row["namespace"], row["name"]))


def _suspension(record: Record, now: datetime, max_age: float) -> dict[str, Any]:
    pause = record["suspended"]
    age = seconds_between(time_or_none(pause["since"]), now)
    # One that was planned to last is overdue when the plan says so, and not before.
    overdue = pause["overdue"] or (pause["until"] is None and age is not None and age > max_age)
    return {
        **{key: record[key] for key in ("cluster", "kind", "namespace", "name")},
        **pause,
        "overdue": overdue,
        "frozen": record["status"] != SUSPENDED and FROZEN in record["flags"],
    }


def notes_of(info: Info, settings: HealthSettings) -> list[str]:
    """What could not be seen and does not count: said, so that nobody takes it for seen."""
    lost = [
        f"{name} could not be read ({_why(row)})"
        for name, row in (info.get("coverage") or {}).items()
        if row["state"] in ("forbidden", "error") and name not in settings.required_kinds
    ]
    unseen = [] if controller_rows(info) is not None else ["the controllers were not looked at"]
    return [*(info.get("warnings") or []), *lost, *unseen]


def _name(ref: Ref) -> str:
    return f"{ref.kind} {ref.namespace}/{ref.name}"
