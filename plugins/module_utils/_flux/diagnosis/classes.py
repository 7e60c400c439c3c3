# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The classes of causes: what each means, what mends it, and whose work that is."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.cause_class import CauseClass
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.of_manifests import (
    DEPENDENCIES,
    MANIFESTS,
    REFUSED,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.of_releases import OTHERS, RELEASES
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.of_sources import SOURCES

UNKNOWN = "unknown"

CLASSES: Mapping[str, CauseClass] = {
    entry.name: entry for entry in (*SOURCES, *MANIFESTS, *DEPENDENCIES, *REFUSED, *RELEASES, *OTHERS)
}
