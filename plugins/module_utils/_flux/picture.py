# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what was read of a cluster to its picture, the result of flux_info."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of, flux_version_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.coverage import coverage_of, summary_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import histories_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.identity import identity_of, identity_warnings
from ansible_collections.gitops.flux.plugins.module_utils._flux.loglines import lines_about, parse_log
from ansible_collections.gitops.flux.plugins.module_utils._flux.operator import operator_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well, records_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.silence import with_silence
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import signs_of, stale_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of, time_or_none
from ansible_collections.gitops.flux.plugins.module_utils._flux.view import View


def picture_of(
    reading: Reading, context: str | None, kubeconfig: str | None, expected_uid: str | None, wishes: Wishes
) -> dict[str, Any]:
    """The picture of one cluster. Everything is judged; the selection only decides which records are returned.

    kubeconfig is its file where commands have to name it.
    """
    facts = reading.facts()
    lines = _lines(reading)
    controllers = _controllers(reading, lines, wishes)
    events = _events(reading)
    logs = [line for found in lines.values() for line in found] if lines else None
    view = View(context or reading.server, reading.now, wishes.thresholds, events, signs_of(events, logs), controllers)
    records = records_of(facts, view)
    labels = {(fact.kind, fact.namespace, fact.name): fact.labels for fact in facts}
    chosen = [
        record
        for record in records
        if wishes.selection.takes(record, labels[record["kind"], record["namespace"], record["name"]])
    ]
    cluster = identity_of(reading, context, kubeconfig, expected_uid) | {
        "flux_version": flux_version_of(_raw(reading, "Deployment"))
    }
    return {
        "reachable": True,
        "reason": None,
        "cluster": cluster,
        "read_at": text_of(reading.now),
        "objects": chosen,
        "coverage": coverage_of(reading),
        "summary": summary_of(chosen),
        "stale_sources": stale_rows(chosen),
        "warnings": identity_warnings(cluster, expected_uid),
        **_gathered(reading, records, cluster, wishes, {"events": events, "controllers": controllers, "logs": logs}),
    }


def _gathered(
    reading: Reading,
    records: Sequence[Mapping[str, Any]],
    cluster: Mapping[str, Any],
    wishes: Wishes,
    read: Mapping[str, Sequence[Mapping[str, Any]] | None],
) -> dict[str, Any]:
    """What was asked for beside the objects."""
    parts: dict[str, Callable[[], Any]] = {
        "events": lambda: list(reversed(read["events"] or ())),
        "controllers": lambda: read["controllers"] or [],
        "logs": lambda: _tail(read["logs"] or (), records, wishes),
        "helm_history": lambda: histories_of(reading.facts()),
        "operator": lambda: operator_of(reading, records, wishes, cluster),
        "settings": lambda: _settings(reading, wishes),
    }
    return {name: part() for name, part in parts.items() if name in wishes.gather}


def _raw(reading: Reading, kind: str) -> list[dict[str, Any]]:
    part = reading.others.get(kind)
    return part.value if part is not None and part.state == "ok" else []


def _events(reading: Reading) -> list[dict[str, Any]] | None:
    part = reading.others.get("Event")
    return events_of(part.value) if part is not None and part.state == "ok" else None


def _lines(reading: Reading) -> dict[str, list[dict[str, Any]]]:
    """The parsed lines of each pod whose log could be read."""
    owners = {
        pod["name"]: row["component"]
        for row in controllers_of(_raw(reading, "Deployment"), _raw(reading, "Pod"))
        for pod in row["pods"]
    }
    return {
        pod: parse_log(part.value, owners.get(pod, pod), pod)
        for pod, part in reading.logs.items()
        if part.state == "ok"
    }


def _controllers(
    reading: Reading, lines: Mapping[str, Sequence[Mapping[str, Any]]], wishes: Wishes
) -> list[dict[str, Any]] | None:
    deployments = reading.others.get("Deployment")
    if deployments is None or deployments.state != "ok":
        return None
    rows = controllers_of(deployments.value, _raw(reading, "Pod"), flux_namespace=wishes.flux_namespace)
    newest = {pod: _newest(found) for pod, found in lines.items()}
    return with_silence(rows, reading.facts(), newest, reading.now, wishes.thresholds.stale_after)


def _newest(lines: Sequence[Mapping[str, Any]]) -> datetime | None:
    return max((at for line in lines if (at := time_or_none(line["at"])) is not None), default=None)


def _tail(
    lines: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]], wishes: Wishes
) -> list[Mapping[str, Any]]:
    """The newest lines, about what is not well unless all are wanted."""
    if wishes.log_scope == "all":
        pods = dict.fromkeys(line["pod"] for line in lines)
        return [line for pod in pods for line in [row for row in lines if row["pod"] == pod][-wishes.log_lines :]]
    return lines_about(lines, [ref_of(record) for record in records if not is_well(record)], wishes.log_lines)


def _settings(reading: Reading, wishes: Wishes) -> list[dict[str, Any]]:
    """Which settings ConfigMaps exist, and their keys; their values stay in the cluster."""
    found = []
    for name in wishes.settings_config_maps:
        part = reading.others[f"ConfigMap/{name}"]
        data = part.value or {}
        keys = sorted({**(data.get("data") or {}), **(data.get("binaryData") or {})})
        exists = {"ok": True, "absent": False}.get(part.state)
        found.append({"namespace": wishes.flux_namespace, "name": name, "exists": exists, "keys": keys})
    return found
