# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object has put on the cluster, by its inventory: names only, thousands of them in little room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import FLUX_GROUPS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, rows

# More names than this are only counted.
NAMES_KEPT = 1000
RBAC = "rbac.authorization.k8s.io"


class Entry(NamedTuple):
    """One object of an inventory."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.namespace, self.name)

    @property
    def is_flux(self) -> bool:
        return self.group in FLUX_GROUPS


def entries_of(status: Mapping[str, Any]) -> tuple[Entry, ...] | None:
    """The entries of status.inventory; None where a kind or a controller keeps none."""
    inventory = status.get("inventory")
    if not isinstance(inventory, Mapping):
        return None
    found = (_entry(str(row.get("id") or "")) for row in rows(inventory.get("entries")))
    return tuple(entry for entry in found if entry is not None)


def _entry(text: str) -> Entry | None:
    """<namespace>_<name>_<group>_<Kind>; names may hold underscores, and RBAC writes ':' as '__'."""
    namespace, first, rest = text.partition("_")
    rest, last, kind = rest.rpartition("_")
    name, middle, group = rest.rpartition("_")
    if not (first and last and middle and name and kind):
        return None
    return Entry(group, kind, namespace, name.replace("__", ":") if group == RBAC else name)


def artifacts_of(namespace: str, status: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The inventory of an ArtifactGenerator, which is a plain list of the artifacts it made."""
    group = "source.toolkit.fluxcd.io"
    return tuple(
        Entry(group, "ExternalArtifact", str(row.get("namespace") or namespace), str(row["name"]))
        for row in rows(status.get("inventory"))
        if row.get("name")
    )


def inventory_of(item: Mapping[str, Any]) -> tuple[Entry, ...] | None:
    """What this object has put on the cluster, as it says itself; None when it keeps no list."""
    status = mapping(item.get("status"))
    if item.get("kind") == "ArtifactGenerator":
        return artifacts_of(str(mapping(item.get("metadata")).get("namespace") or ""), status)
    return entries_of(status)


def kind_rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """How many of each kind, with their names, the most frequent kinds first."""
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        place = f"{entry.namespace}/" if entry.namespace else ""
        grouped[entry.kind, entry.group].append(place + entry.name)
    # Names are kept of the rare kinds first: of those that are there in hundreds, few say little.
    rows, left = [], NAMES_KEPT
    for (kind, group), names in sorted(grouped.items(), key=lambda item: (len(item[1]), item[0])):
        rows.append({"kind": kind, "group": group, "count": len(names), "names": sorted(names)[: max(0, left)]})
        left -= len(names)
    return sorted(rows, key=lambda row: -row["count"])
