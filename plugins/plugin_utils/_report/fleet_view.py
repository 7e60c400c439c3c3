# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet's report as data: one row a cluster, worst first, and what the clusters have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import cause_line, folded, short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.common_ground import in_common, root_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import totals
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    escaped,
    slash_reference,
    table,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Objects, named
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import (
    VERDICT_WORDS,
    WORST_FIRST,
    selection_line,
    short_finding,
)

Entry = Mapping[str, Any]
CAUSES_OF_A_CLUSTER = 3
NAMES_IN_A_CHANGE = 10


def fleet_view(
    fleet: Mapping[str, Any],
    *,
    root_source: str,
    report_names: Mapping[str, str],
    changes: Mapping[str, Any] | None = None,
    pending: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything fleet.md.j2 prints. report_names: host to the file name of its report, for the links."""
    entries: Mapping[str, Entry] = fleet["clusters"]
    ordered = sorted(entries.values(), key=lambda entry: WORST_FIRST.index(entry["verdict"]))
    root = root_of(entries, root_source)
    columns = ["cluster", "verdict", "causes", "down / at risk", "suspended", "Flux", _revision_title(root), ""]
    return {
        "title": _title(fleet),
        "selection": selection_line(len(entries), fleet["selected"], fleet["total"]),
        "clusters": table(columns, [_row(entry, root, report_names) for entry in ordered]),
        "causes": _cause_lines(ordered),
        "common": in_common(entries),
        "pending": list(pending),
        "changes": _changes(changes),
    }


def _title(fleet: Mapping[str, Any]) -> str:
    found = [entry["verdict"] for entry in fleet["clusters"].values()]
    numbers = ", ".join(f"{found.count(verdict)} {verdict}" for verdict in reversed(WORST_FIRST) if verdict in found)
    moment = fleet["generated_at"]
    return f"Fleet: {numbers or 'nothing checked'} — {moment[:10]} {moment[11:16]} UTC"


def _revision_title(root: tuple[str, str, str] | None) -> str:
    return f"revision of {root[2]}" if root else "revision"


def _row(entry: Entry, root: tuple[str, str, str] | None, report_names: Mapping[str, str]) -> list[str]:
    link = f"[{_name(entry)}]({report_names[entry['host']]})"
    word = VERDICT_WORDS[entry["verdict"]]
    if not entry["reachable"]:
        return [link, word, "", "", "", "", "", escaped(short_finding(entry))]
    found = totals(entry)
    finding = "" if entry["verdict"] == "healthy" else escaped(short_finding(entry), 400)
    return [
        link,
        word,
        str(len(entry["root_causes"])),
        f"{found['down']} / {found['at_risk']}",
        _suspended(entry["suspensions"]),
        escaped((entry["cluster"] or {}).get("flux_version")),
        _revision(entry, root),
        finding,
    ]


def _suspended(suspensions: Sequence[Mapping[str, Any]]) -> str:
    overdue = sum(bool(item["overdue"]) for item in suspensions)
    if not overdue:
        return str(len(suspensions))
    return f"{overdue} overdue" if overdue == len(suspensions) else f"{len(suspensions)} ({overdue} overdue)"


def _revision(entry: Entry, root: tuple[str, str, str] | None) -> str:
    record = Objects(entry["objects"]).find(named(root)) if root else None
    if record is None:
        return ""
    stale = (record["fetch"] or {}).get("state") == "stale" or record["status"] not in ("ready", "progressing")
    revision = escaped(short_revision(record["revision"]))
    return f"{revision} (not fetched)" if stale and record["status"] != "suspended" else revision


def _cause_lines(entries: Sequence[Entry]) -> list[str]:
    """The first causes of each cluster; one that several clusters have is one line, where it comes first."""
    folds: dict[str, list[tuple[Entry, list[Mapping[str, Any]]]]] = {}
    more = []
    for entry in entries:
        found = folded(entry["root_causes"])
        for fold in found[:CAUSES_OF_A_CLUSTER]:
            folds.setdefault(fold[0]["group"], []).append((entry, fold))
        rest = found[CAUSES_OF_A_CLUSTER:]
        if rest:
            more.append(f"{_name(entry)}: {count(len(rest), 'more cause')} in its own report")
    return [*(_folded_line(rows) for rows in folds.values()), *more]


def _folded_line(rows: Sequence[tuple[Entry, list[Mapping[str, Any]]]]) -> str:
    entry, fold = rows[0]
    names = ", ".join(_name(entry) for entry, _same in rows)
    return f"{names}: {cause_line(fold, Objects(entry['objects']))}"


def _name(entry: Entry) -> str:
    return escaped(entry["display_name"] or entry["host"])


def _changes(changes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not changes:
        return None
    return {
        "at": changes["at"],
        "note": changes["note"],
        "not_compared": [f"{host} ({verdict} then)" for host, verdict in (changes["not_compared"]).items()],
        **{key: _changed(changes[key]) for key in ("new", "fixed", "still")},
    }


def _changed(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line a cluster: 'ottawa: Kustomization apps/web, apps/db · HelmRelease apps/web'."""
    clusters: dict[str, list[str]] = {}
    for row in rows:
        clusters.setdefault(row["cluster"], []).append(slash_reference(row))
    return [f"{host}: {compact(names, NAMES_IN_A_CHANGE)}" for host, names in clusters.items()]
