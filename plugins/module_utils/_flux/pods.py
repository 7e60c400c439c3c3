# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pods that are not well: what each of their containers waits for or ended with. No environment, no arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of, time_or_none

Item = Mapping[str, Any]
# Termination messages may be whole stack traces.
_LONGEST = 400


def pod_rows(pods: Iterable[Item]) -> list[dict[str, Any]]:
    """The pods that are not well, those whose containers say most first, then the youngest."""
    found = [_row(pod) for pod in pods if is_troubled(pod)]
    youngest = sorted(found, key=lambda row: str(row["created_at"] or ""), reverse=True)
    return sorted(youngest, key=lambda row: -max((_weight(each) for each in row["containers"]), default=0))


def is_troubled(pod: Item) -> bool:
    """Neither ended well nor ready."""
    status = mapping(pod.get("status"))
    if status.get("phase") == "Succeeded":
        return False
    ready = (row.get("status") for row in rows(status.get("conditions")) if row.get("type") == "Ready")
    return status.get("phase") != "Running" or next(ready, None) != "True"


def _row(pod: Item) -> dict[str, Any]:
    metadata, spec, status = (mapping(pod.get(part)) for part in ("metadata", "spec", "status"))
    return {
        "namespace": metadata.get("namespace"),
        "name": metadata.get("name"),
        "phase": status.get("phase"),
        "node": spec.get("nodeName"),
        "created_at": text_of(time_or_none(metadata.get("creationTimestamp"))),
        "deleted_at": text_of(time_or_none(metadata.get("deletionTimestamp"))),
        "message": _message(status),
        "containers": _containers(spec, status),
    }


def _message(status: Item) -> str | None:
    """Why it is where it is: its own words, or those of the first condition that is not met and says why."""
    own = [(status.get("reason"), status.get("message"))]
    unmet = ("PodScheduled", "PodReadyToStartContainers", "Initialized", "ContainersReady", "Ready")
    held = {str(row.get("type")): row for row in rows(status.get("conditions")) if row.get("status") == "False"}
    own += [(held[kind].get("reason"), held[kind].get("message")) for kind in unmet if kind in held]
    said = next((pair for pair in own if any(pair)), (None, None))
    return _short(": ".join(str(part) for part in said if part))


def _containers(spec: Item, status: Item) -> list[dict[str, Any]]:
    """The containers that are not ready, in the order they start."""
    images = {row.get("name"): row.get("image") for row in _all(spec, "initContainers", "containers")}
    started = [(row, True) for row in rows(status.get("initContainerStatuses"))]
    started += [(row, False) for row in rows(status.get("containerStatuses"))]
    return [_container(row, init, images) for row, init in started if not _is_fine(row, init)]


def _all(spec: Item, *fields: str) -> list[Item]:
    return [row for field in fields for row in rows(spec.get(field))]


def _is_fine(row: Item, init: bool) -> bool:
    ended = mapping(mapping(row.get("state")).get("terminated"))
    if ended:
        return ended.get("exitCode") == 0
    # An init container that runs on as a sidecar is ready or started.
    return bool(row.get("ready") or (init and row.get("started")))


def _container(row: Item, init: bool, images: Mapping[Any, Any]) -> dict[str, Any]:
    state = mapping(row.get("state"))
    kind = next((name for name in ("waiting", "running", "terminated") if name in state), "waiting")
    last = mapping(mapping(row.get("lastState")).get("terminated"))
    return {
        "name": row.get("name"),
        "init": init,
        "image": _short(str(row.get("image") or images.get(row.get("name")) or "")),
        "restarts": row.get("restartCount") or 0,
        "state": kind,
        **_ending(mapping(state.get(kind))),
        "last": _ending(last) if last else None,
    }


def _ending(state: Item) -> dict[str, Any]:
    return {
        "reason": state.get("reason"),
        "message": _short(str(state.get("message") or "")),
        "exit_code": state.get("exitCode"),
        "signal": state.get("signal"),
        "started_at": text_of(time_or_none(state.get("startedAt"))),
        "finished_at": text_of(time_or_none(state.get("finishedAt"))),
    }


def _weight(container: Mapping[str, Any]) -> int:
    """How much a container can tell: one that has ended more than one that still waits to start."""
    if container["last"] or container["state"] == "terminated":
        return 3
    return 2 if container["state"] == "waiting" and container["reason"] not in (None, "ContainerCreating") else 1


def logged(containers: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool]]:
    """Which logs there can be: (container, previous), the present one first."""
    found = []
    for row in containers:
        if row["state"] != "waiting" or row["last"]:
            found.append((str(row["name"]), False))
        if row["last"] or row["restarts"]:
            found.append((str(row["name"]), True))
    return found


def _short(text: str) -> str | None:
    """One line, redacted before it is cut."""
    line = " ".join(redact(text).split())
    return f"{line[:_LONGEST]} …" if len(line) > _LONGEST else line or None
