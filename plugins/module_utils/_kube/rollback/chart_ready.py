# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has a chart fetched before helm-controller is let at it, so that it never meets the one before."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError
from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import FIELD_MANAGER
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import (
    CHOOSING,
    is_current,
    is_of_template,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import CONTROLLER
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.ownership import hand_over

Item = Mapping[str, Any]
# Seconds between two looks; and how long a refusal has to last: the first one may be of an index that is fetched anew.
PAUSE, PATIENCE = 0.5, 6.0


class NotObtainable(FluxError):
    """The chart that is wanted cannot be had."""


def require_chart(client: Client, path: str, template: Item, seconds: float, note: Callable[[str], None]) -> Item:
    """The HelmChart at a path, with what the template asks for fetched. By one patch, if it asks for something else.

    Its fields belong to helm-controller afterwards, who has to be able to drop them with its next apply.
    """
    item = client.get(path).json()
    if not is_of_template(item, template):
        wanted = {key: template.get(key) for key in CHOOSING}
        item = client.patch(path, {"spec": wanted}).json()
    if _is_claimed(item):
        hand_over(client, [path], FIELD_MANAGER, CONTROLLER)
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


def _is_claimed(item: Item) -> bool:
    """Whether a part of its spec is ours, from now or from a run that was interrupted."""
    entries = rows(mapping(item.get("metadata")).get("managedFields"))
    return any(
        entry.get("manager") == FIELD_MANAGER and "f:spec" in mapping(entry.get("fieldsV1")) for entry in entries
    )


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
