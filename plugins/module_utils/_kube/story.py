# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_explain: read the cluster, then one object closely, and tell its story."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.coverage import coverage_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError, NotFound, Unreachable
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts, facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.lineage import all_source_refs
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.picture import picture_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import Part, Reading, Wishes
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import settings_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.story import MOST_LINES, Limits, headline, story_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.subject import absence, subject_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.configuration import configuration_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import Observer, object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.reading import LOG_TAIL, read_cluster
from ansible_collections.gitops.flux.plugins.module_utils._kube.target import Target, target_of

Params = Mapping[str, Any]


def object_story(params: Params, scratch: str) -> dict[str, Any]:
    """The result of flux_explain for its parameters. scratch: folder for key files of a kubeconfig."""
    started = time.monotonic()
    subject = subject_of(params["kind"], params["namespace"], params["name"])
    target = target_of(params, os.environ)
    server = target.host
    try:
        client = Client(configuration_of(target, params, scratch), target, params["request_timeout"])
        server = client.server
        result = _read(client, target, params, subject)
    except Unreachable as error:
        if params["fail_on_unreachable"]:
            raise
        result = _unreachable(target, server, error)
    return {"subject": subject.as_dict(), **result, "seconds": round(time.monotonic() - started, 3)}


def _read(client: Client, target: Target, params: Params, subject: Ref) -> dict[str, Any]:
    wishes = Wishes(
        gather=frozenset({"events", "controllers", "logs"}),
        flux_namespace=params["flux_namespace"],
        log_lines=LOG_TAIL,
        log_scope="all",
    )
    reading = read_cluster(client, wishes)
    facts = next((found for found in reading.facts() if found.ref == subject), None)
    item = _item(client, subject, reading) if facts or not _was_seen(reading, subject) else None
    completed = _with(reading, facts_of(item)) if item and not facts else reading
    picture = picture_of(completed, target.context, target.named_kubeconfig, params["expected_cluster_uid"], wishes) | {
        "coverage": coverage_of(reading)
    }
    facts = facts or (facts_of(item) if item else None)
    return {
        **{key: picture[key] for key in ("reachable", "reason", "cluster", "read_at", "warnings")},
        **(_told(client, picture, completed, params, facts, item) if facts else _untold(picture, subject)),
    }


def _was_seen(reading: Reading, subject: Ref) -> bool:
    """Whether an object of its kind that is not among those read certainly does not exist."""
    return reading.kinds.get(subject.kind, Part("absent", None)).state in ("ok", "absent")


def _item(client: Client, subject: Ref, reading: Reading) -> dict[str, Any] | None:
    """The object itself; who may not list its kind may still be allowed to read this one."""
    served = (reading.served or {}).get(subject.kind)
    kind = KINDS[subject.kind]
    for version in [served] if served else [f"{kind.group}/{version}" for version in kind.versions]:
        try:
            return client.get(object_path(subject, version)).json()
        except NotFound:
            continue
        except ApiError:
            return None
    return None


def _with(reading: Reading, facts: Facts) -> Reading:
    return replace(reading, kinds={**reading.kinds, facts.kind: Part("ok", [facts])})


def _told(
    client: Client,
    picture: Mapping[str, Any],
    reading: Reading,
    params: Params,
    facts: Facts,
    item: Mapping[str, Any] | None,
) -> dict[str, Any]:
    records = picture["objects"]
    entry = cluster_health(picture, records, settings_of({"flux_namespace": params["flux_namespace"]}))
    scene = Scene({ref_of(record): record for record in records}, picture["coverage"])
    sources = [ref for ref in all_source_refs(scene.records[facts.ref], scene) if ref in scene.records]
    lines, events = (max(1, min(params[name], MOST_LINES)) for name in ("log_lines", "event_count"))
    look = Observer(client, reading.served or {}, lines).look(facts, item or {}, sources)
    if item is None:
        gap = {"what": "the object itself", "state": "error", "message": "so its inventory is not known"}
        look = replace(look, gaps=[gap, *look.gaps])
    story = story_of(facts, records, entry, look, Limits(events, lines, params["expected_revision"]))
    return {"found": True, "message": headline(story["object"]), **story}


def _untold(picture: Mapping[str, Any], subject: Ref) -> dict[str, Any]:
    state = picture["coverage"].get(subject.kind, {"state": "absent"})["state"]
    return {"found": False, "message": absence(subject, state, picture["objects"])}


def _unreachable(target: Target, server: str | None, error: Unreachable) -> dict[str, Any]:
    """Being out of reach is a result too: what is known, and the one reason."""
    known = {"context": target.context, "kubeconfig": target.named_kubeconfig, "server": server}
    cluster = known | dict.fromkeys(("uid", "kubernetes_version", "flux_version", "user")) | {"uid_mismatch": False}
    return {
        "reachable": False,
        "reason": error.message,
        "cluster": cluster,
        "found": False,
        "message": f"the cluster cannot be reached: {error.message}",
    }
