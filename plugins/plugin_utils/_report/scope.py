# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one report shows: which part of the cluster was asked for, and how much of each list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import object_named
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import words


@dataclass(frozen=True)
class Scope:
    """The listing asked for. Empty means everything; the verdict is always about the whole cluster."""

    kinds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        return bool(self.kinds or self.namespaces or self.names)

    def covers(self, item: Mapping[str, Any]) -> bool:
        """Whether an object, cause, event or log line belongs to the listing."""
        asked = ((self.kinds, "kind"), (self.namespaces, "namespace"), (self.names, "name"))
        return all(not wanted or item.get(key) in wanted for wanted, key in asked)

    def covers_cause(self, cause: Mapping[str, Any]) -> bool:
        """A cause belongs to the listing when it or something that waits for it does: hiding it would help nobody."""
        return self.covers(cause) or any(self.covers(object_named(victim)) for victim in cause.get("victims") or [])

    def text(self) -> str:
        """'kinds HelmRelease · namespaces apps, web'."""
        kinds = tuple(kind if kind in KINDS else f"{kind} (no Flux kind)" for kind in self.kinds)
        parts = (("kinds", kinds), ("namespaces", self.namespaces), ("names", self.names))
        return " · ".join(f"{label} {', '.join(wanted)}" for label, wanted in parts if wanted)


def scope_of(narrow: Mapping[str, Any] | None) -> Scope:
    """The scope from lists, or from texts as a survey sends them."""
    asked = narrow or {}
    return Scope(*(tuple(words(asked.get(key))) for key in ("kinds", "namespaces", "names")))


@dataclass(frozen=True)
class Limits:
    """How many of each are printed. The JSON always has everything."""

    causes: int = 3
    # Of those that follow, how many have a line each on the first screen; the others have theirs further down.
    cause_lines: int = 4
    # Findings beside the causes.
    others: int = 3
    # Of each of new, fixed and still.
    changes: int = 5
    suspensions: int = 6
    events: int = 30
    logs: int = 20
    names: int = 100
