# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stories of objects for tests: workloads and pods as the API returns them, and the story that is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import inventory_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import kind_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.look import Look
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import View, records_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import settings_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.story import Limits, headline, story_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time, parse_time

from tests.gates.tree import ROOT
from tests.unit.flux_clusters import picture
from tests.unit.flux_objects import NOW, Item, ago


def recorded(name: str) -> tuple[Item, list[Item], str]:
    """A recorded object, those recorded with it, and when: fixture kustomization/failed__build_failed."""
    content: dict[str, Any] = yaml.safe_load(Path(ROOT / f"tests/fixtures/{name}.yaml").read_text(encoding="utf-8"))
    return content["object"], content.get("others") or [], content["now"]


def story(item: Item, *others: Item, now: str | None = None, look: dict[str, Any] | None = None, **info: Any) -> Item:
    """The result of flux_explain about the first of these objects. look: what was seen beside them."""
    limits = info.pop("limits", Limits(expected=info.pop("expected", None)))
    moment = parse_time(now) if now else NOW
    items = [each for each in (item, *others) if kind_of(each["kind"], each["apiVersion"])]
    raw = [each for each in others if each["kind"] == "Event"]
    controllers = controllers_of([each for each in others if each["kind"] == "Deployment"]) or None
    facts = [facts_of(each) for each in items]
    view = View("talos-ottawa", moment, events=events_of(raw) if raw else None, controllers=controllers)
    records = records_of(facts, view)
    entry = cluster_health(picture(**{"read_at": format_time(moment), **info}), records, settings_of(None), "ottawa")
    sources = {Ref(each["kind"], each["metadata"]["namespace"], each["metadata"]["name"]): each for each in items}
    seen = Look(**{"item": item, "sources": sources, "entries": inventory_of(item), **(look or {})})
    told = story_of(facts[0], records, entry, seen, limits)
    return {
        **{key: entry[key] for key in ("reachable", "reason", "cluster", "read_at", "seconds")},
        "host": "ottawa",
        "display_name": "Ottawa",
        "subject": facts[0].ref.as_dict(),
        "found": True,
        "message": headline(told["object"]),
        **told,
    }


def workload(kind: str, name: str = "web", namespace: str = "apps", **parts: Any) -> Item:
    """A workload; spec and status by name."""
    group = "batch/v1" if kind == "Job" else "v1" if kind == "Pod" else "apps/v1"
    metadata = {"name": name, "namespace": namespace, "generation": 1, "creationTimestamp": ago(600)}
    return {
        "apiVersion": group,
        "kind": kind,
        "metadata": metadata | parts.pop("metadata", {}),
        "spec": {"selector": {"matchLabels": {"app": name}}, **parts.pop("spec", {})},
        "status": parts.pop("status", {}),
    }


def crashing_pod(name: str = "web-7d4b9c6f5-x2k8q", **status: Any) -> Item:
    """A pod whose container ends at once, is started again, and has an environment nobody should see."""
    ended = {"exitCode": 1, "reason": "Error", "startedAt": ago(95), "finishedAt": ago(90)}
    container = {
        "name": "app",
        "image": "example.invalid/app:1.0",
        "ready": False,
        "restartCount": 7,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
        "lastState": {"terminated": ended},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "apps", "creationTimestamp": ago(600), "labels": {"app": "web"}},
        "spec": {
            "nodeName": "node-1",
            "containers": [{"name": "app", "image": "x", "env": [{"name": "PASSWORD", "value": "s3cr3t"}]}],
        },
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "[app]"}],
            "containerStatuses": [container],
            **status,
        },
    }
