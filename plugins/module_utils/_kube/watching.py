# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes of whole kinds as they happen: one watch for each kind, never one for each object.

A watch goes on from the list it follows. It outlives lost connections, expired resource versions and a server that
starts again: then the kind is listed anew, and what the list no longer has counts as deleted.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError, FluxError, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts, facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import GONE
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import Listed, facts_in

# Seconds. The server ends a watch after the first; a connection that says nothing for the second is dead.
WATCH_SECONDS = 50
SILENCE_SECONDS = 60.0
RETRY_SECONDS = 0.5


class Change(NamedTuple):
    """An object as it is now; facts None: it is gone. trouble: a kind that cannot be watched any more, and why."""

    ref: Ref
    facts: Facts | None
    trouble: FluxError | None = None


class Watches:
    """Watches the kinds of these lists until closed. To be read by one thread."""

    def __init__(self, client: Client, lists: Iterable[Listed]) -> None:
        self._client = client
        self._changes: SimpleQueue[Change] = SimpleQueue()
        self._closed = threading.Event()
        # Daemons: a blocked read must not keep a finished module from ending.
        for listed in lists:
            threading.Thread(target=self._follow, args=(listed,), daemon=True).start()

    def changes(self, seconds: float) -> list[Change]:
        """Everything that has happened; waits up to so many seconds for the first of it."""
        try:
            found = [self._changes.get(timeout=max(seconds, 0.001))]
        except Empty:
            return []
        while True:
            try:
                found.append(self._changes.get_nowait())
            except Empty:
                return found

    def close(self) -> None:
        """No further changes are taken."""
        self._closed.set()

    def _follow(self, listed: Listed) -> None:
        """The life of one watch."""
        path, version = listed.path, listed.resource_version
        known = {fact.ref for fact in listed}
        while not self._closed.is_set():
            try:
                version = self._watch(path, version, known) if version else self._list_again(path, known)
            except Unreachable:
                self._closed.wait(RETRY_SECONDS)
                self._client.retry()
            except ApiError as error:
                if error.status == GONE:
                    version = ""
                elif error.status >= 500 or error.status == 429:  # starting, overloaded, or between two leaders
                    self._closed.wait(RETRY_SECONDS)
                else:
                    kind = path.rpartition("/")[2]
                    self._changes.put(Change(Ref(kind, "", ""), None, error))
                    return

    def _watch(self, path: str, version: str, known: set[Ref]) -> str:
        """Reads one watch to its end; the version the next one goes on from."""
        query = {
            "watch": "1",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": WATCH_SECONDS,
        }
        with self._client.stream(path, query, SILENCE_SECONDS) as lines:
            try:
                for line in lines:
                    if self._closed.is_set():
                        break
                    if line.strip():
                        version = self._take(json.loads(line), known) or version
            except (Unreachable, ValueError):
                # Cut off, perhaps in the middle of a line: what was read counts, the next watch goes on from there.
                self._closed.wait(RETRY_SECONDS)
        return version

    def _take(self, event: dict[str, Any], known: set[Ref]) -> str | None:
        item = event.get("object") or {}
        if event.get("type") == "ERROR":
            raise ApiError(str(item.get("message") or "the watch failed"), int(item.get("code") or 500))
        metadata = item.get("metadata") or {}
        if event.get("type") != "BOOKMARK":
            facts = facts_of(item)
            gone = event.get("type") == "DELETED"
            (known.discard if gone else known.add)(facts.ref)
            self._changes.put(Change(facts.ref, None if gone else facts))
        return metadata.get("resourceVersion")

    def _list_again(self, path: str, known: set[Ref]) -> str:
        listed = facts_in(self._client, path)
        present = {fact.ref for fact in listed}
        for ref in known - present:
            self._changes.put(Change(ref, None))
        for fact in listed:
            self._changes.put(Change(fact.ref, fact))
        known.clear()
        known.update(present)
        return listed.resource_version
