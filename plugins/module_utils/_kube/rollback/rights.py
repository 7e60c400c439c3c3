# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything a plan needs the right to do, from its first write to its last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import CREATED, PIN, Plan
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.permissions import Right, rights_on
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.pin_conditions import rights_to_pin
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.records import is_apart
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.resources import Resources
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.target_objects import Placed, TargetObjects

_HELM_GROUP, _HELM_PLURAL = "helm.toolkit.fluxcd.io", "helmreleases"


def rights_for(situation: Situation, plan: Plan, objects: TargetObjects, resources: Resources) -> Iterator[Right]:
    """A Role that names single objects will do where the names are known."""
    ref = situation.ref
    yield from rights_on(_HELM_GROUP, _HELM_PLURAL, ref.namespace, [ref.name], "get", "patch")
    if plan.strategy == PIN:
        yield from rights_to_pin(situation)
        return
    yield from _on_storage(situation)
    yield from _on_objects(situation, plan, objects, resources)
    for hook in plan.hooks:
        resource = resources.find(hook.api_version, hook.kind) if hook.api_version else None
        group = hook.api_version.rpartition("/")[0]
        namespace = hook.namespace or situation.release.release_namespace
        if resource is not None:
            # Helm applies it, watches all of its kind until this one is done, and removes it.
            verbs = ("get", "list", "watch", "create", "patch", "delete")
            yield from rights_on(group, resource.plural, namespace if resource.namespaced else "", [], *verbs)


def _on_storage(situation: Situation) -> Iterator[Right]:
    release = situation.release
    for namespace in sorted({release.storage_namespace, release.release_namespace}):
        yield from rights_on("", "secrets", namespace, [], "get", "list", "create", "update")
    if is_apart(release):
        yield from rights_on("", "secrets", release.storage_namespace, [], "patch")
        yield from rights_on("", "secrets", release.release_namespace, [], "delete")


def _on_objects(situation: Situation, plan: Plan, objects: TargetObjects, resources: Resources) -> Iterator[Right]:
    placed = {each.name: each for each in objects.placed(plan.target)}
    for change in plan.changes:
        verbs = ("get", "patch", *(("create",) if change.action == CREATED else ()))
        yield from _on(placed[change.name], resources, verbs)
    for each in objects.deletes(situation.stored, plan.target).values():
        yield from _on(each, resources, ("get", "delete"))


def _on(each: Placed, resources: Resources, verbs: Iterable[str]) -> list[Right]:
    resource = resources.find(str(each.item["apiVersion"]), each.name.kind)
    if resource is None:
        return []
    return rights_on(each.name.group, resource.plural, each.name.namespace, [each.name.name], *verbs)
