# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes single fields of an object, exactly and only onto what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError, Conflict
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.borrowed import (
    Borrowed,
    Operation,
    given_back,
    giving_back,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import Client

Item = Mapping[str, Any]
# An object whose controller writes its status again and again is caught between two of these writes.
ATTEMPTS = 8
# The test of what was read answers 422, a write in the same moment 409.
_CHANGED = (409, 422)


def change_fields(client: Client, path: str, decide: Callable[[Item], list[Operation]]) -> Item:
    """The object after the operations that are decided on what it is; none: nothing is written."""
    for attempt in range(1, ATTEMPTS + 1):
        item = client.get(path).json()
        operations = decide(item)
        if not operations:
            return item
        test = {"op": "test", "path": "/metadata/resourceVersion", "value": item["metadata"]["resourceVersion"]}
        try:
            return client.json_patch(path, [test, *operations]).json()
        except ApiError as error:
            if error.status not in _CHANGED or attempt == ATTEMPTS:
                raise
    raise Conflict(f"{path} changed each of the {ATTEMPTS} times it was to be written", 409)


def give_back(client: Client, path: str, borrowed: Borrowed) -> None:
    """The values first, then who owned them: by then they are what their owners wrote."""
    change_fields(client, path, lambda item: giving_back(borrowed, item))

    def entries(item: Item) -> list[Operation]:
        fields = given_back(borrowed, item["metadata"].get("managedFields") or [])
        return [] if fields is None else [{"op": "replace", "path": "/metadata/managedFields", "value": fields}]

    change_fields(client, path, entries)
