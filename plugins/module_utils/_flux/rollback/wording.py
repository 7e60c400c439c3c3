# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan says in words: its steps, and what it cannot bring back."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import PIN
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import SSA, Hook, Stored

_RAN = frozenset({"pre-install", "post-install", "pre-upgrade", "post-upgrade"})


def steps_of(strategy: str, ref: Ref, release: Release, target: Stored, *, frozen: bool) -> list[str]:
    """In the order they are done."""
    hold = f"suspend {ref} and wait until helm-controller has acknowledged"
    if frozen:
        hold += "; tell its owner to leave it alone"
    if strategy == PIN:
        return [
            hold,
            f"pin {ref} to {target.chart} {target.chart_version} and its values; tell its owner to leave it alone",
            "let helm-controller upgrade to it, and watch that to the end",
            "verify, and stay held",
        ]
    apart = release.storage_namespace != release.release_namespace
    lend = [f"copy Helm's records from {release.storage_namespace} to {release.release_namespace}"] if apart else []
    home = [f"bring Helm's records home to {release.storage_namespace} and remove the copies"] if apart else []
    return [
        hold,
        "hand the ownership of the objects' fields from helm-controller to helm",
        *lend,
        f"helm rollback {release.name} {target.revision} --namespace {release.release_namespace}",
        *home,
        "delete what Helm leaves behind of later revisions",
        "hand the ownership back to helm-controller",
        "verify by a dry run as helm-controller, wait for the workloads, and stay held",
    ]


def not_rolled_back(later: Sequence[Stored]) -> list[str]:
    """What no rollback brings back. later: the revisions that are undone."""
    hooks = sorted({hook for one in later for hook in one.hooks if _RAN & set(hook.events)})
    return [
        "data: whatever the workloads have written, in volumes, databases and elsewhere",
        "CustomResourceDefinitions in the chart's folder crds/: Helm never changes them again",
        *(f"the effects of hook {_hook(hook)}, which ran with a later revision" for hook in hooks),
    ]


def _hook(hook: Hook) -> str:
    return f"{hook.kind} {hook.name} ({', '.join(hook.events)})"


def warnings_of(source: Stored, strategy: str) -> list[str]:
    """What is different afterwards although nobody asked for it."""
    if strategy == PIN or source.apply_method == SSA:
        return []
    text = "This release was applied client-side. From this rollback on its objects belong to server-side apply"
    return [f"{text}; spec.upgrade.serverSideApply still decides how helm-controller goes on."]
