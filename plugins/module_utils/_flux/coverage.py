# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was seen of a cluster and what was not. What was not seen is never reported as healthy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Part, Reading


def coverage_of(reading: Reading) -> dict[str, dict[str, Any]]:
    """What was seen, by kind; a kind that is not served is absent, which is not a loss."""
    coverage = {
        name: _row(reading.kinds.get(name, Part("absent", None)), (reading.served or {}).get(name)) for name in KINDS
    }
    coverage["Namespace"] = _row(reading.namespace, "v1")
    coverage["SelfSubjectReview"] = _row(reading.review, "authentication.k8s.io/v1")
    for name, part in reading.others.items():
        kind = name.partition("/")[0]
        if kind != "ConfigMap":  # one is expected to be missing; settings tell which
            coverage[kind] = _row(part, None)
    maps = [part for name, part in reading.others.items() if name.startswith("ConfigMap/")]
    if maps:
        coverage["ConfigMap"] = _worst(maps)
    if reading.logs:
        coverage["Log"] = _worst(reading.logs.values())
    return coverage


def _row(part: Part, api_version: str | None) -> dict[str, Any]:
    count = len(part.value) if isinstance(part.value, list) else None
    message = None if part.state in ("ok", "absent") else part.message
    return {"state": part.state, "api_version": api_version, "count": count, "message": message}


def _worst(parts: Iterable[Part]) -> dict[str, Any]:
    rank = ("error", "forbidden", "ok", "absent")
    found = sorted(parts, key=lambda part: rank.index(part.state))
    state = "ok" if found[0].state == "absent" else found[0].state
    return _row(Part(state, None, found[0].message), None) | {"count": sum(part.state == "ok" for part in found)}


def summary_of(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The numbers of objects in all, by status, by kind and status, and by flag."""
    by_kind: defaultdict[str, Counter[str]] = defaultdict(Counter)
    flags: Counter[str] = Counter()
    for record in records:
        by_kind[record["kind"]][record["status"]] += 1
        flags.update(record["flags"])
    statuses: Counter[str] = sum(by_kind.values(), Counter())
    return {
        "total": sum(statuses.values()),
        "by_status": dict(statuses),
        "by_kind": {kind: dict(counts) for kind, counts in by_kind.items()},
        "by_flag": dict(flags),
    }
