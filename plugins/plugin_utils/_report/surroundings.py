# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What surrounds the objects: controllers, events, log lines, Helm, the operator, settings, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    age,
    clock,
    count,
    cut,
    escaped,
    reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import Section, section
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope

Entry = Mapping[str, Any]
LOG_LINE = 300
STATES_SEEN = ("ok",)
STATE_WORDS = {"forbidden": "forbidden for this user", "error": "could not be read", "absent": "not installed"}


def controller_section(entry: Entry) -> list[Section]:
    """Every controller that is there or expected; version skew shows in the column."""
    now = entry["read_at"]
    rows = [_controller_row(item, now) for item in entry.get("controllers") or []]
    columns = ["controller", "state", "pods", "version", "started", "restarts", "last log line", ""]
    return [section("Controllers", columns=columns, rows=rows)] if rows else []


def _controller_row(item: Mapping[str, Any], now: str | None) -> list[str]:
    shard = f" (shard {item['shard']})" if item["shard"] else ""
    state = "ready" if item["state"] == "ready" else f"**{item['state'].replace('_', ' ')}**"
    logged = age(item["last_log_at"], now)
    return [
        f"{item['namespace']}/{item['name']}{shard}",
        state,
        f"{item['available'] or 0}/{item['desired'] or 0}",
        escaped(item["version"], 40),
        age(item["started_at"], now),
        str(item["restarts"] or 0),
        f"{logged} ago" if logged else "",
        escaped(item["message"], 160),
    ]


def event_section(entry: Entry, scope: Scope, limits: Limits) -> list[Section]:
    """The newest events, warnings first; what repeats itself about an object is one line with the newest message."""
    newest = sorted(entry.get("events") or [], key=lambda event: event["last_at"] or "", reverse=True)
    folded: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for event in newest:
        if scope.covers(event):
            folded.setdefault((event["type"], reference(event), event["reason"]), []).append(event)
    ordered = sorted(folded.values(), key=lambda events: events[0]["type"] != "Warning")
    rows = [_event_row(events, entry["read_at"]) for events in ordered[: limits.events]]
    columns = ["last seen", "type", "object", "reason", "message"]
    title = f"Events ({len(rows)} of {len(ordered)}, warnings first)"
    return [section(title, columns=columns, rows=rows)] if rows else []


def _event_row(events: Sequence[Mapping[str, Any]], now: str | None) -> list[str]:
    newest = events[0]
    number = sum(event["count"] or 1 for event in events)
    return [
        f"{age(newest['last_at'], now)} ago" if newest["last_at"] else "",
        newest["type"],
        reference(newest),
        f"{newest['reason']}{f' x{number}' if number > 1 else ''}",
        escaped(newest["message"], 200),
    ]


def log_section(entry: Entry, scope: Scope, limits: Limits) -> list[Section]:
    """The newest log lines, errors before others, in the order of a log; what repeats itself is one line."""
    folded: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for line in sorted(entry.get("logs") or [], key=lambda line: line["at"] or ""):
        if scope.covers(line):
            about = (line["controller"], line["level"], line["kind"], line["namespace"], line["name"], line["message"])
            folded.setdefault(tuple(map(str, about)), []).append(line)
    newest = sorted(folded.values(), key=lambda lines: (lines[-1]["level"] == "error", lines[-1]["at"] or ""))
    shown = sorted(newest[-limits.logs :], key=lambda lines: lines[-1]["at"] or "")
    code = [_log_line(lines, entry["read_at"]) for lines in shown]
    return [section(f"Log lines ({len(code)} of {len(folded)})", code=code)] if code else []


def _log_line(lines: Sequence[Mapping[str, Any]], now: str | None) -> str:
    line = lines[-1]
    about = f" {reference(line)}" if line["kind"] and line["name"] else ""
    times = f" (x{len(lines)})" if len(lines) > 1 else ""
    text = f"{clock(line['at'], now)} {line['controller']} {line['level']}{about}{times}: {line['message']}"
    return cut(text, LOG_LINE).replace("```", "'''")


def helm_section(entry: Entry, scope: Scope) -> list[Section]:
    """What Helm did for the releases that are not ready: the revisions one could go back to."""
    bad = {(item["namespace"], item["name"]) for item in entry["objects"] if _is_bad_release(item)}
    releases = [
        item
        for item in entry.get("helm_history") or []
        if (item["namespace"], item["name"]) in bad and scope.covers({"kind": "HelmRelease"} | dict(item))
    ]
    rows = [_revision_row(item, revision, entry["read_at"]) for item in releases for revision in item["revisions"]]
    columns = ["HelmRelease", "release", "revision", "status", "chart", "app", "deployed"]
    return [section("Helm history of releases that are not ready", columns=columns, rows=rows)] if rows else []


def _is_bad_release(record: Mapping[str, Any]) -> bool:
    return bool(record["kind"] == "HelmRelease" and record["status"] != "ready")


def _revision_row(item: Mapping[str, Any], revision: Mapping[str, Any], now: str | None) -> list[str]:
    return [
        f"{item['namespace']}/{item['name']}",
        f"{item['release_name']} in {item['release_namespace']}",
        str(revision["revision"]),
        str(revision["status"]),
        f"{revision['chart']} {revision['chart_version']}",
        str(revision["app_version"] or ""),
        clock(revision["last_deployed"], now),
    ]


def operator_section(entry: Entry) -> list[Section]:
    """Flux Operator, when it is there: its instance, and how to open its page."""
    operator = entry.get("operator") or {}
    if not operator.get("installed"):
        return []
    instance = operator.get("instance")
    state = "no FluxInstance"
    if instance:
        state = f"{reference(instance)}: {instance['status']}, {escaped(instance['message'])}"
    service = operator.get("service") or {}
    text = [state]
    if service.get("exists") and operator.get("command"):
        ready = "" if service.get("ready") else " (no ready endpoint now)"
        text.append(f"Page on http://localhost:{service['port']}{ready}: `{operator['command']}`")
    return [section("Flux Operator", text=text)]


def settings_section(entry: Entry) -> list[Section]:
    """The settings ConfigMaps that substitutions use: their keys, never a value."""
    lines = [f"- ConfigMap {item['namespace']}/{item['name']}: {_keys(item)}" for item in entry.get("settings") or []]
    return [section("Settings (keys only)", text=lines)] if lines else []


def _keys(item: Mapping[str, Any]) -> str:
    if item["exists"] is None:
        return "not seen"
    return (", ".join(item["keys"]) or "no keys") if item["exists"] else "does not exist"


def coverage_section(entry: Entry) -> list[Section]:
    """Everything that was read, with the number found."""
    read = {kind: row["count"] for kind, row in sorted(entry["coverage"].items()) if row["state"] in STATES_SEEN}
    found = [f"{kind} {number}" if number is not None else kind for kind, number in read.items() if number != 0]
    none = [kind for kind, number in read.items() if number == 0]
    text = [f"Read: {' · '.join(found)}", *([f"There is none of: {', '.join(none)}"] if none else [])]
    return [section("Coverage", text=text)] if read else []


def not_seen(coverage: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the report cannot speak about, one line per reason: never to be taken for healthy."""
    lines = []
    for state, label in STATE_WORDS.items():
        # Beside the Flux kinds single objects were asked for; that one is not there was seen.
        kinds = sorted(kind for kind, row in coverage.items() if row["state"] == state and _is_unseen(kind, state))
        if kinds:
            lines.append(f"{', '.join(kinds)}: {label}{_messages(coverage, kinds) if state == 'error' else ''}")
    return lines


def _is_unseen(kind: str, state: str) -> bool:
    return state != "absent" or kind in KINDS


def _messages(coverage: Mapping[str, Mapping[str, Any]], kinds: Iterable[str]) -> str:
    messages: Sequence[str] = sorted({escaped(coverage[kind].get("message"), 160) for kind in kinds} - {""})
    return f" ({'; '.join(messages)})" if messages else ""


def shown_warnings(entry: Entry) -> list[str]:
    """What else the reader of this report must know. What could not be read has a section of its own."""
    lost = {kind for kind, state in (entry["coverage"] or {}).items() if state["state"] not in STATES_SEEN}
    return [escaped(text, 400) for text in entry["warnings"] if text.split(" ", 1)[0] not in lost]


def narrowed_note(scope: Scope, outside: int, hidden: int) -> list[str]:
    """Says what a narrowed listing leaves out."""
    if not scope.is_narrow:
        return []
    outside_text = f"{count(outside, 'cause')}, {count(hidden, 'object')} to look at"
    whole = "verdict and counts are about the whole cluster"
    return [f"Listing narrowed to {escaped(scope.text())}; {whole}. Outside this listing: {outside_text}."]
