# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who owns the fields of a release's objects, and how they are handed over.

`helm rollback` applies as manager "helm". What a bad version has added to an object belongs to "helm-controller", which
applies the releases of Flux: for Helm it is somebody else's, and stays. So the ownership is handed to Helm before, and
handed back after. Objects that were applied client-side (operation Update) are owned by server-side apply from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CONTROLLER, HELM = "helm-controller", "helm"
APPLY, UPDATE = "Apply", "Update"


def handed_over(entries: Sequence[Mapping[str, Any]], giver: str, taker: str) -> list[dict[str, Any]] | None:
    """The entries after which the taker owns by server-side apply what giver and taker own now; None: nothing to do.

    Entries of a subresource (status, scale) are left alone.
    """
    theirs = [entry for entry in entries if _is_of(entry, giver, taker)]
    if all((entry["manager"], entry["operation"]) == (taker, APPLY) for entry in theirs):
        return None
    kept = [dict(entry) for entry in entries if entry not in theirs]
    return [*kept, *_united(theirs, taker)]


def _is_of(entry: Mapping[str, Any], *managers: str) -> bool:
    return (
        entry.get("manager") in managers and entry.get("operation") in (APPLY, UPDATE) and not entry.get("subresource")
    )


def _united(entries: Sequence[Mapping[str, Any]], manager: str) -> list[dict[str, Any]]:
    """One entry for each version the fields are written in: the API server keeps them apart."""
    united: dict[str, dict[str, Any]] = {}
    for entry in entries:
        version = str(entry.get("apiVersion"))
        before = united.get(version, {})
        fields = _union(before.get("fieldsV1") or {}, entry.get("fieldsV1") or {})
        times = [each for each in (before.get("time"), entry.get("time")) if each]
        united[version] = {**entry, "manager": manager, "operation": APPLY, "fieldsV1": fields}
        if times:
            united[version]["time"] = max(times)
    return list(united.values())


def _union(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two sets of fields as one; the leaves of fieldsV1 are empty mappings."""
    merged = dict(first)
    for key, inner in second.items():
        merged[key] = _union(merged.get(key) or {}, inner or {})
    return merged
