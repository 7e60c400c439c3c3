# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks closer at what one object runs: at most some sixty requests, whatever the size of its inventory.

No Secret and no ConfigMap is asked for. What is refused or fails is a gap in the look, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import Entry, inventory_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.log_tail import tail_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.look import (
    Listing,
    LogTail,
    Look,
    Seen,
    Workload,
    absent_in,
    is_about,
    listings_of,
    log_tails,
    release_listings,
    seen_in,
    with_pods,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.particulars import is_remote
from ansible_collections.gitops.flux.plugins.module_utils._flux.pods import pod_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Part
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.workloads import WORKLOADS
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import pages
from ansible_collections.gitops.flux.plugins.module_utils._kube.questions import Question, together

# Sources read whole, for their addresses.
SOURCES = 6
# Pages of 500 pods of one workload, and of events of one namespace; namespaces whose events are read.
POD_PAGES, EVENT_PAGES, EVENT_NAMESPACES = 1, 4, 5
# More than is shown, so that a key that a container printed is seen from its start.
LOG_TAIL, LOG_BYTES = 200, 1 << 20

Gap = dict[str, Any]


class Observer:
    """Asks one server about one object. lines: how many log lines of each container are kept."""

    def __init__(self, client: Client, served: Mapping[str, str | None], lines: int) -> None:
        self._client = client
        self._served = served
        self._lines = lines
        self._gaps: list[Gap] = []

    def look(self, facts: Facts, item: Mapping[str, Any], sources: Sequence[Ref]) -> Look:
        """Round by round, each as wide as the one before has shown to be worthwhile."""
        with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
            found = self._asked(pool, self._around(facts, sources))
            entries = inventory_of(item)
            listings = [] if is_remote(mapping(item.get("spec"))) else self._listings(facts, entries)
            seen = self._asked(pool, {str(each): self._list(each) for each in listings})
            answered = [(each, seen[str(each)]) for each in listings if str(each) in seen]
            absent = [workload for each, shown in answered for workload in absent_in(each, shown)]
            # Those that are there can tell more.
            troubled = [*(workload for _each, shown in answered for workload in shown.troubled), *absent]
            pods = self._pods(pool, troubled)
            events = self._asked(pool, self._events_about([each.ref for each in troubled]))
            logs = self._logs(pool, log_tails(pods))
        raw = [event for name, part in {**found, **events}.items() if name.startswith("events") for event in part]
        return Look(
            item=item,
            sources={ref: found[str(ref)] for ref in sources if str(ref) in found},
            entries=entries,
            looked_at=sum(len(shown.names) for _each, shown in answered) + len(absent),
            troubled=troubled,
            pods=pods,
            events=events_of(raw),
            logs=logs,
            gaps=self._gaps,
        )

    def _asked(self, pool: ThreadPoolExecutor, questions: Mapping[str, Question]) -> dict[str, Any]:
        """The answers there are; the others become gaps."""
        parts = together(pool, questions)
        self._gaps += [_gap(name, part) for name, part in parts.items() if part.state != "ok"]
        return {name: part.value for name, part in parts.items() if part.state == "ok"}

    def _around(self, facts: Facts, sources: Sequence[Ref]) -> dict[str, Question]:
        # By UID, because a deleted object of the same name may have left events too.
        about = f"involvedObject.kind={facts.kind},involvedObject.name={facts.name},involvedObject.uid={facts.uid}"
        own = self._events(facts.namespace, about, lambda _event: True)
        return {"events of the object": own} | {str(source): self._one(source) for source in sources[:SOURCES]}

    def _one(self, ref: Ref) -> Question:
        version = self._served.get(ref.kind) or KINDS[ref.kind].newest
        return lambda: self._client.get(object_path(ref, version)).json()

    def _listings(self, facts: Facts, entries: Sequence[Entry] | None) -> list[Listing]:
        if entries is None:
            release = facts.release
            return release_listings(facts.namespace, facts.name, release) if release and facts.revisions else []
        chosen, left = listings_of(entries)
        if left:
            number = sum(len(each.names) for each in left)
            message = f"its workloads are in too many places; those of {len(chosen)} were looked at"
            self._gaps.append({"what": f"{number} workloads", "state": "limited", "message": message})
        return chosen

    def _list(self, listing: Listing) -> Callable[[], Seen]:
        kind = WORKLOADS[listing.kind]
        path = f"{kind.path}/namespaces/{listing.namespace}/{kind.plural}"
        query = {"labelSelector": listing.labels} if listing.labels else None
        return lambda: seen_in(listing, pages(self._client, path, query))

    def _pods(self, pool: ThreadPoolExecutor, troubled: Sequence[Workload]) -> dict[Ref, list[dict[str, Any]]]:
        chosen = {f"pods of {each.ref}": each for each in with_pods(troubled)}
        answers = self._asked(pool, {name: self._pods_of(each) for name, each in chosen.items()})
        return {chosen[name].ref: pod_rows(items) for name, items in answers.items()}

    def _pods_of(self, workload: Workload) -> Question:
        path = f"/api/v1/namespaces/{workload.ref.namespace}/pods"
        query = {"labelSelector": workload.selector}
        if workload.ref.kind == "Pod":
            query = {"fieldSelector": f"metadata.name={workload.ref.name}"}
        return lambda: _some(pages(self._client, path, query), POD_PAGES)

    def _events_about(self, workloads: Sequence[Ref]) -> dict[str, Question]:
        """One list for each namespace with trouble in it; the namespaces with most of it come first."""
        namespaces = list(dict.fromkeys(ref.namespace for ref in workloads))[:EVENT_NAMESPACES]
        wanted = is_about(workloads)
        return {f"events in namespace {name}": self._events(name, "type=Warning", wanted) for name in namespaces}

    def _events(self, namespace: str, selector: str, wanted: Callable[[Mapping[str, Any]], bool]) -> Question:
        listed = pages(self._client, f"/api/v1/namespaces/{namespace}/events", {"fieldSelector": selector})
        return lambda: [event for event in _some(listed, EVENT_PAGES) if wanted(event)]

    def _logs(self, pool: ThreadPoolExecutor, tails: Sequence[LogTail]) -> list[dict[str, Any]]:
        parts = together(pool, {str(number): self._log(tail) for number, tail in enumerate(tails)})
        answered = list(zip(tails, parts.values(), strict=True))
        # A container that has just started has no earlier log; that is no gap.
        lost = [(tail, part) for tail, part in answered if part.state != "ok" and not tail.previous]
        self._gaps += [_gap(f"log of {tail.pod}/{tail.container}", part) for tail, part in lost]
        return _without_twins([{**tail._asdict(), "lines": part.value} for tail, part in answered if part.value])

    def _log(self, tail: LogTail) -> Callable[[], list[str]]:
        path = f"/api/v1/namespaces/{tail.namespace}/pods/{tail.pod}/log"
        query = {"container": tail.container, "tailLines": LOG_TAIL, "limitBytes": LOG_BYTES, "timestamps": "true"}
        query |= {"previous": "true"} if tail.previous else {}
        return lambda: tail_of(
            self._client.get(path, query, accept="text/plain, */*").body.decode(errors="replace"), self._lines
        )


def object_path(ref: Ref, version: str) -> str:
    """Where one Flux object is read. version: its apiVersion."""
    return f"/apis/{version}/namespaces/{ref.namespace}/{KINDS[ref.kind].plural}/{ref.name}"


def _some(found: Iterable[Sequence[dict[str, Any]]], most: int) -> list[dict[str, Any]]:
    return [item for page in islice(found, most) for item in page]


def _gap(what: str, part: Part) -> Gap:
    return {"what": what, "state": part.state, "message": part.message}


def _without_twins(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """While a container waits to be started again, its present log is the one before: once is enough."""
    kept: list[dict[str, Any]] = []
    for row in rows:
        twin = any(all(row[key] == other[key] for key in ("namespace", "pod", "container", "lines")) for other in kept)
        kept += [] if twin else [row]
    return kept
