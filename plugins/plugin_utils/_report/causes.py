# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cause as a report shows it: a heading that says what it costs, the facts, and commands to paste."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import is_source
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    age,
    clock,
    compact,
    count,
    escaped,
    reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Objects, object_named

NAMES_IN_A_CAUSE = 3
CONDITIONS = {"suspended": "is suspended", "stalled": "has given up", "blocked": "waits", "failed": "fails"}
FLAG_CONDITIONS = {
    "stuck": "is stuck",
    "unobserved": "is not looked at by its controller",
    "behind": "does not follow its source",
}
# What a person calls it, where the status alone says less.
CLASS_CONDITIONS = {
    "chart_missing": "finds no such chart",
    "chart_build": "cannot be built",
    "build": "does not build",
    "dependency_cycle": "waits in a circle",
    "health_check": "does not get healthy",
    "pending_release": "is left pending",
    "remediated": "was rolled back",
    "retries_exceeded": "is out of retries",
    "source_auth": "is refused by its server",
    "source_network": "cannot be fetched",
    "source_ref": "asks for what is not there",
    "source_stale": "is not fetched any more",
    "sops": "cannot be decrypted",
    "test_failed": "fails its test",
}
# Writes only without its --check.
EMERGENCY = "Emergency, what a rollback would do"
REMEDIES = {"pull request": "Fix in Git", "workload": "Look at the workload", "escalate": "Escalate"}
Cause = Mapping[str, Any]
Record = Mapping[str, Any]
Fold = Sequence[Cause]


def folded(causes: Iterable[Cause]) -> list[list[Cause]]:
    """Causes of the same group together, in the place of the first of them."""
    groups: dict[str, list[Cause]] = {}
    for cause in causes:
        groups.setdefault(cause["group"], []).append(cause)
    return list(groups.values())


def cause_block(number: int, fold: Fold, objects: Objects, now: str | None) -> dict[str, Any]:
    """What the template prints for one cause, or for several that are the same."""
    cause = fold[0]
    return {
        "heading": f"{number}. {_title(fold, objects)} — {cost(fold, objects)}",
        "lines": [*_facts(fold, objects.find(cause), now), *_advice(cause)],
        "commands": _commands(cause),
        "waiting": compact(_united(fold, "victims"), NAMES_IN_A_CAUSE),
        "at_risk": compact(_united(fold, "at_risk"), NAMES_IN_A_CAUSE),
    }


def cause_line(fold: Fold, objects: Objects) -> str:
    """One cause in one line, for those that do not fit on the first screen."""
    return f"{_title(fold, objects)} — {cost(fold, objects)}: {escaped(fold[0]['message'], 160)}"


def _title(fold: Fold, objects: Objects) -> str:
    cause = fold[0]
    others = f" and {count(len(fold) - 1, 'other')}" if len(fold) > 1 else ""
    return f"{reference(cause)}{others} {condition(cause, objects.find(cause))}"


def _commands(cause: Cause) -> list[dict[str, Any]]:
    """The first command that looks, the first that acts, and the way out: one of each fits the first screen."""
    first = {bool(command["writes"]): command for command in reversed(cause["commands"])}
    shown = [
        {"label": "Then" if writes else "Look", "text": first[writes]["command"], "writes": writes}
        for writes in (False, True)
        if writes in first
    ]
    emergency = cause.get("emergency")
    return [*shown, {"label": EMERGENCY, "text": emergency, "writes": False}] if emergency else shown


def condition(cause: Cause, record: Record | None) -> str:
    """What is wrong with it, in the words of someone who looks at it."""
    if record is None:
        return "is not working" if cause["kind"] == "Deployment" else "does not exist"
    if record["status"] in ("failed", "stalled", "ready") and cause["class"] in CLASS_CONDITIONS:
        return CLASS_CONDITIONS[cause["class"]]
    if is_source(record) and record["status"] in ("failed", "stalled"):
        return "cannot be fetched"
    if record["status"] in CONDITIONS:
        return CONDITIONS[record["status"]]
    said = next((words for flag, words in FLAG_CONDITIONS.items() if flag in record["flags"]), None)
    return said or f"is {record['status']}"


def cost(fold: Fold, objects: Objects) -> str:
    """Who pays for it: what waits, and what runs on but gets nothing new."""
    parts = []
    victims, at_risk = _united(fold, "victims"), _united(fold, "at_risk")
    freed = sum(cause["freed_alone"] for cause in fold)
    if victims and fold[0]["kind"] == "Deployment":
        parts.append(f"nobody looks after {count(len(victims), 'object')}")
    elif victims:
        alone = f" ({freed} for nothing else)" if freed < len(victims) else ""
        parts.append(f"{count(len(victims), 'object')} {'waits' if len(victims) == 1 else 'wait'} for it{alone}")
    if at_risk:
        parts.append(f"{count(len(at_risk), 'object')} at risk{_still_running(at_risk, objects)}")
    return ", ".join(parts) or "nothing waits for it"


def _united(fold: Fold, key: str) -> list[str]:
    return sorted({name for cause in fold for name in cause[key]})


def _still_running(at_risk: Sequence[str], objects: Objects) -> str:
    records = [record for name in at_risk if (record := objects.find(object_named(name)))]
    revisions = {record["revision"] for record in records}
    revision = next(iter(revisions), None)
    return f", all still running {short_revision(revision)}" if len(revisions) == 1 and revision else ""


def short_revision(revision: str | None) -> str:
    """'main@sha1:cb1ce32' from the full digest; a chart version stays what it is."""
    if not revision:
        return ""
    name, _colon, digest = revision.rpartition(":")
    return f"{name}:{digest[:7]}" if name and len(digest) >= 40 else revision


def _facts(fold: Fold, record: Record | None, now: str | None) -> list[str]:
    cause = fold[0]
    lines = [" · ".join(part for part in (escaped(cause["message"], 400), _since(cause, record, now)) if part)]
    if record is None and cause["kind"] != "Deployment":
        lines += [escaped(said, 400) for said in cause["evidence"][:1]]
    if len(fold) > 1:
        lines.append(f"The same: {compact((_slashed(each) for each in fold[1:]), NAMES_IN_A_CAUSE)}")
    if cause.get("members"):
        lines.append(f"Together: {', '.join(map(str, cause['members']))}")
    lines += _serving(record, now)
    if record and record["next_retry_at"]:
        lines.append(f"Next try by Flux itself: {clock(record['next_retry_at'], now)}")
    if record and record["finalizers"]:
        lines.append(f"Held by finalizers: {', '.join(record['finalizers'])}")
    return lines


def _serving(record: Record | None, now: str | None) -> list[str]:
    """What still runs while it fails, and what was to run instead."""
    if record is None or record["kind"] not in ("Kustomization", "HelmRelease"):
        return []
    tried = escaped(short_revision(record["attempted_revision"]))
    running = record["running"]
    if running:
        deployed = f" (deployed {clock(running['deployed_at'], now)})" if running["deployed_at"] else ""
        wanted = f", wanted {tried}" if tried and tried != escaped(running["chart_version"]) else ""
        return [f"Running now: revision {running['revision']}, chart {running['chart_version']}{deployed}{wanted}"]
    if record["kind"] == "HelmRelease" or not record["revision"]:
        return ["No revision of it has ever been well"]
    serves = escaped(short_revision(record["revision"]))
    return [f"Still serving {serves}{f', fails at {tried}' if tried and tried != serves else ''}"]


def _slashed(cause: Cause) -> str:
    return f"{cause['kind']}/{cause['namespace']}/{cause['name']}"


def _advice(cause: Cause) -> list[str]:
    """What to do, under the name of whose work it is. A hand-off of the user's own is a line of its own."""
    to = (cause["handoff"] or "").partition(":")[0]
    remedy = [f"{REMEDIES.get(to, 'Mend')}: {escaped(cause['remedy'], 300)}"]
    own = [f"Hand over: {escaped(cause['handoff'], 200)}"] if cause["handoff"] and to not in REMEDIES else []
    return [*remedy, *own]


def _since(cause: Cause, record: Record | None, now: str | None) -> str:
    source: Mapping[str, Any] = record or {}
    moment = cause.get("since") or source.get("failing_at_least_since")
    if not moment:
        return ""
    at_least = "at least since" if source.get("failing_at_least_since") == moment else "since"
    good = cause.get("last_good_at") or source.get("last_good_at")
    last_good = f", last good {clock(good, now)}" if good else ""
    return f"{at_least} {clock(moment, now)}, {age(moment, now)} ago{last_good}"
