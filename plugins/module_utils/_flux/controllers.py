# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controllers: their Deployments and pods, and which objects each of them looks after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import Requirement, requirements_of

READY, MISSING, NOT_READY, SILENT = "ready", "missing", "not_ready", "silent"
CONTROLLERS: tuple[str, ...] = tuple(dict.fromkeys(kind.controller for kind in KINDS.values() if kind.controller))
SHARD_KEY = "sharding.fluxcd.io/key"
_SELECTOR_FLAG = "--watch-label-selector="


@dataclass(frozen=True)
class Duty:
    """Who looks after the objects of one cluster, from rows of controllers_of; None: not known."""

    watchers: Mapping[str, Sequence[tuple[Sequence[Requirement], Mapping[str, Any]]]] | None

    def is_kept(self, facts: Facts) -> bool:
        """Whether a working controller looks after the object, as far as that can be told."""
        component = KINDS[facts.kind].controller
        if self.watchers is None or component is None or facts.static:
            return True
        return any(row["state"] == READY for row in _watching(self.watchers.get(component, ()), facts))


def duty_of(controllers: Iterable[Mapping[str, Any]] | None) -> Duty:
    if controllers is None:
        return Duty(None)
    watchers: defaultdict[str, list[tuple[Sequence[Requirement], Mapping[str, Any]]]] = defaultdict(list)
    for row in controllers:
        if row["state"] != MISSING:
            watchers[row["component"]].append((requirements_of(row["selector"] or ""), row))
    return Duty(watchers)


def _watching(
    watchers: Sequence[tuple[Sequence[Requirement], Mapping[str, Any]]], facts: Facts
) -> list[Mapping[str, Any]]:
    return [row for requirements, row in watchers if all(holds(facts.labels) for holds in requirements)]


def controllers_of(
    deployments: Iterable[Mapping[str, Any]],
    pods: Iterable[Mapping[str, Any]] = (),
    expected: Iterable[str] = (),
    flux_namespace: str = "flux-system",
) -> list[dict[str, Any]]:
    """One row for each Flux Deployment, and one for each expected controller that has none."""
    owned = _by_deployment(pods)
    found = [
        _row(item, component, owned.get(_name(item), []))
        for item in deployments
        if (component := component_of(item)) is not None
    ]
    present = {row["component"] for row in found} | {row["name"] for row in found}
    found += [missing_row(name, flux_namespace) for name in expected if name not in present]
    return sorted(found, key=lambda row: (row["namespace"], row["name"]))


def component_of(deployment: Mapping[str, Any]) -> str | None:
    """Which controller a Deployment runs: by Flux' own label, else by its image; None for anything else."""
    metadata = mapping(deployment.get("metadata"))
    labels = mapping(metadata.get("labels"))
    image = str(_manager(deployment).get("image") or "").partition("@")[0]
    candidates = (
        labels.get("app.kubernetes.io/component"),
        image.rpartition("/")[2].partition(":")[0],
        labels.get("app.kubernetes.io/name"),
        metadata.get("name"),
    )
    return next((str(name) for name in candidates if name in CONTROLLERS), None)


def _manager(deployment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The container that is the controller: Flux calls it manager; else the first."""
    spec = mapping(mapping(mapping(deployment.get("spec")).get("template")).get("spec"))
    containers = rows(spec.get("containers"))
    return next((row for row in containers if row.get("name") == "manager"), containers[0] if containers else {})


def _row(deployment: Mapping[str, Any], component: str, pods: list[dict[str, Any]]) -> dict[str, Any]:
    metadata, status = mapping(deployment.get("metadata")), mapping(deployment.get("status"))
    container = _manager(deployment)
    image = str(container.get("image") or "")
    desired = mapping(deployment.get("spec")).get("replicas", 1)
    available, ready = int(status.get("availableReplicas") or 0), int(status.get("readyReplicas") or 0)
    selector = _selector_of(container)
    state = READY if available and desired else NOT_READY
    started = [pod["started_at"] for pod in pods if pod["started_at"]]
    return {
        "name": _name(deployment),
        "namespace": metadata.get("namespace"),
        "component": component,
        "state": state,
        "message": None if available >= desired > 0 else _shortage(desired, available),
        "ready": ready,
        "desired": desired,
        "available": available,
        "version": _version_of(mapping(metadata.get("labels")), image),
        "image": image or None,
        "selector": selector or None,
        "shard": shard_of(selector),
        "started_at": min(started, default=None),
        "restarts": sum(pod["restarts"] for pod in pods),
        "pods": pods,
        "last_log_at": None,
        "silent_seconds": None,
    }


def _shortage(desired: int, available: int) -> str:
    return f"{available} of {desired} replicas available" if desired else "scaled to 0"


def missing_row(name: str, namespace: str, component: str | None = None, shard: str | None = None) -> dict[str, Any]:
    """A controller that ought to be there and is not."""
    message = f"no controller watches {SHARD_KEY} {shard}" if shard else "there is no such Deployment"
    empty: dict[str, Any] = dict.fromkeys(
        ("version", "image", "selector", "started_at", "last_log_at", "silent_seconds")
    )
    return {
        "name": name,
        "namespace": namespace,
        "component": component or name,
        "state": MISSING,
        "message": message,
        "ready": 0,
        "desired": 0,
        "available": 0,
        **empty,
        "shard": shard,
        "restarts": 0,
        "pods": [],
    }


def with_unwatched(found: Sequence[Mapping[str, Any]], records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The controllers, with a row for each shard that objects are in and that no controller watches."""
    asked = {
        (component, record["shard"], record["kind"])
        for record in records
        if record["shard"] and (component := KINDS[record["kind"]].controller)
    }
    shards = dict.fromkeys((component, shard) for component, shard, kind in sorted(asked))
    place = next((str(row["namespace"]) for row in found), "flux-system")
    missing = [
        missing_row(f"{component}-{shard}", place, component, shard)
        for component, shard in shards
        if any(row["component"] == component for row in found) and not _is_watched(component, shard, found)
    ]
    return [*found, *missing]


def _is_watched(component: str, shard: str, found: Iterable[Mapping[str, Any]]) -> bool:
    return any(
        row["component"] == component
        and row["state"] != MISSING
        and all(holds({SHARD_KEY: shard}) for holds in requirements_of(row["selector"] or ""))
        for row in found
    )


def _name(item: Mapping[str, Any]) -> str:
    return str(mapping(item.get("metadata")).get("name") or "")


def _selector_of(container: Mapping[str, Any]) -> str:
    words = [str(word) for word in (*(container.get("command") or ()), *(container.get("args") or ()))]
    given = [word[len(_SELECTOR_FLAG) :] for word in words if word.startswith(_SELECTOR_FLAG)]
    return given[-1] if given else ""


def shard_of(selector: str) -> str | None:
    """The shard a selector picks ("sharding.fluxcd.io/key in (a, b)" is "a, b"); None: what is in no shard."""
    if SHARD_KEY not in selector or f"!{SHARD_KEY}" in selector.replace(" ", ""):
        return None
    return selector.partition(SHARD_KEY)[2].strip().removeprefix("in").lstrip("= ").strip("()") or None


def _version_of(labels: Mapping[str, Any], image: str) -> str | None:
    """The controller's own version, from its image; the label app.kubernetes.io/version is that of Flux."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return tag or labels.get("app.kubernetes.io/version")


def flux_version_of(deployments: Iterable[Mapping[str, Any]]) -> str | None:
    """The version of Flux, from the label its Deployments carry."""
    for item in deployments:
        labels = mapping(mapping(item.get("metadata")).get("labels"))
        if labels.get("app.kubernetes.io/part-of") == "flux" and labels.get("app.kubernetes.io/version"):
            return str(labels["app.kubernetes.io/version"])
    return None


def _by_deployment(pods: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Pods by the name of their Deployment, through the name of its ReplicaSet."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for pod in pods:
        for owner in rows(mapping(pod.get("metadata")).get("ownerReferences")):
            if owner.get("kind") == "ReplicaSet":
                found[str(owner.get("name")).rpartition("-")[0]].append(_pod(pod))
    return found


def _pod(pod: Mapping[str, Any]) -> dict[str, Any]:
    status = mapping(pod.get("status"))
    states = rows(status.get("containerStatuses"))
    started = [mapping(mapping(row.get("state")).get("running")).get("startedAt") for row in states]
    return {
        "name": _name(pod),
        "phase": status.get("phase"),
        "ready": bool(states) and all(row.get("ready") is True for row in states),
        "restarts": sum(int(row.get("restartCount") or 0) for row in states),
        "started_at": max((at for at in started if at), default=status.get("startTime")),
    }
