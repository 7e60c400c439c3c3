# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has changed between two runs of the health check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of

Entry = Mapping[str, Any]
Row = dict[str, Any]


def health_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Causes that are new, fixed and still there, for the clusters in both documents.

    Nothing is said about a cluster that was unreachable in one of them: what nobody saw is not fixed.
    """
    earlier = (before or {}).get("clusters") or {}
    pairs = {host: (earlier[host], entry) for host, entry in after["clusters"].items() if host in earlier}
    seen = {host: pair for host, pair in pairs.items() if all(entry.get("reachable") for entry in pair)}
    found: dict[str, list[Any]] = {"new": [], "fixed": [], "still": []}
    for host, (old, new) in sorted(seen.items()):
        _compare(host, _causes(old), _causes(new), found)
    return {**found, "not_compared": sorted(set(pairs) - set(seen))}


def _causes(entry: Entry) -> dict[Ref, Mapping[str, Any]]:
    """Known failures too: one that has become known is not fixed."""
    return {ref_of(cause): cause for key in ("root_causes", "known_failures") for cause in entry.get(key) or ()}


def _compare(
    host: str, old: Mapping[Ref, Mapping[str, Any]], new: Mapping[Ref, Mapping[str, Any]], found: dict[str, list[Any]]
) -> None:
    for ref, cause in new.items():
        found["still" if ref in old else "new"].append(_row(host, cause))
    found["fixed"] += [_row(host, cause) for ref, cause in old.items() if ref not in new]


def _row(host: str, cause: Mapping[str, Any]) -> Row:
    kept = ("kind", "namespace", "name", "class", "message", "since", "known")
    return {"cluster": host, **{key: cause.get(key) for key in kept}}
