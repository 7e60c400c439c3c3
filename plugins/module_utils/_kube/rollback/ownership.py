# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands the fields of a release's objects from one manager to another, each object once, onto what was read."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import ApiError, NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import handed_over
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Client

# An object whose controller writes its status again and again is caught between two of these writes.
ATTEMPTS = 12
_CHANGED = (409, 422)


def hand_over(client: Client, paths: Iterable[str], giver: str, taker: str) -> int:
    """How many objects were written to; one that is not there has nothing to hand over."""
    with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        return sum(pool.map(lambda path: _hand_over_one(client, path, giver, taker), paths))


def _hand_over_one(client: Client, path: str, giver: str, taker: str) -> bool:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _written(client, path, giver, taker)
        except NotFound:
            return False
        except ApiError as error:
            # The test of what was read answers 422, a write in the same moment 409; any other 422 stays one.
            if error.status not in _CHANGED or attempt == ATTEMPTS:
                raise
    return False


def _written(client: Client, path: str, giver: str, taker: str) -> bool:
    metadata = client.get(path).json()["metadata"]
    entries = handed_over(metadata.get("managedFields") or [], giver, taker)
    if entries is None:
        return False
    test = {"op": "test", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]}
    client.json_patch(path, [test, {"op": "replace", "path": "/metadata/managedFields", "value": entries}])
    return True
