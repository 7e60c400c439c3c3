# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables about Flux objects: what is not ready, kind by kind, what is suspended, what is at risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import is_at_risk, is_source
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    age,
    clock,
    compact,
    count,
    duration,
    escaped,
    reference,
    slash_reference,
    table,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits

Record = Mapping[str, Any]
Section = dict[str, Any]

OBJECT_COLUMNS = ["object", "status", "since", "revision", "message"]
SUSPENSION_COLUMNS = ["object", "by", "why", "ticket", "since", "until"]


def section(
    title: str,
    *,
    text: Sequence[str] = (),
    columns: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    code: Sequence[str] = (),
) -> Section:
    """A part of a report: text lines, then a table, then preformatted lines; each may be empty."""
    return {"title": title, "text": list(text), "table": table(columns, rows), "code": list(code)}


def object_sections(records: Sequence[Record], now: str | None) -> list[Section]:
    """One table per layer, in the order in which Flux works; a layer without trouble has none."""
    layers = (
        ("Sources", [record for record in records if is_source(record)]),
        ("Kustomizations", [record for record in records if record["kind"] == "Kustomization"]),
        ("HelmReleases", [record for record in records if record["kind"] == "HelmRelease"]),
        ("Other Flux objects", [record for record in records if _is_other(record)]),
    )
    return [
        section(f"{title} ({len(shown)} to look at, {count(len(layer), 'object')})", columns=OBJECT_COLUMNS, rows=shown)
        for title, layer in layers
        if (shown := [_object_row(record, now) for record in layer if needs_a_look(record)])
    ]


def needs_a_look(record: Record) -> bool:
    """Not ready, or ready with something that a person should know. Suspended objects have their own table."""
    if record["status"] == "suspended":
        return False
    silent = (record["fetch"] or {}).get("state") == "stale"
    return record["status"] != "ready" or silent or bool(set(record["flags"]) - {"stale_source"})


def at_risk_section(records: Iterable[Record], limits: Limits) -> list[Section]:
    """Objects that run on, but whose source brings nothing new."""
    names = sorted(slash_reference(record) for record in records if is_at_risk(record))
    text = f"They run what they have; new commits and charts do not arrive: {compact(names, limits.names)}"
    return [section(f"At risk ({count(len(names), 'object')})", text=[text])] if names else []


def suspension_rows(
    suspensions: Iterable[Mapping[str, Any]], records: Iterable[Record], now: str | None
) -> list[list[str]]:
    """Every suspension, the overdue ones first, then the oldest."""
    last = {slash_reference(record): (record["suspended"] or {}).get("last") for record in records}
    ordered = sorted(suspensions, key=lambda item: (not item["overdue"], item["since"] or ""))
    return [_suspension_row(item, last.get(slash_reference(item)), now) for item in ordered]


def _suspension_row(item: Mapping[str, Any], last: str | None, now: str | None) -> list[str]:
    was = f" (was {last})" if last and last != "ready" else ""
    ticket = " / ".join(escaped(item[key], 60) for key in ("ticket", "change") if item.get(key))
    return [
        f"{reference(item)}{was}",
        escaped(item["by"], 60),
        _why(item),
        ticket,
        age(item["since"], now) or "unknown",
        _until(item, now),
    ]


def _why(item: Mapping[str, Any]) -> str:
    """A rollback first says how far it is: half of one is worse than none."""
    rollback = item.get("rollback")
    if not rollback:
        return escaped(item["reason"], 120)
    said = escaped(rollback["message"], 200)
    told = f"**{said}**" if rollback["unfinished"] else said
    return f"{told}: {escaped(item['reason'], 120)}" if item["reason"] else told


def _until(item: Mapping[str, Any], now: str | None) -> str:
    if not item["overdue"]:
        return clock(item["until"], now)
    return f"**overdue {age(item['until'], now)}**".replace(" **", "**") if item["until"] else "**overdue**"


def _is_other(record: Record) -> bool:
    return not is_source(record) and record["kind"] not in ("Kustomization", "HelmRelease")


def _object_row(record: Record, now: str | None) -> list[str]:
    flags = ", ".join(flag for flag in record["flags"])
    since = record["failing_at_least_since"] or record["since"]
    return [
        reference(record),
        f"{record['status']}{' · ' if flags else ''}{flags}",
        age(since, now),
        escaped(short_revision(record["revision"]), 60),
        escaped(" · ".join(part for part in (_fetch_text(record), record["reason"], record["message"]) if part)),
    ]


def _fetch_text(record: Record) -> str:
    fetch = record["fetch"] or {}
    if fetch.get("state") != "stale" or fetch.get("evidence") != "silent":
        return ""
    allowed = duration(fetch.get("threshold_seconds"))
    return f"no sign of a fetch for {duration(fetch.get('silent_seconds'))} (allowed: {allowed})"
