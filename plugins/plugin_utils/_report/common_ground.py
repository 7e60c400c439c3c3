# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several clusters have in common, and where they have drifted apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import escaped, reference
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import Key, key_of, named

Entry = Mapping[str, Any]
Entries = Mapping[str, Entry]
Record = Mapping[str, Any]

# Sources whose revision says which state a cluster wants. An index of charts differs whenever it was fetched.
REVISIONED = frozenset({"GitRepository", "OCIRepository", "Bucket", "ExternalArtifact"})


def in_common(entries: Entries) -> list[str]:
    """One line for everything that concerns more than one cluster."""
    reached = {host: entry for host, entry in entries.items() if entry["reachable"]}
    return [*_shared_causes(reached), *_revision_skew(reached), *_version_skew(reached)]


def root_of(entries: Entries, name: str) -> Key | None:
    """The source the revision column is about: the one called name, else the one most objects run on."""
    sources = Counter(
        key_of(record) for entry in entries.values() for record in entry["objects"] if record["kind"] in REVISIONED
    )
    named = [key for key in sources if key[2] == name]
    if named:
        return max(named, key=lambda key: (sources[key], key))
    used = Counter(
        key_of(record["source"])
        for entry in entries.values()
        for record in entry["objects"]
        if record["source"] and key_of(record["source"]) in sources
    )
    return max(used, key=lambda key: (used[key], key)) if used else None


def _shared_causes(entries: Entries) -> list[str]:
    where: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for entry in entries.values():
        for cause in entry["root_causes"]:
            where[cause["group"]].setdefault(_name(entry), cause)
    return [
        f"the same cause on {_joined(found)}: {reference(next(iter(found.values())))} ({group.partition(':')[0]})"
        for group, found in where.items()
        if len(found) > 1
    ]


def _revision_skew(entries: Entries) -> list[str]:
    found: dict[tuple[Key, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries.values():
        for record in entry["objects"]:
            if record["kind"] in REVISIONED and record["revision"]:
                # Clusters that follow different branches are meant to differ.
                branch = record["revision"].partition("@")[0] if "@" in record["revision"] else ""
                found[key_of(record), branch][record["revision"]].append(_name(entry))
    return [
        f"revision skew: {reference(named(key))} is at {_spread(revisions, short_revision)}"
        for (key, _branch), revisions in found.items()
        if len(revisions) > 1
    ]


def _version_skew(entries: Entries) -> list[str]:
    versions: dict[str, list[str]] = defaultdict(list)
    for entry in entries.values():
        version = (entry["cluster"] or {}).get("flux_version")
        if version:
            versions[version].append(_name(entry))
    return [f"Flux versions differ: {_spread(versions, str)}"] if len(versions) > 1 else []


def _spread(values: Mapping[str, list[str]], short: Any) -> str:
    return "; ".join(f"{escaped(short(value))} on {_joined(names)}" for value, names in values.items())


def _name(entry: Entry) -> str:
    return escaped(entry["display_name"] or entry["host"])


def _joined(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
