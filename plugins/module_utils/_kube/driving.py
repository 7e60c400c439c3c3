# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries out a run: sends its requests, brings it what happens in the cluster, until it is done or out of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.keeping import lost_objects, sentences_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.occupation import busy_sentence
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.progress import progress_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.run import Ask, Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import MISSING, controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError, FluxError, NotFound, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT, Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Reading
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import items
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.watching import RETRY_SECONDS, Watches

FORCE_AT, RESET_AT = "reconcile.fluxcd.io/forceAt", "reconcile.fluxcd.io/resetAt"
SENDERS = 8
LOOK_SECONDS = 0.5
CONTROLLERS_SECONDS = 3.0
MOST_BUSY = 5


class Driver:
    """clock: seconds since the module began."""

    def __init__(
        self, client: Client, run: Run, reading: Reading, clock: Callable[[], float], progress: ProgressFile
    ) -> None:
        self.notices: list[str] = []
        self.requests = 0
        self._client, self._run, self._clock, self._progress = client, run, clock, progress
        self._lists = {kind: part.value for kind, part in reading.kinds.items() if part.state == "ok"}
        self._server_start = reading.now - timedelta(seconds=clock())
        self._pool = ThreadPoolExecutor(max_workers=SENDERS)
        self._sending: dict[Future[str | None], Ask] = {}
        self._deadline = clock() + run.wishes.timeout
        self._looked_at = 0.0
        self._busy: dict[Ref, str] = {}
        self._down_since: dict[Ref, float] = {}
        self._note: str | None = None

    def send_all(self) -> None:
        """Sends what is due, and waits until the API server has taken it."""
        self._send()
        self._collect(wait=True)

    def until_done(self, look_again: Callable[[], Mapping[Ref, Facts] | None], flux_namespace: str) -> None:
        """Goes on until nothing is waited for any more, or time is up.

        look_again reads everything once more: what a run's last step set off may not have arrived yet.
        """
        watches = Watches(self._client, self._watched())
        try:
            while True:
                self._step(watches, flux_namespace)
                if self._clock() >= self._deadline:
                    look_again()
                    break
                if self._run.done:
                    self._compare(look_again())
                    if self._run.done:
                        break
        finally:
            watches.close()
            self._stop_sending()
        self._run.end(self._clock())
        self._tell()
        self.notices += self._busy_notices()

    def _stop_sending(self) -> None:
        """What has not begun is not sent any more; what is under way is waited for, so that no write goes unseen."""
        self._deadline = min(self._deadline, self._clock())
        self._sending = {future: ask for future, ask in self._sending.items() if not future.cancel()}
        self._collect(wait=True)
        self._pool.shutdown(wait=False)

    def _watched(self) -> list[Any]:
        """The kinds of everything in the run, and of what could come to be during it."""
        present = {ref.kind for ref in self._run.members}
        return [
            listed
            for kind, listed in self._lists.items()
            if kind in present or KINDS[kind].is_source or KINDS[kind].is_workload
        ]

    def _step(self, watches: Watches, flux_namespace: str) -> None:
        self._send()
        left = self._deadline - self._clock()
        changes = watches.changes(min(LOOK_SECONDS, max(left, 0.0)))
        now = self._clock()
        for change in changes:
            if change.trouble is not None:
                self._lose_sight(change.ref.kind, change.trouble, now)
        self._run.observe([(change.ref, change.facts) for change in changes if change.trouble is None], now)
        self._collect(wait=False)
        self._run.tick(now)
        self._watch_controllers(now, flux_namespace)
        self._watch_busy(now)
        self._tell()

    def _lose_sight(self, plural: str, trouble: FluxError, now: float) -> None:
        """Objects that may not be watched get no verdict of their own; what was asked so far is still told."""
        for member in list(self._run.members.values()):
            if member.open and KINDS[member.ref.kind].plural == plural:
                self._run.refused(member.ref, f"cannot be watched: {trouble.message}", now)

    def _compare(self, world: Mapping[Ref, Facts] | None) -> None:
        if world is None:
            return
        gone = [(ref, None) for ref in self._run.members if ref in self._run.board.world and ref not in world]
        self._run.observe([*gone, *world.items()], self._clock())

    def _send(self) -> None:
        for ask in self._run.due():
            self._sending[self._pool.submit(self._request, ask)] = ask

    def _collect(self, *, wait: bool) -> None:
        """Takes in what has come of the requests under way."""
        for future in [future for future in self._sending if wait or future.done()]:
            ask, message = self._sending.pop(future), future.result()
            if message is None:
                self.requests += 1
                self._run.sent(ask.ref)
            else:
                self._run.refused(ask.ref, message, self._clock())

    def _request(self, ask: Ask) -> str | None:
        """Sends one request; why it was refused, or None. The same value again does no harm, so it may be repeated."""
        facts = self._run.board.world.get(ask.ref)
        if facts is None:
            return "was deleted before it could be asked"
        kind = KINDS[ask.ref.kind]
        path = f"/apis/{facts.api_version}/namespaces/{ask.ref.namespace}/{kind.plural}/{ask.ref.name}"
        while True:
            try:
                self._client.patch(path, {"metadata": {"annotations": self._annotations(ask)}})
            except NotFound:
                return "was deleted before it could be asked"
            except (Unreachable, ApiError) as error:
                passing = isinstance(error, Unreachable) or error.status >= 500 or error.status == 429
                if not passing or self._clock() >= self._deadline:
                    return f"the request was not accepted: {error.message}"
                time.sleep(RETRY_SECONDS)
                self._client.retry()
            else:
                return None

    def _annotations(self, ask: Ask) -> dict[str, str]:
        """Force and reset only count in the same patch as the request."""
        also = []
        if ask.ref.kind == "HelmRelease":
            wishes = self._run.wishes
            also = [key for key, wanted in ((FORCE_AT, wishes.force), (RESET_AT, wishes.reset)) if wanted]
        return dict.fromkeys([REQUESTED_AT, *also], ask.token)

    def _watch_controllers(self, now: float, flux_namespace: str) -> None:
        """An object whose controller is away for good is not waited for; one that comes back soon is."""
        if now - self._looked_at < CONTROLLERS_SECONDS:
            return
        self._looked_at = now
        try:
            deployments = items(self._client, f"/apis/apps/v1/namespaces/{flux_namespace}/deployments")
        except FluxError:  # forbidden, or the server is away itself: nothing is known
            return
        rows = controllers_of(deployments, flux_namespace=flux_namespace)
        lost = lost_objects(self._run, rows, flux_namespace)
        keepers = {keeper for keeper, _message in lost.values()}
        self._down_since = {keeper: self._down_since.get(keeper, now) for keeper in keepers}
        fresh = [text for text in sentences_of(lost) if text not in self.notices]
        self.notices += fresh
        self._note = fresh[0] if fresh else self._note
        there = {row["name"] for row in rows if row["state"] != MISSING}
        grace = self._run.wishes.controller_grace
        over = {
            keeper for keeper, since in self._down_since.items() if keeper.name not in there or now - since >= grace
        }
        self._run.give_up({ref: blame for ref, blame in lost.items() if blame[0] in over}, now)

    def _watch_busy(self, now: float) -> None:
        """Says once of each object that does not answer what it does instead."""
        for member in self._run.members.values():
            if not member.open or member.began is None or now - member.began < self._run.wishes.busy_after:
                continue
            facts = self._run.board.world.get(member.ref)
            if facts is None or member.ref in self._busy or facts.handled == member.token:
                continue
            sentence = busy_sentence(facts, self._server_time(now))
            if sentence is not None:
                self._busy[member.ref] = sentence
                # What controllers say may hold anything: progress shows names only.
                self._note = f"{member.ref} is busy"

    def _server_time(self, now: float) -> datetime:
        return self._server_start + timedelta(seconds=now)

    def _busy_notices(self) -> list[str]:
        found = list(self._busy.values())
        rest = len(found) - MOST_BUSY
        return found[:MOST_BUSY] + ([f"{rest} more objects were busy"] if rest > 0 else [])

    def _tell(self) -> None:
        self._progress.tell(progress_of(self._run, self._note), self._clock())
        self._note = None
