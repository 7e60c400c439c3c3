# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cluster's report as data: every count, choice and order is made here, the template only prints."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import aim_at
from ansible_collections.gitops.flux.plugins.plugin_utils._report import surroundings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import cause_block, cause_line, folded
from ansible_collections.gitops.flux.plugins.plugin_utils._report.counts import count_table
from ansible_collections.gitops.flux.plugins.plugin_utils._report.hints import hint_section
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import cut, escaped, reference, stamp
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import (
    SUSPENSION_COLUMNS,
    Section,
    at_risk_section,
    needs_a_look,
    object_sections,
    section,
    suspension_rows,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Objects
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import (
    changed_lines,
    cluster_findings,
    other_findings,
    since_last_run,
    verdict_line,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import from_here

Entry = Mapping[str, Any]


def cluster_view(
    entry: Entry,
    *,
    scope: Scope,
    limits: Limits,
    changes: Mapping[str, Any] | None = None,
    kubeconfig: str | None = None,
) -> dict[str, Any]:
    """Everything cluster.md.j2 prints for one entry."""
    causes = [cause for cause in entry["root_causes"] if scope.covers_cause(cause)]
    return {
        "title": f"{verdict_line(entry)}{since_last_run(changes)}",
        "subtitle": subtitle(entry),
        "reachable": entry["reachable"],
        "notes": [*_narrowed(entry, scope, causes), *surroundings.shown_warnings(entry), *_notes(changes)],
        "export": export_line(kubeconfig),
        "whole": [escaped(sentence, 400) for sentence in cluster_findings(entry)],
        **_others(entry, limits),
        "changes": changed_lines(changes, limits.changes),
        "counts": count_table(entry["objects"], entry["coverage"]),
        **_causes(causes, entry, limits),
        "known": [_known(item) for item in entry["known_failures"] if scope.covers(item)],
        **_suspensions(entry, scope, limits),
        "not_seen": surroundings.not_seen(entry["coverage"] or {}) if entry["reachable"] else [],
        "attempts": [] if entry["reachable"] else attempts(entry, kubeconfig),
        "sections": _sections(entry, scope, limits) if entry["reachable"] else [],
    }


def subtitle(entry: Entry) -> str:
    """Which cluster this is about, when it was read, and by whom."""
    cluster = entry["cluster"] or {}
    versions = (("Kubernetes", "kubernetes_version"), ("Flux", "flux_version"))
    parts = [
        cluster.get("context"),
        cluster.get("server"),
        stamp(entry["read_at"]),
        *(f"{label} {cluster[key]}" for label, key in versions if cluster.get(key)),
        f"as {cluster['user']['name']}" if (cluster.get("user") or {}).get("name") else None,
        f"took {entry['seconds']:.1f} s" if entry["seconds"] else None,
    ]
    return " · ".join(escaped(part) for part in parts if part)


def export_line(kubeconfig: str | None) -> str:
    """The line without which commands miss their contexts: no option of theirs takes several files."""
    if not kubeconfig or os.pathsep not in kubeconfig:
        return ""
    return f"export KUBECONFIG={shlex.quote(from_here(kubeconfig))}"


def _narrowed(entry: Entry, scope: Scope, causes: Sequence[Any]) -> list[str]:
    outside = len(entry["root_causes"]) - len(causes)
    hidden = sum(needs_a_look(record) and not scope.covers(record) for record in entry["objects"])
    return surroundings.narrowed_note(scope, outside, hidden)


def _notes(changes: Mapping[str, Any] | None) -> list[str]:
    note = (changes or {}).get("note")
    return [escaped(note, 400)] if note else []


def _causes(causes: Sequence[Mapping[str, Any]], entry: Entry, limits: Limits) -> dict[str, Any]:
    objects, folds = Objects(entry["objects"]), folded(causes)
    first, rest = folds[: limits.causes], folds[limits.causes :]
    return {
        "causes": [cause_block(number, fold, objects, entry["read_at"]) for number, fold in enumerate(first, 1)],
        "more_causes": [cause_line(fold, objects) for fold in rest[: limits.cause_lines]],
        "further_causes": [cause_line(fold, objects) for fold in rest[limits.cause_lines :]],
    }


def _others(entry: Entry, limits: Limits) -> dict[str, Any]:
    found = [escaped(sentence, 400) for sentence in other_findings(entry)]
    return {"others": found[: limits.others], "further_others": found[limits.others :]}


def _known(item: Mapping[str, Any]) -> str:
    known = item["known"] or {}
    until = f", until {known['until']}" if known.get("until") else ""
    return (
        f"{reference(item)}: {escaped(item['message'], 160)} ({escaped(known.get('ticket'), 60) or 'no ticket'}{until})"
    )


def _suspensions(entry: Entry, scope: Scope, limits: Limits) -> dict[str, Any]:
    suspensions = [item for item in entry["suspensions"] if scope.covers(item)]
    rows = suspension_rows(suspensions, entry["objects"], entry["read_at"])
    return {
        "suspended": section(f"Suspended ({len(rows)})", columns=SUSPENSION_COLUMNS, rows=rows[: limits.suspensions]),
        "more_suspended": len(rows[limits.suspensions :]),
    }


def _sections(entry: Entry, scope: Scope, limits: Limits) -> list[Section]:
    records = [record for record in entry["objects"] if scope.covers(record)]
    suspensions = [item for item in entry["suspensions"] if scope.covers(item)]
    rest = suspension_rows(suspensions, entry["objects"], entry["read_at"])[limits.suspensions :]
    return [
        *object_sections(records, entry["read_at"]),
        *surroundings.helm_section(entry, scope),
        *at_risk_section(records, limits),
        *([section(f"{len(rest)} more suspensions", columns=SUSPENSION_COLUMNS, rows=rest)] if rest else []),
        *surroundings.controller_section(entry),
        *surroundings.event_section(entry, scope, limits),
        *surroundings.log_section(entry, scope, limits),
        *surroundings.operator_section(entry),
        *surroundings.settings_section(entry),
        *surroundings.coverage_section(entry),
        *hint_section(entry, scope, limits),
    ]


def attempts(entry: Entry, kubeconfig: str | None) -> list[dict[str, str]]:
    """What to try when a cluster could not be read: every command only reads."""
    cluster = entry["cluster"] or {}
    context, server = cluster.get("context"), cluster.get("server")
    commands = []
    if server:
        commands.append(("Does the API server answer from here?", f"curl -ksS -m 5 {shlex.quote(server)}/version"))
    if context:
        asked = aim_at(cluster).kubectl("", "--request-timeout", "10s", "auth", "whoami")
        commands.append(("Does it know you?", asked["command"]))
    if kubeconfig:
        listed = aim_at({"kubeconfig": cluster.get("kubeconfig")}).kubectl("", "config", "get-contexts")
        commands.append(("Which contexts are there?", listed["command"]))
    hint = [{"text": cut(entry["hint"], 400), "command": ""}] if entry.get("hint") else []
    return [*hint, *({"text": text, "command": command} for text, command in commands)]
