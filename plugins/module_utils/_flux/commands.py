# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands an operator can paste, each aimed at its cluster by name. All of them only read."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

# What "flux get" calls the kinds it knows.
_FLUX_NAMES: Mapping[str, str] = {
    "GitRepository": "source git",
    "OCIRepository": "source oci",
    "Bucket": "source bucket",
    "HelmRepository": "source helm",
    "HelmChart": "source chart",
    "Kustomization": "kustomization",
    "HelmRelease": "helmrelease",
    "Receiver": "receiver",
    "ImageRepository": "image repository",
    "ImagePolicy": "image policy",
    "ImageUpdateAutomation": "image update",
}


def target_of(cluster: Mapping[str, Any]) -> list[str]:
    """The arguments that name the cluster: its context, or its server where there is none."""
    if cluster.get("context"):
        return ["--context", str(cluster["context"])]
    return ["--server", str(cluster["server"])] if cluster.get("server") else []


def looks_at(ref: Ref, exists: bool, target: Sequence[str]) -> list[dict[str, Any]]:
    """How to look at an object; of one that does not exist, at what is there instead."""
    place = [*target, *(["-n", ref.namespace] if ref.namespace else [])]
    if ref.kind == "Deployment":
        return [
            _reading(["kubectl", *place, "get", "deployments,pods", "-o", "wide"]),
            *_of_deployment(ref, exists, place),
        ]
    kind = KINDS.get(ref.kind)
    resource = f"{kind.plural}.{kind.group}" if kind else ref.kind.lower()
    if not exists:
        return [_reading(["kubectl", *target, "get", resource, "--all-namespaces"])]
    described = _reading(["kubectl", *place, "describe", resource, ref.name])
    if ref.kind not in _FLUX_NAMES:
        return [described]
    return [_reading(["flux", *place, "get", *_FLUX_NAMES[ref.kind].split(), ref.name]), described]


def _of_deployment(ref: Ref, exists: bool, place: Sequence[str]) -> list[dict[str, Any]]:
    return [_reading(["kubectl", *place, "logs", f"deployment/{ref.name}", "--tail", "50"])] if exists else []


def _reading(words: Sequence[str]) -> dict[str, Any]:
    return {"command": shlex.join(words), "writes": False}
