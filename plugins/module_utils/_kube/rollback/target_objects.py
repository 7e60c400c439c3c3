# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of a target as they would be applied, as they are, and what lies between: all without a write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import (
    ApiError,
    InvalidInput,
    NotFound,
    Unreachable,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.managers import CONTROLLER
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import (
    Named,
    belongs_to,
    dressed,
    gone,
    named,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import CHANGED, CREATED, SAME, Change
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import has_same_content
from ansible_collections.gitops.flux.plugins.module_utils._kube.client import CONNECTIONS, Client
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.resources import Resources
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import objects_of

Item = Mapping[str, Any]
# What the API server keeps account of, and what says nothing about what was asked for.
_ACCOUNTS = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


@dataclass(frozen=True)
class Placed:
    """An object of a manifest, dressed by Helm, and where it is on the API server."""

    name: Named
    path: str
    item: Item


class TargetObjects:
    """Looks at the objects of one release. Nothing of what is read is kept."""

    def __init__(self, client: Client, resources: Resources, release: Release) -> None:
        self._client = client
        self._resources = resources
        self._release = release

    def placed(self, stored: Stored) -> list[Placed]:
        """The objects of a revision; those the cluster does not serve are left out."""
        found = []
        for item in objects_of(stored):
            resource = self._resources.find(str(item.get("apiVersion")), str(item.get("kind")))
            path = self._resources.path_of(item, self._release.release_namespace)
            if resource is None or path is None:
                continue
            own = str((item.get("metadata") or {}).get("namespace") or self._release.release_namespace)
            namespace = own if resource.namespaced else ""
            found.append(Placed(named(item, namespace), path, dressed(item, self._release, namespace)))
        return found

    def changes(self, target: Stored) -> list[Change]:
        """What becomes of each object, as a dry run by helm-controller answers. InvalidInput when one is refused."""
        placed = self.placed(target)
        new_spaces = {each.name.name for each in placed if each.name.kind == "Namespace"}
        with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
            results = list(pool.map(lambda each: self._change(each, new_spaces), placed))
        refused = [result for result in results if isinstance(result, str)]
        if refused:
            more = f" (and {len(refused) - 1} more objects)" if len(refused) > 1 else ""
            raise InvalidInput(
                f"The API server would not take revision {target.revision}: {refused[0]}{more}.",
                "Choose another revision, or repair what it names first.",
                refused=refused,
            )
        return [result for result in results if isinstance(result, Change)]

    def _change(self, each: Placed, new_spaces: set[str]) -> Change | str:
        """A sentence instead of a change: why the API server refuses it."""
        live = self._live(each.path)
        try:
            applied = self._client.apply_dry_run(each.path, each.item, CONTROLLER).json()
        except Unreachable:
            raise
        except ApiError as error:
            if live is None and each.name.namespace in new_spaces:
                # Its namespace comes with it.
                return Change(each.name, CREATED)
            return f"{each.name}: {error.message}"
        if live is None:
            return Change(each.name, CREATED)
        paths = tuple(paths_that_differ(_essence(live), _essence(applied)))
        return Change(each.name, CHANGED if paths else SAME, paths)

    def deletes(self, stored: Sequence[Stored], target: Stored) -> dict[Named, Placed]:
        """What later revisions have brought and the target does not have, as far as it is live."""
        later = [one for one in stored if one.revision > target.revision and not has_same_content(one, target)]
        placed = {each.name: each for one in later for each in self.placed(one)}
        lost = gone(placed, (each.name for each in self.placed(target)))
        lives = self.live(placed[name] for name in lost)
        return {name: placed[name] for name, live in lives.items() if live is not None and self._is_ours(live)}

    def _is_ours(self, live: Item) -> bool:
        return belongs_to(live, self._release)

    def delete_leftovers(self, lost: Iterable[Placed]) -> list[Named]:
        """Takes away what Helm has left: it only knows the newest revision's manifest. Which those were."""
        lost = list(lost)
        paths = {each.name: each.path for each in lost}
        deleted = []
        for name, live in self.live(lost).items():
            if live is None or not self._is_ours(live) or live["metadata"].get("deletionTimestamp"):
                continue
            try:
                self._client.delete(paths[name], live["metadata"]["uid"])
            except NotFound:
                continue
            deleted.append(name)
        return deleted

    def live(self, placed: Iterable[Placed]) -> dict[Named, Item | None]:
        """Objects as they are now; None for what is not there."""
        wanted = list(placed)
        with ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
            found = pool.map(lambda each: self._live(each.path), wanted)
            return {each.name: live for each, live in zip(wanted, found, strict=True)}

    def _live(self, path: str) -> Item | None:
        try:
            return self._client.get(path).json()
        except NotFound:
            return None


def _essence(item: Item) -> dict[str, Any]:
    metadata = {key: value for key, value in (item.get("metadata") or {}).items() if key not in _ACCOUNTS}
    return {key: value for key, value in item.items() if key not in ("status", "metadata")} | {"metadata": metadata}
