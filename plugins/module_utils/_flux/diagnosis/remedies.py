# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to type: commands that look, then commands that act once the cause is mended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.blame import Blame
from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import (
    FLUX_NAMES,
    Aim,
    Command,
    looks_at,
    reconciles,
    resumes,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS, KUSTOMIZE
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

Record = Mapping[str, Any]

_USER = re.compile(r"User \"(system:serviceaccount:([a-z0-9-]{1,63}):[a-z0-9.-]{1,253})\" cannot")
_CHECKED = re.compile(r"\b[A-Z][A-Za-z]{2,40}/([a-z0-9][a-z0-9.-]{0,62})/[a-z0-9][a-z0-9.-]{0,252}")
_GROUP = re.compile(r"no matches for kind \"[^\"]{1,63}\" in version \"([^\"/]{1,253})/")


# Once its lock is gone helm-controller finds a pending release in order, and never says so unless it is forced to act.
_HELM_OPTIONS = {"retries_exceeded": "--reset", "pending_release": "--force"}


def commands_for(name: str, ref: Ref, blame: Blame, aim: Aim) -> list[Command]:
    """Reading ones first. Every one talks to the cluster, and to nothing else."""
    record, controller = blame.scene.records.get(ref), blame.controllers.get(ref)
    exists = record is not None or (controller is not None and controller["desired"] > 0)
    reading = [*looks_at(ref, exists, aim), *_closer(name, ref, record, aim)]
    return [*reading, *_acting(name, ref, record, blame, aim)]


def _closer(name: str, ref: Ref, record: Record | None, aim: Aim) -> Iterator[Command]:
    """What shows more about this class."""
    said = str(record["message"] or "") if record else ""
    if record and record["release"] and record["release"]["revision"]:
        release = record["release"]
        yield aim.helm(release["storage_namespace"], "history", release["name"])
    if name == "health_check":
        for namespace in sorted(set(_CHECKED.findall(said)))[:1]:
            yield from _pods_in(namespace, aim)
    if name == "test_failed" and record:
        yield from _pods_in(record["release"]["release_namespace"], aim)
    if name == "stuck" and ref.kind in FLUX_NAMES:
        yield aim.flux(ref.namespace, "logs", "--kind", ref.kind, "--name", ref.name, "--tail", "20")
    if name == "rbac" and (user := _USER.search(said)):
        yield aim.kubectl(ref.namespace, "auth", "can-i", "--list", "--as", user[1])
    if name == "kind_missing" and (group := _GROUP.search(said)):
        yield aim.kubectl("", "api-resources", "--api-group", group[1])
    if name == "namespace_missing":
        yield aim.kubectl("", "get", "namespaces")
    if name == "dependency_cycle" and ref.kind in KINDS:
        kind = KINDS[ref.kind]
        columns = "custom-columns=NAME:.metadata.name,DEPENDS-ON:.spec.dependsOn[*].name"
        yield aim.kubectl(ref.namespace, "get", f"{kind.plural}.{kind.group}", "-o", columns)


def _pods_in(namespace: str, aim: Aim) -> Iterator[Command]:
    yield aim.kubectl(namespace, "get", "pods", "-o", "wide")
    yield aim.kubectl(namespace, "get", "events", "--sort-by", ".lastTimestamp")


def _acting(name: str, ref: Ref, record: Record | None, blame: Blame, aim: Aim) -> list[Command]:
    if name == "controller_down":
        return _bring_back(ref, blame.controllers.get(ref), aim)
    if record is None:
        missed = blame.missed.get(ref)
        return reconciles(missed[0][0], aim) if missed else []
    if (record["suspended"] or {}).get("rollback"):
        # To resume it would bring the bad version back: the rollback's own playbooks let it go.
        return []
    if record["status"] == "suspended" or (name == "pending_release" and record["suspended"]):
        return resumes(ref, aim)
    if name == "terminating" or record["status"] == "terminating":
        return []
    return reconciles(ref, aim, *_options(name, record))


def _options(name: str, record: Record) -> list[str]:
    if record["kind"] == "HelmRelease":
        return [_HELM_OPTIONS.get(name, "--with-source")]
    takes_source = record["api_version"].startswith(KUSTOMIZE)
    return ["--with-source"] if takes_source else []


def _bring_back(ref: Ref, controller: Record | None, aim: Aim) -> list[Command]:
    if controller is None or controller["state"] == "missing":
        return []
    if controller["desired"] == 0:
        return [aim.kubectl(ref.namespace, "scale", "deployment", ref.name, "--replicas", "1", writes=True)]
    return [aim.kubectl(ref.namespace, "rollout", "restart", f"deployment/{ref.name}", writes=True)]
