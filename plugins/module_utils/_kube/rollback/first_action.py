# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches what helm-controller does first when a HelmRelease is let go, to its end."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client

Item = Mapping[str, Any]
PAUSE = 0.5


@dataclass(frozen=True)
class Ended:
    """How it ended. trouble: None when the HelmRelease is Ready; timed_out: it has not ended."""

    item: Item
    trouble: str | None
    timed_out: bool = False
    # It began what nobody wanted, and was not waited for.
    stopped: bool = False


def await_first_action(
    client: Client,
    path: str,
    token: str,
    seconds: float,
    note: Callable[[str], None],
    is_unwanted: Callable[[Item], bool] = lambda _item: False,
) -> Ended:
    """Until the request with the token is handled and the conditions speak of it, or something unwanted is tried."""
    deadline = time.monotonic() + seconds
    item: Item = {}
    while True:
        try:
            item = client.get(path).json()
        except Unreachable:
            # A server that is away for a moment is waited for as well.
            client.retry()
        status = mapping(item.get("status"))
        if item and is_unwanted(item):
            return Ended(item, "it is going to the bad state again", stopped=True)
        if _has_ended(item, token):
            ready = _condition(status, "Ready")
            return Ended(item, None if ready.get("status") == "True" else _said(ready))
        if time.monotonic() >= deadline:
            return Ended(item, f"it has not ended within {seconds:g} s: {_said(_condition(status, 'Ready'))}", True)
        note(f"helm-controller: {_said(_condition(status, 'Ready'))}")
        time.sleep(PAUSE)


def new_token(now: datetime) -> str:
    """Never the same twice, and it says when it was made, by the server's clock."""
    return f"{format_time(now)}-{uuid.uuid4().hex[:12]}"


def _has_ended(item: Item, token: str) -> bool:
    metadata, status = mapping(item.get("metadata")), mapping(item.get("status"))
    if not metadata or status.get("lastHandledReconcileAt") != token:
        return False
    ready, reconciling = _condition(status, "Ready"), _condition(status, "Reconciling")
    current = ready.get("observedGeneration") == metadata.get("generation")
    return current and ready.get("status") in ("True", "False") and reconciling.get("status") != "True"


def _said(condition: Item) -> str:
    return redact(str(condition.get("message") or "it has not begun yet"))


def _condition(status: Item, kind: str) -> Item:
    return next((row for row in rows(status.get("conditions")) if row.get("type") == kind), {})


class Unsettled(FluxError):
    """helm-controller did not come to the end that was expected."""
