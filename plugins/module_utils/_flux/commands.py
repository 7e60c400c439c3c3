# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands an operator can paste, each aimed at its cluster by name. None reads the content of a Secret."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

# What the flux command line calls the kinds it knows.
FLUX_NAMES: Mapping[str, str] = {
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

Command = dict[str, Any]


@dataclass(frozen=True)
class Aim:
    """The arguments that name the cluster to kubectl, flux and helm."""

    plain: tuple[str, ...]
    for_helm: tuple[str, ...]

    def kubectl(self, namespace: str, *words: str, writes: bool = False) -> Command:
        return _command(["kubectl", *self.plain, *_place(namespace), *words], writes)

    def flux(self, namespace: str, *words: str, writes: bool = False) -> Command:
        return _command(["flux", *self.plain, *_place(namespace), *words], writes)

    def helm(self, namespace: str, *words: str) -> Command:
        return _command(["helm", *self.for_helm, *_place(namespace), *words], False)


def aim_at(cluster: Mapping[str, Any]) -> Aim:
    """Context and, where it is not the default one, kubeconfig; the server where there is no context."""
    context, kubeconfig, server = (cluster.get(key) for key in ("context", "kubeconfig", "server"))
    # Of several files only the variable KUBECONFIG can tell.
    file = ("--kubeconfig", str(kubeconfig)) if kubeconfig and ":" not in str(kubeconfig) else ()
    if context:
        return Aim((*file, "--context", str(context)), (*file, "--kube-context", str(context)))
    if server:
        return Aim((*file, "--server", str(server)), (*file, "--kube-apiserver", str(server)))
    return Aim(file, file)


def looks_at(ref: Ref, exists: bool, aim: Aim) -> list[Command]:
    """How to look at an object; of one that does not exist, at what is there instead."""
    if ref.kind == "Deployment":
        return [
            aim.kubectl(ref.namespace, "get", "deployments,pods", "-o", "wide"),
            *([aim.kubectl(ref.namespace, "logs", f"deployment/{ref.name}", "--tail", "50")] if exists else []),
        ]
    if ref.kind in ("Secret", "ConfigMap"):
        return [aim.kubectl(ref.namespace, "get", f"{ref.kind.lower()}s", "-o", "name")]
    kind = KINDS.get(ref.kind)
    resource = f"{kind.plural}.{kind.group}" if kind else ref.kind.lower()
    if not exists:
        return [aim.kubectl("", "get", resource, "--all-namespaces")]
    described = aim.kubectl(ref.namespace, "describe", resource, ref.name)
    if ref.kind not in FLUX_NAMES:
        return [described]
    return [
        aim.flux(ref.namespace, "get", *FLUX_NAMES[ref.kind].split(), ref.name),
        described,
        aim.flux(ref.namespace, "events", "--for", f"{ref.kind}/{ref.name}"),
    ]


def reconciles(ref: Ref, aim: Aim, *options: str) -> list[Command]:
    """How to make Flux look at an object at once, where the kind is one that can be asked."""
    if ref.kind not in FLUX_NAMES:
        return []
    return [aim.flux(ref.namespace, "reconcile", *FLUX_NAMES[ref.kind].split(), ref.name, *options, writes=True)]


def resumes(ref: Ref, aim: Aim) -> list[Command]:
    if ref.kind not in FLUX_NAMES:
        return []
    return [aim.flux(ref.namespace, "resume", *FLUX_NAMES[ref.kind].split(), ref.name, writes=True)]


def _place(namespace: str) -> Sequence[str]:
    return ("-n", namespace) if namespace else ()


def _command(words: Sequence[str], writes: bool) -> Command:
    return {"command": shlex.join(words), "writes": writes}
