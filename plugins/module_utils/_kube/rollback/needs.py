# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the stored revisions of a release need of the API server, and do not get any more."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import why_no_target
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.resources import Resources
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import objects_of


def unserved_of(resources: Resources, stored: Sequence[Stored]) -> dict[int, list[str]]:
    """By revision, the kinds of its manifest that the cluster does not serve: of the newest and of possible targets."""
    asked = [one for one in stored if one is stored[0] or not why_no_target(one, stored, {})]
    return {one.revision: missing for one in asked if (missing := _missing(resources, one))}


def _missing(resources: Resources, one: Stored) -> list[str]:
    needed = {(str(item.get("apiVersion")), str(item.get("kind"))) for item in objects_of(one)}
    return sorted(f"{version} {kind}" for version, kind in needed if resources.find(version, kind) is None)
