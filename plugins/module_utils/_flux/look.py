# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A closer look at what one object runs: what to ask for, how much of it at most, and what was found.

The number of requests hangs on these limits, never on the size of an inventory.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import Entry
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import HELM
from ansible_collections.gitops.flux.plugins.module_utils._flux.pods import logged
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.workloads import (
    WORKLOADS,
    is_workload,
    selector_of,
    trouble_of,
    workload_ref,
)

# Lists of workloads, one for each kind and namespace.
LISTS = 20
# Pages of 500 objects of each list.
PAGES = 10
# Workloads that are not well whose pods are looked at, and pods of each of them.
WORKLOADS_SHOWN, PODS_SHOWN = 10, 3
# Logs that are read.
LOGS = 8

Row = Mapping[str, Any]


class Listing(NamedTuple):
    """One list request: a kind in one namespace, and which of the objects in it are meant (none: all)."""

    kind: str
    namespace: str
    names: frozenset[str]
    labels: str | None = None

    def __str__(self) -> str:
        return f"{WORKLOADS[self.kind].plural} in namespace {self.namespace}"

    def takes(self, ref: Ref) -> bool:
        return not self.names or ref.name in self.names


class Workload(NamedTuple):
    """One workload that is not well, and how its pods are found."""

    ref: Ref
    message: str
    selector: str | None


class Seen(NamedTuple):
    """What one list showed: how many of the objects that are meant are there, and which of them are not well."""

    names: frozenset[str]
    troubled: tuple[Workload, ...]
    # False when the list had more pages than are read.
    whole: bool


class LogTail(NamedTuple):
    """Which log to read."""

    namespace: str
    pod: str
    container: str
    previous: bool


@dataclass(frozen=True)
class Look:
    """Everything read about one object beside the picture of its cluster. Raw objects only where said."""

    # The object itself, raw.
    item: Row | None = None
    # Sources on its way, raw.
    sources: Mapping[Ref, Row] = field(default_factory=dict)
    # What it has put on the cluster, None when it keeps no list.
    entries: Sequence[Entry] | None = None
    # How many workloads were looked at.
    looked_at: int = 0
    troubled: Sequence[Workload] = ()
    # Rows of pods.pod_rows by workload.
    pods: Mapping[Ref, Sequence[Row]] = field(default_factory=dict)
    # Rows of events.events_of, the newest last.
    events: Sequence[Row] = ()
    logs: Sequence[Row] = ()
    # What could not be looked at: what, state, message.
    gaps: Sequence[Row] = ()


def listings_of(entries: Iterable[Entry]) -> tuple[list[Listing], list[Listing]]:
    """The lists that show the workloads of an inventory: those to ask for, those that are too many."""
    names: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in entries:
        if is_workload(entry.group, entry.kind) and entry.namespace:
            names[entry.kind, entry.namespace].add(entry.name)
    found = [Listing(kind, namespace, frozenset(chosen)) for (kind, namespace), chosen in names.items()]
    found.sort(key=lambda listing: (-len(listing.names), listing.namespace, listing.kind))
    return found[:LISTS], found[LISTS:]


def release_listings(namespace: str, name: str, release: Release) -> list[Listing]:
    """The lists that show what a HelmRelease without an inventory has made: helm-controller labels it all."""
    labels = f"{HELM}/name={name},{HELM}/namespace={namespace}"
    kinds = [kind for kind in WORKLOADS if kind not in ("Pod", "ReplicaSet")]
    return [Listing(kind, release.release_namespace, frozenset(), labels) for kind in kinds]


def seen_in(listing: Listing, pages: Iterable[Sequence[Row]]) -> Seen:
    """Page by page, so that no page has to be kept."""
    names: set[str] = set()
    troubled: list[Workload] = []
    for number, page in enumerate(pages):
        if number == PAGES:
            return Seen(frozenset(names), tuple(troubled), whole=False)
        for item in page:
            ref = workload_ref(item)
            if listing.takes(ref):
                names.add(ref.name)
                message = trouble_of(item)
                troubled += [Workload(ref, message, selector_of(item))] if message else []
    return Seen(frozenset(names), tuple(troubled), whole=True)


def absent_in(listing: Listing, seen: Seen) -> Iterator[Workload]:
    """What the inventory names and the whole list does not have."""
    if seen.whole:
        for name in sorted(listing.names - seen.names):
            yield Workload(Ref(listing.kind, listing.namespace, name), "does not exist", None)


def with_pods(troubled: Sequence[Workload]) -> list[Workload]:
    """The workloads whose pods are worth a request."""
    return [each for each in troubled if each.selector or each.ref.kind == "Pod"][:WORKLOADS_SHOWN]


def log_tails(pods: Mapping[Ref, Sequence[Row]]) -> list[LogTail]:
    """The logs of the containers that are not well, of the first pods of each workload in turn."""
    turns = sorted(
        ((number, row) for found in pods.values() for number, row in enumerate(found[:PODS_SHOWN])),
        key=lambda turn: turn[0],
    )
    found = [
        LogTail(row["namespace"], row["name"], name, previous)
        for _number, row in turns
        for name, previous in logged(row["containers"])
    ]
    return found[:LOGS]


def is_about(workloads: Collection[Ref]) -> Callable[[Row], bool]:
    """Whether a raw event speaks of one of these workloads, or of a ReplicaSet or Pod they made."""
    names = {(ref.kind, ref.namespace, ref.name) for ref in workloads}
    made = Counter((ref.namespace, ref.name) for ref in workloads)

    def holds(event: Row) -> bool:
        about = mapping(event.get("involvedObject"))
        kind, namespace, name = (str(about.get(key) or "") for key in ("kind", "namespace", "name"))
        if (kind, namespace, name) in names:
            return True
        return kind in _SUFFIXES and any((namespace, base) in made for base in _bases(kind, name))

    return holds


# What is put behind a workload's name: a ReplicaSet its hash, a Pod a hash and five letters, or a number.
_SUFFIXES: Mapping[str, re.Pattern[str]] = {
    "ReplicaSet": re.compile(r"(.+)-[a-z0-9]{5,10}"),
    "Pod": re.compile(r"(?:(.+)-[a-z0-9]{5,10}|(.+))-(?:[a-z0-9]{5}|\d+)"),
}


def _bases(kind: str, name: str) -> list[str]:
    """The names of the workloads that may have made it."""
    found = re.fullmatch(_SUFFIXES[kind], name)
    bases = list(found.groups()) if found else []
    # A Pod of a DaemonSet or Job has no hash, and its own name may look as if it had one.
    return [base for base in [*bases, name.rpartition("-")[0] if kind == "Pod" else None] if base]
