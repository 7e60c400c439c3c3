# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has a chart fetched before helm-controller is let at it, so that it never meets the one before."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import FIELD_MANAGER
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import (
    CHOOSING,
    is_current,
    is_of_template,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client

Item = Mapping[str, Any]
# Seconds between two looks; and how long a refusal has to last: the first one may be of an index that is fetched anew.
PAUSE, PATIENCE = 0.5, 6.0


class NotObtainable(FluxError):
    """The chart that is wanted cannot be had."""


def require_chart(
    client: Client, path: str, template: Item, token: str, seconds: float, note: Callable[[str], None]
) -> Item:
    """The HelmChart at a path, with what the template asks for fetched. By one patch, if it asks for something else."""
    item = client.get(path).json()
    if not is_of_template(item, template):
        wanted = {key: template.get(key) for key in CHOOSING}
        body = {"spec": wanted, "metadata": {"annotations": {REQUESTED_AT: token}}}
        item = client.patch(path, body).json()
    return await_source(client, path, item, seconds, note)


def await_source(client: Client, path: str, item: Item, seconds: float, note: Callable[[str], None]) -> Item:
    """A source that has fetched what its spec asks for. NotObtainable when it cannot, or not in time."""
    name = f"{item.get('kind')} {path.rpartition('/')[2]}"
    deadline, refused_since = time.monotonic() + seconds, None
    while not _is_ready(item):
        now = time.monotonic()
        why = _refusal(item)
        refused_since = (refused_since or now) if why else None
        if why and refused_since is not None and now - refused_since >= PATIENCE:
            raise NotObtainable(f"{name}: {why}")
        if now >= deadline:
            raise NotObtainable(f"{name} has fetched nothing within {seconds:g} s" + (f": {why}" if why else "."))
        note(f"waiting for {name}")
        time.sleep(PAUSE)
        item = client.get(path).json()
    return item


def release_claims(client: Client, path: str) -> None:
    """Gives up every field of an object that is ours: its own controller sets them, and has to be able to drop them."""
    metadata = client.get(path).json()["metadata"]
    entries = metadata.get("managedFields") or []
    kept = [entry for entry in entries if entry.get("manager") != FIELD_MANAGER]
    if kept != entries:
        test = {"op": "test", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]}
        client.json_patch(path, [test, {"op": "replace", "path": "/metadata/managedFields", "value": kept}])


def _is_ready(item: Item) -> bool:
    return is_current(item) and _condition(item, "Ready").get("status") == "True"


def _refusal(item: Item) -> str | None:
    """What the source's controller says against what is asked for now."""
    ready, generation = _condition(item, "Ready"), mapping(item.get("metadata")).get("generation")
    if ready.get("status") == "False" and ready.get("observedGeneration") == generation:
        return redact(str(ready.get("message")))
    return None


def _condition(item: Item, kind: str) -> Item:
    conditions = rows(mapping(item.get("status")).get("conditions"))
    return next((row for row in conditions if row.get("type") == kind), {})
