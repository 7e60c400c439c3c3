# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is new, fixed and still there since the run that left its JSON in the report folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.changes import health_changes
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import clock
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import Earlier

NOTHING: dict[str, Any] = {"at": None, "note": None, "new": [], "fixed": [], "still": [], "not_compared": {}}


def changes_since(earlier: Earlier, entries: Mapping[str, Any], now: str) -> dict[str, Any] | None:
    """Changes of the clusters in both runs, with the time of the earlier one; None when there was none.

    A note instead says why there is nothing to compare with. Clusters that were not seen both times are not compared;
    there stands the verdict they had.
    """
    if earlier.note:
        return NOTHING | {"note": earlier.note}
    if earlier.fleet is None or not set(earlier.fleet["clusters"]) & set(entries):
        return None
    changes = health_changes(earlier.fleet, {"clusters": dict(entries)})
    before = {host: earlier.fleet["clusters"][host]["verdict"] for host in changes["not_compared"]}
    return NOTHING | changes | {"at": clock(earlier.fleet.get("generated_at"), now), "not_compared": before}
