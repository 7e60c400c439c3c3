# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits until the controllers have acknowledged that objects are suspended. Never longer than it is told to."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of, duty_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts, facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.barrier import (
    CONTROLLER_DOWN,
    TIMED_OUT,
    barrier_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.forewarning import reverted, unacknowledged
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.result import Outcome
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import SUSPENDED
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.lists import items
from ansible_collections.gitops.flux.plugins.module_utils._kube.pausing_writes import Versions, read_stands
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile

# Seconds. A controller without a pod may just be rolled out: so long is waited before it counts as down.
PATIENCE = 5.0
# Between two looks, growing to the second.
SHORTEST, LONGEST = 0.2, 2.0


@dataclass
class Barrier:
    """One wait for many objects. seconds: for all of them together."""

    client: Client
    versions: Versions
    flux_namespace: str
    seconds: float
    progress: ProgressFile

    def __post_init__(self) -> None:
        self._found: dict[Ref, Outcome] = {}

    def await_all(self, outcomes: Sequence[Outcome], token: str) -> list[Outcome]:
        """The outcomes of the paused objects with their barrier; the others as they are."""
        waiting = {each.stand.ref: each for each in outcomes if each.step.state == SUSPENDED and each.failure is None}
        tokens = {
            ref: token if each.changed and each.stand.requested == token else None for ref, each in waiting.items()
        }
        started, pause = time.monotonic(), SHORTEST
        self._settle(waiting, tokens, {ref: each.stand for ref, each in waiting.items()})
        while waiting:
            elapsed = time.monotonic() - started
            if elapsed >= self.seconds:
                self._give_up(waiting, TIMED_OUT)
            elif elapsed >= PATIENCE:
                self._give_up(self._unattended(waiting), CONTROLLER_DOWN)
            for ref in [ref for ref in waiting if ref in self._found]:
                del waiting[ref]
            if waiting:
                self._tell(len(outcomes), waiting)
                time.sleep(min(pause, max(0.0, self.seconds - elapsed)))
                pause = min(pause * 1.5, LONGEST)
                self._settle(waiting, tokens, self._read(waiting))
        return [self._found.get(each.stand.ref, each) for each in outcomes]

    def _tell(self, total: int, waiting: Mapping[Ref, Outcome]) -> None:
        counts = {"done": total - len(waiting), "total": total, "bad": {}, "running": len(waiting), "waiting": {}}
        note = f"waiting for the controller of {next(iter(waiting))} to acknowledge"
        self.progress.tell({**counts, "note": note}, time.monotonic())

    def _settle(
        self, waiting: dict[Ref, Outcome], tokens: Mapping[Ref, str | None], stands: Mapping[Ref, Stand]
    ) -> None:
        for ref, stand in stands.items():
            outcome = replace(waiting[ref], stand=stand)
            if not stand.suspended:
                self._found[ref] = replace(outcome, warnings=[*outcome.warnings, reverted(stand)])
            elif barrier := barrier_of(stand, tokens[ref]):
                self._found[ref] = replace(outcome, barrier=barrier)
        for ref in [ref for ref in waiting if ref in self._found]:
            del waiting[ref]

    def _read(self, waiting: Mapping[Ref, Outcome]) -> dict[Ref, Stand]:
        """A server that is away for a moment is waited for as well."""
        try:
            return read_stands(self.client, self.versions, waiting)
        except Unreachable:
            self.client.retry()
        except FluxError:
            # Starting, or overloaded; if it stays like this, the time is up some day.
            pass
        return {}

    def _unattended(self, waiting: Mapping[Ref, Outcome]) -> dict[Ref, Outcome]:
        facts = {ref: _facts(each) for ref, each in waiting.items()}
        return {ref: waiting[ref] for ref in unattended(self.client, self.flux_namespace, facts)}

    def _give_up(self, left: Mapping[Ref, Outcome], barrier: str) -> None:
        for ref, outcome in left.items():
            warning = unacknowledged(_facts(outcome), barrier, self.seconds)
            self._found[ref] = replace(
                outcome, barrier=barrier, warnings=[*outcome.warnings, *([warning] if warning else [])]
            )


def unattended(client: Client, flux_namespace: str, facts: Mapping[Ref, Facts]) -> list[Ref]:
    """Those whose controller does not run, or whose shard nobody watches. Unreadable Deployments blame nobody."""
    try:
        deployments = items(client, f"/apis/apps/v1/namespaces/{flux_namespace}/deployments")
    except FluxError:
        return []
    duty = duty_of(controllers_of(deployments))
    return [ref for ref, fact in facts.items() if not duty.is_kept(fact)]


def _facts(outcome: Outcome) -> Facts:
    item: Any = outcome.stand.item
    return facts_of(item)
