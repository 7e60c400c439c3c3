# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cause as a report shows it: a heading that says what it costs, the facts, and commands to paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import is_source
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    age,
    clock,
    compact,
    count,
    escaped,
    reference,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Objects

NAMES_IN_A_CAUSE = 3
CONDITIONS = {"suspended": "is suspended", "stalled": "has given up", "blocked": "waits", "failed": "fails"}
FLAG_CONDITIONS = {
    "stuck": "is stuck",
    "unobserved": "is not looked at by its controller",
    "behind": "does not follow its source",
}
Cause = Mapping[str, Any]
Record = Mapping[str, Any]


def cause_block(number: int, cause: Cause, objects: Objects, now: str | None) -> dict[str, Any]:
    """What the template prints for one cause."""
    record = objects.find(cause)
    at_risk = objects.at_risk_of(cause)
    return {
        "heading": f"{number}. {reference(cause)} {condition(cause, record)} — {cost(cause, at_risk)}",
        "lines": _facts(cause, record, now),
        "commands": _commands(cause),
        "waiting": compact(cause["victims"], NAMES_IN_A_CAUSE),
        "at_risk": compact((slash_reference(item) for item in at_risk), NAMES_IN_A_CAUSE),
    }


def _commands(cause: Cause) -> list[dict[str, Any]]:
    """The first command that looks and the first that acts: one of each fits the first screen."""
    first = {bool(command["writes"]): command for command in reversed(cause["commands"])}
    return [
        {"label": "Then" if writes else "Look", "text": first[writes]["command"], "writes": writes}
        for writes in (False, True)
        if writes in first
    ]


def cause_line(cause: Cause, objects: Objects) -> str:
    """One cause in one line, for those that do not fit on the first screen."""
    record = objects.find(cause)
    costs = cost(cause, objects.at_risk_of(cause))
    return f"{reference(cause)} {condition(cause, record)} — {costs}: {escaped(cause['message'], 160)}"


def condition(cause: Cause, record: Record | None) -> str:
    """What is wrong with it, in the words of someone who looks at it."""
    if record is None:
        return "is not working" if cause["kind"] == "Deployment" else "does not exist"
    if is_source(record) and record["status"] in ("failed", "stalled"):
        return "cannot be fetched"
    if record["status"] in CONDITIONS:
        return CONDITIONS[record["status"]]
    said = next((words for flag, words in FLAG_CONDITIONS.items() if flag in record["flags"]), None)
    return said or f"is {record['status']}"


def cost(cause: Cause, at_risk: Sequence[Record]) -> str:
    """Who pays for it: what waits, and what runs on but gets nothing new."""
    parts = []
    victims = len(cause["victims"])
    if victims and cause["kind"] == "Deployment":
        parts.append(f"nobody looks after {count(victims, 'object')}")
    elif victims:
        alone = f" ({cause['freed_alone']} for nothing else)" if cause["freed_alone"] != victims else ""
        parts.append(f"{count(victims, 'object')} {'waits' if victims == 1 else 'wait'} for it{alone}")
    if at_risk:
        parts.append(f"{count(len(at_risk), 'object')} at risk{_still_running(at_risk)}")
    return ", ".join(parts) or "nothing waits for it"


def _still_running(at_risk: Sequence[Record]) -> str:
    revisions = {record["revision"] for record in at_risk}
    revision = next(iter(revisions))
    return f", all still running {short_revision(revision)}" if len(revisions) == 1 and revision else ""


def short_revision(revision: str | None) -> str:
    """'main@sha1:cb1ce32' from the full digest; a chart version stays what it is."""
    if not revision:
        return ""
    name, _colon, digest = revision.rpartition(":")
    return f"{name}:{digest[:7]}" if name and len(digest) >= 40 else revision


def _facts(cause: Cause, record: Record | None, now: str | None) -> list[str]:
    lines = [" · ".join(part for part in (escaped(cause["message"], 400), _since(cause, record, now)) if part)]
    if cause.get("members"):
        lines.append(f"Together: {', '.join(map(str, cause['members']))}")
    running = (record or {}).get("running")
    if running:
        deployed = f" (deployed {clock(running['deployed_at'], now)})" if running["deployed_at"] else ""
        lines.append(f"Running now: revision {running['revision']}, chart {running['chart_version']}{deployed}")
    if record and record["next_retry_at"]:
        lines.append(f"Next try by Flux itself: {clock(record['next_retry_at'], now)}")
    if record and record["finalizers"]:
        lines.append(f"Held by finalizers: {', '.join(record['finalizers'])}")
    return lines


def _since(cause: Cause, record: Record | None, now: str | None) -> str:
    source: Mapping[str, Any] = record or {}
    moment = cause.get("since") or source.get("failing_at_least_since")
    if not moment:
        return ""
    at_least = "at least since" if source.get("failing_at_least_since") == moment else "since"
    good = cause.get("last_good_at") or source.get("last_good_at")
    last_good = f", last good {clock(good, now)}" if good else ""
    return f"{at_least} {clock(moment, now)}, {age(moment, now)} ago{last_good}"
