# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small Flux objects in the shape the API returns, and the records made of them. Ages are seconds before NOW."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts, facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import View, records_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time

Item = dict[str, Any]

NOW = datetime(2026, 11, 21, 3, 12, 7, tzinfo=timezone.utc)
GOOD = "ReconciliationSucceeded"
REVISION = "main@sha1:cb1ce32f2a4a4f0b8ce1a7e7c4c2f1f4a0a1b2c3"
NEWER = "main@sha1:f9b254e0b0a4f0b8ce1a7e7c4c2f1f4a0a1b2c3d"
SOURCE = {"kind": "GitRepository", "name": "fleet"}


def ago(seconds: float) -> str:
    return format_time(NOW - timedelta(seconds=seconds))


def condition(
    name: str, status: str, reason: str = GOOD, message: str = "", *, generation: int | None = 1, age: float = 60
) -> Item:
    found = {"type": name, "status": status, "reason": reason, "message": message, "lastTransitionTime": ago(age)}
    return found if generation is None else {**found, "observedGeneration": generation}


def ready(status: str = "True", reason: str = GOOD, message: str = "", **rest: Any) -> Item:
    return condition("Ready", status, reason, message, **rest)


def flux(
    kind: str,
    name: str = "app",
    namespace: str = "flux-system",
    *,
    spec: Mapping[str, Any] | None = None,
    status: Mapping[str, Any] | None = None,
    conditions: Sequence[Item] = (),
    generation: int = 1,
    observed: int | None = 1,
    age: float = 86400,
    api_version: str | None = None,
    **metadata: Any,
) -> Item:
    """Any Flux object; further metadata by name (annotations, labels, managedFields, finalizers, deletionTimestamp)."""
    said: Item = {} if observed is None else {"observedGeneration": observed}
    if conditions:
        said["conditions"] = list(conditions)
    return {
        "apiVersion": api_version or KINDS[kind].newest,
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{kind}-{namespace}-{name}",
            "generation": generation,
            "creationTimestamp": ago(age),
            **metadata,
        },
        "spec": dict(spec or {}),
        "status": {**said, **(status or {})},
    }


def run(outcome: str = GOOD, *, first: float = 7200, last: float = 60, revision: str = REVISION) -> Item:
    """An entry of a Kustomization's status.history."""
    return {
        "digest": "sha256:0",
        "firstReconciled": ago(first),
        "lastReconciled": ago(last),
        "lastReconciledStatus": outcome,
        "lastReconciledDuration": "1.2s",
        "totalReconciliations": 4,
        "metadata": {"revision": revision},
    }


def release(version: int, chart: str, status: str = "deployed", *, age: float = 3600, **more: Any) -> Item:
    """An entry of a HelmRelease's status.history."""
    return {
        "apiVersion": "v2",
        "name": "web",
        "namespace": "apps",
        "version": version,
        "status": status,
        "action": "upgrade" if version > 1 else "install",
        "chartName": "web",
        "chartVersion": chart,
        "appVersion": "1.0",
        "firstDeployed": ago(age),
        "lastDeployed": ago(age),
        **more,
    }


def kustomization(name: str = "app", *conditions: Item, **rest: Any) -> Item:
    """Ready unless conditions are given; interval 10 minutes, timeout 2."""
    spec = {
        "interval": "10m0s",
        "timeout": "2m0s",
        "prune": True,
        "path": "./",
        "sourceRef": SOURCE,
        **rest.pop("spec", {}),
    }
    status = {"lastAppliedRevision": REVISION, "history": [run()], **rest.pop("status", {})}
    return flux("Kustomization", name, spec=spec, status=status, conditions=conditions or (ready(),), **rest)


def git_repository(name: str = "fleet", *conditions: Item, artifact: str | None = REVISION, **rest: Any) -> Item:
    """Ready and fetched a minute ago unless told otherwise; interval 1 minute."""
    spec = {"interval": "1m0s", "url": "http://127.0.0.1:8080/fleet.git", **rest.pop("spec", {})}
    changed = rest.pop("changed", 60)
    offer = {"revision": artifact, "digest": "sha256:1", "lastUpdateTime": ago(changed), "path": "x", "url": "http://x"}
    status = {**({"artifact": offer} if artifact else {}), **rest.pop("status", {})}
    shown = conditions or (
        ready(reason="Succeeded", message=f"stored artifact for revision '{artifact}'", age=changed),
    )
    return flux("GitRepository", name, spec=spec, status=status, conditions=shown, **rest)


def helm_chart(name: str = "apps-web", *conditions: Item, version: str | None = "1.2.2", **rest: Any) -> Item:
    spec = {"interval": "10m0s", "chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}
    changed = rest.pop("changed", 3600)
    offer = {"revision": version, "digest": "sha256:2", "lastUpdateTime": ago(changed), "path": "x", "url": "http://x"}
    status = {"artifact": offer} if version else {}
    shown = conditions or (ready(reason="ChartPullSucceeded"),)
    return flux("HelmChart", name, rest.pop("namespace", "apps"), spec=spec, status=status, conditions=shown, **rest)


def helm_release(name: str = "web", *conditions: Item, **rest: Any) -> Item:
    """Ready on chart 1.2.2 unless told otherwise."""
    chart = {"spec": {"chart": "web", "version": "1.2.2", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}}
    spec = {"interval": "10m0s", "chart": chart, **rest.pop("spec", {})}
    status = {"history": [release(1, "1.2.2")], "storageNamespace": "apps", **rest.pop("status", {})}
    shown = conditions or (ready(reason="InstallSucceeded"),)
    return flux("HelmRelease", name, rest.pop("namespace", "apps"), spec=spec, status=status, conditions=shown, **rest)


def event(
    item: Item, reason: str, *, warning: bool = True, first: float = 600, last: float = 30, message: str = ""
) -> Item:
    """A core/v1 event about an object."""
    metadata = item["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.1", "namespace": metadata["namespace"]},
        "involvedObject": {
            "apiVersion": item["apiVersion"],
            "kind": item["kind"],
            "namespace": metadata["namespace"],
            "name": metadata["name"],
        },
        "type": "Warning" if warning else "Normal",
        "reason": reason,
        "message": message or reason,
        "count": 3,
        "firstTimestamp": ago(first),
        "lastTimestamp": ago(last),
        "eventTime": None,
        "reportingComponent": KINDS[item["kind"]].controller,
        "source": {"component": KINDS[item["kind"]].controller},
    }


def facts(*items: Item) -> list[Facts]:
    return [facts_of(item) for item in items]


def records(*items: Item, **view: Any) -> list[dict[str, Any]]:
    """The records of one cluster, in the order of the items given."""
    found = {(row["kind"], row["namespace"], row["name"]): row for row in records_of(facts(*items), seen(**view))}
    return [found[item["kind"], item["metadata"]["namespace"], item["metadata"]["name"]] for item in items]


def record(item: Item, *others: Item, **view: Any) -> dict[str, Any]:
    """The record of the first of these objects."""
    return records(item, *others, **view)[0]


def seen(**view: Any) -> View:
    return View(**{"cluster": "talos-ottawa", "now": NOW, **view})
