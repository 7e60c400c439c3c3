# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sentences that stand alone: verdict lines, what changed, the last lines of a play, the message of its gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import totals
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    cut,
    escaped,
    reference,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Objects, key_of

Entry = Mapping[str, Any]
VERDICT_WORDS = {"healthy": "healthy", "degraded": "DEGRADED", "unreachable": "UNREACHABLE"}
WORST_FIRST = ("unreachable", "degraded", "healthy")
FINDINGS_IN_A_LINE = 3
# Why a cluster was not reached may name the contexts there are.
REASON_LIMIT = 600


def verdict_line(entry: Entry) -> str:
    """'Robbinsdale: DEGRADED · 2 causes, 1 object down, 40 at risk'."""
    name = escaped(entry["display_name"] or entry["host"])
    return f"{name}: {VERDICT_WORDS[entry['verdict']]} · {_in_numbers(entry)}"


def _in_numbers(entry: Entry) -> str:
    if entry["verdict"] == "unreachable":
        return escaped(entry["reason"], REASON_LIMIT)
    if entry["verdict"] == "healthy":
        return _all_well(entry)
    found = totals(entry)
    overdue = sum(bool(item["overdue"]) for item in entry["suspensions"])
    whole = cluster_findings(entry)
    causes, others = len(entry["root_causes"]), len(whole[1:]) + len(other_findings(entry))
    parts = [
        escaped(whole[0]) if whole else "",
        count(causes, "cause") if causes else "",
        count(others, "other finding" if causes or whole else "finding") if others else "",
        f"{count(found['down'], 'object')} down" if found["down"] else "",
        f"{found['at_risk']} at risk" if found["at_risk"] else "",
        f"{count(overdue, 'suspension')} overdue" if overdue else "",
    ]
    return ", ".join(part for part in parts if part)


def cluster_findings(entry: Entry) -> list[str]:
    """Why a cluster is not healthy as a whole: the wrong one, no Flux, a kind that could not be read."""
    return [row["message"] for row in entry["findings"] if not row["name"]]


def other_findings(entry: Entry) -> list[str]:
    """What else is wrong with single objects beside the causes; suspensions have a table of their own."""
    causes = {key_of(cause) for cause in entry["root_causes"]}
    return [
        row["message"]
        for row in entry["findings"]
        if row["name"] and row["code"] != "suspension_overdue" and key_of(row) not in causes
    ]


def since_last_run(changes: Mapping[str, Any] | None) -> str:
    """' · since the last run (02:12): 1 new cause, 1 fixed, 1 still'; empty when there is nothing to compare with."""
    if not changes or not changes.get("at"):
        return ""
    if changes["not_compared"]:
        return f" · the last run ({changes['at']}) found it {' '.join(changes['not_compared'].values())}"
    new, fixed, still = (len(changes[key]) for key in ("new", "fixed", "still"))
    parts = [
        count(new, "new cause") if new else "",
        f"{fixed} fixed" if fixed else "",
        f"{still} still" if still else "",
    ]
    return f" · since the last run ({changes['at']}): {', '.join(part for part in parts if part) or 'no change'}"


def changed_lines(changes: Mapping[str, Any] | None, most: int) -> list[str]:
    """What is new, fixed and still there, a line each; none where nothing was compared."""
    if not changes or not changes.get("at") or changes["not_compared"]:
        return []
    return [
        f"{label}: {compact(map(slash_reference, changes[key]), most)}"
        for label, key in (("New", "new"), ("Fixed", "fixed"), ("Still", "still"))
        if changes[key]
    ]


def short_finding(entry: Entry) -> str:
    """What a person needs to know about a cluster in half a line."""
    if entry["verdict"] == "unreachable":
        return cut(entry["reason"], REASON_LIMIT)
    if entry["verdict"] == "healthy":
        return _all_well(entry)
    return " · ".join(_findings(entry))


def _all_well(entry: Entry) -> str:
    suspended, known = len(entry["suspensions"]), len(entry["known_failures"])
    parts = [
        f"{count(totals(entry)['ready'], 'object')} ready",
        f"{suspended} suspended" if suspended else "",
        f"{count(known, 'known failure')} not counted" if known else "",
    ]
    return ", ".join(part for part in parts if part)


def _findings(entry: Entry) -> list[str]:
    objects = Objects(entry["objects"])
    down = [cause["name"] for cause in entry["root_causes"] if cause["kind"] == "Deployment"]
    found = [cut(sentence, 160) for sentence in cluster_findings(entry)]
    found += [f"not working: {', '.join(down)}"] if down else []
    found += [_cause_in_brief(cause, objects) for cause in entry["root_causes"] if cause["kind"] != "Deployment"]
    found += [cut(sentence, 160) for sentence in other_findings(entry)]
    found += [f"{reference(item)}: suspension overdue" for item in entry["suspensions"] if item["overdue"]]
    more = len(found) - FINDINGS_IN_A_LINE
    return [*found[:FINDINGS_IN_A_LINE], f"{more} more"] if more > 0 else found


def _cause_in_brief(cause: Mapping[str, Any], objects: Objects) -> str:
    record = objects.find(cause) or {}
    what = cause["class"] if cause["class"] != "unknown" else record.get("reason") or record.get("status")
    at_risk, victims = len(cause["at_risk"]), len(cause["victims"])
    costs = [f"{victims} waiting" if victims else "", f"{at_risk} at risk" if at_risk else ""]
    paid = ", ".join(part for part in costs if part)
    return f"{reference(cause)}: {what or cut(cause['message'], 80)}{f' ({paid})' if paid else ''}"


def closing_lines(clusters: Mapping[str, Entry]) -> list[str]:
    """One aligned line a cluster, in inventory order."""
    width = max((len(host) for host in clusters), default=0)
    return [
        f"{host:<{width}}  {VERDICT_WORDS[entry['verdict']]:<11}  {short_finding(entry)}"
        for host, entry in clusters.items()
    ]


def selection_line(checked: int, selected: int, total: int) -> str:
    """'1 of 3 clusters selected', nothing when all were."""
    if checked < selected:
        return f"{checked} of {count(total, 'cluster')} checked so far ({selected} selected)"
    return f"{selected} of {count(total, 'cluster')} selected" if selected < total else ""
