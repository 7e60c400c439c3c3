# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a HelmRelease can be pinned, and whether we may."""

from __future__ import annotations

import json

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinnable import why_not_pinnable
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinned import secret_name
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.go_yaml import read_values
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.permissions import Right, rights_on
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation


def reasons_not_to_pin(situation: Situation, bad: Stored, target: Stored) -> list[str]:
    """Everything that speaks against pinning; what only shows when it is tried is said by pin."""
    reasons = why_not_pinnable(situation, bad, target)
    if not _is_readable(target):
        reasons.append(f"the values of revision {target.revision} would be others when they are read from a Secret")
    return reasons


def rights_to_pin(situation: Situation) -> list[Right]:
    """What pinning needs beside the right to change the HelmRelease."""
    namespace = situation.ref.namespace
    rights = rights_on("", "secrets", namespace, [], "create")
    rights += rights_on("", "secrets", namespace, [secret_name(situation.ref.name)], "get", "patch", "delete")
    for item in (situation.chart_item, situation.owner_item):
        kind = KINDS.get(str(mapping(item).get("kind")))
        if kind is not None and kind.name != "Kustomization":
            metadata = mapping(mapping(item).get("metadata"))
            names = [str(metadata.get("name"))]
            rights += rights_on(kind.group, kind.plural, str(metadata.get("namespace")), names, "get", "patch")
    return rights


def _is_readable(target: Stored) -> bool:
    """Whether the values, written as JSON, are read as the same: large whole numbers may not be."""
    try:
        return not paths_that_differ(read_values(json.dumps(target.config, ensure_ascii=False)), target.config)
    except Unverifiable:
        return False
