# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last section of a report: what is worth knowing and keeps no cluster from being healthy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.hints import INTERVAL
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    escaped,
    reference,
    slash_reference,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import Section, section
from ansible_collections.gitops.flux.plugins.plugin_utils._report.scope import Limits, Scope


def hint_section(entry: Mapping[str, Any], scope: Scope, limits: Limits) -> list[Section]:
    """One line each; sources that are asked often are one line together."""
    hints = [hint for hint in entry["hints"] if scope.covers(hint)]
    lines = [f"- {reference(hint)} {escaped(hint['message'], 200)}" for hint in hints if hint["class"] != INTERVAL]
    asked = [slash_reference(hint) for hint in hints if hint["class"] == INTERVAL]
    if asked:
        sources = f"{count(len(asked), 'source')} {'is' if len(asked) == 1 else 'are'}"
        why = "asked more often than every ten minutes, where a Receiver would tell Flux of changes at once"
        lines.append(f"- {sources} {why}: {compact(asked, limits.names)}")
    return [section(f"Hints ({len(hints)})", text=lines)] if lines else []
