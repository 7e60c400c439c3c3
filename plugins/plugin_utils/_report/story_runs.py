# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the object has put on the cluster, and how that fares: inventory, release, workloads, events, logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    age,
    clock,
    count,
    escaped,
    reference,
    table,
)

Story = Mapping[str, Any]
NAMES = 5
MOST_KINDS = 12
# Workloads without pods to show.
OTHERS = 20
TITLE = "What it has put on the cluster"


def inventory_part(story: Story, now: str | None) -> dict[str, Any] | None:
    """How many of each kind, and the Flux objects among them that are not well; None of a kind that keeps no list."""
    found = story["inventory"]
    if found is None:
        kind = KINDS[story["subject"]["kind"]]
        line = "It keeps no list of anything yet."
        return {"title": TITLE, "lines": [line], "table": []} if kind.is_workload else None
    kinds = [f"{row['count']} {row['kind']}{_some(row)}" for row in found["kinds"][:MOST_KINDS]]
    more = len(found["kinds"]) - MOST_KINDS
    lines = [escaped(line, 600) for line in kinds] + ([f"{count(more, 'more kind')}"] if more > 0 else [])
    rows = [
        [escaped(reference(row)), row["status"], age(row["since"], now), escaped(row["message"], 200)]
        for row in found["not_well"]
    ]
    return {
        "title": f"{TITLE} ({count(found['total'], 'object')})",
        "lines": [*_verdict(found), *lines],
        "table": table(["Flux objects not well", "status", "for", "message"], rows),
    }


def _some(row: Story) -> str:
    """The first names; those of the most frequent kinds are not all kept."""
    names: Sequence[str] = row["names"]
    more = row["count"] - min(len(names), NAMES)
    return f" ({', '.join(names[:NAMES])}{f' and {more:,} more' if more else ''})" if names else ""


def _verdict(found: Story) -> list[str]:
    if found["remote"]:
        return ["All of it is on another cluster (kubeConfig) and was not looked at."]
    numbers = (
        (found["workloads_not_well"], found["workloads_looked_at"], "workload"),
        (found["children_not_well"], found["children"], "Flux object"),
    )
    bad = [f"{bad} of {count(total, noun)} not well" for bad, total, noun in numbers if bad]
    well = [f"{count(total, noun)} well" for bad, total, noun in numbers if total and not bad]
    return [", ".join([*(f"**{text}**" for text in bad), *well])] if bad or well else []


def release_part(release: Story | None, now: str | None) -> dict[str, Any] | None:
    """The revisions of a Helm release, the newest first: those one could go back to."""
    if release is None:
        return None
    rows = [
        [
            str(row["revision"]),
            escaped(row["status"], 40),
            f"{escaped(row['chart'], 60)} {escaped(row['chart_version'], 60)}",
            escaped(row["app_version"], 40),
            clock(row["last_deployed"], now),
        ]
        for row in release["revisions"]
    ]
    where = f"{release['release_name']} in {release['release_namespace']}, kept in {release['storage_namespace']}"
    return {"line": escaped(where), "table": table(["revision", "status", "chart", "app", "deployed"], rows)}


def workload_parts(story: Story, now: str | None) -> dict[str, Any]:
    """One part for each workload that is not well and has pods to show, one line for each of the others."""
    shown = [row for row in story["workloads"] if row["pods"]]
    rest = [
        f"{escaped(reference(row))}: {escaped(row['message'], 400)}" for row in story["workloads"] if not row["pods"]
    ]
    total = (story["inventory"] or {}).get("workloads_not_well", len(story["workloads"]))
    hidden = total - len(shown) - len(rest[:OTHERS])
    return {
        "parts": [
            {"title": f"{escaped(reference(row))}: {escaped(row['message'], 400)}", **_pods(row, now)} for row in shown
        ],
        "others": [*rest[:OTHERS], *([f"{hidden:,} more"] if hidden > 0 else [])],
    }


def _pods(workload: Story, now: str | None) -> dict[str, Any]:
    rows = [line for pod in workload["pods"] for line in _pod_rows(pod, now)]
    hidden = (workload["pods_not_well"] or 0) - len(workload["pods"])
    return {
        "table": table(["pod", "state", "container", "restarts", "for", "message"], rows),
        "more": f"{count(hidden, 'more pod')} not well" if hidden > 0 else "",
    }


def _pod_rows(pod: Story, now: str | None) -> list[list[str]]:
    """One row a container that is not well; of a pod whose containers have not started, one for the pod."""
    shown = [
        [
            escaped(pod["name"]),
            _state(row),
            escaped(f"{row['name']}{' (init)' if row['init'] else ''}", 80),
            str(row["restarts"]),
            age(row["started_at"] or pod["created_at"], now),
            escaped(_said(row) or pod["message"], 300),
        ]
        for row in pod["containers"]
    ]
    alone = [escaped(pod["name"]), str(pod["phase"]), "", "", age(pod["created_at"], now), escaped(pod["message"], 300)]
    return shown or [alone]


def _state(container: Story) -> str:
    reason = f": {escaped(container['reason'], 60)}" if container["reason"] else ""
    return f"{container['state']}{reason}"


def _said(container: Story) -> str:
    """What it says now, and how its last run ended."""
    last = container["last"]
    ended = _ended(container) if container["state"] == "terminated" else ""
    before = f"its last run {_ended(last)}" if last else ""
    return "; ".join(part for part in (ended, container["message"] or "", before) if part)


def _ended(run: Story) -> str:
    how = f"signal {run['signal']}" if run["signal"] else f"exit code {run['exit_code']}"
    reason = f" ({run['reason']})" if run["reason"] and run["reason"] != "Error" else ""
    said = f": {run['message']}" if run["message"] else ""
    return f"ended with {how}{reason}{said}"


def event_table(events: Sequence[Story], now: str | None) -> list[str]:
    """As they are chosen: about the object first, then about its workloads."""
    rows = [
        [
            f"{age(row['last_at'], now)} ago" if row["last_at"] else "",
            str(row["type"]),
            escaped(reference(row)),
            f"{escaped(row['reason'], 60)}{' x' + str(row['count']) if row['count'] > 1 else ''}",
            escaped(row["message"], 200),
        ]
        for row in events
    ]
    return table(["last seen", "type", "about", "reason", "message"], rows)


def log_parts(story: Story, now: str | None) -> list[dict[str, Any]]:
    """The tails of the containers' logs, then what the controllers logged about the object."""
    parts = [
        {
            "title": escaped(
                f"Pod {row['namespace']}/{row['pod']}, container {row['container']}"
                f"{', the run before' if row['previous'] else ''}"
            ),
            "lines": [_plain(line) for line in row["lines"]],
        }
        for row in story["logs"]
    ]
    lines = [
        _plain(f"{clock(row['at'], now)} {row['controller']} {row['level']}: {row['message']}")
        for row in story["controller_logs"]
    ]
    return [*parts, *([{"title": "What the controllers logged about it", "lines": lines}] if lines else [])]


def _plain(line: str) -> str:
    """A line in a block of code, which it must not end."""
    return line.replace("```", "'''")
