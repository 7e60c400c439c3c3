# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known about a cluster beside its Flux objects, and the time limits the rules use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import SourceSigns


@dataclass(frozen=True)
class Thresholds:
    """Seconds."""

    # A source is silent above max(stale_after, 2 x its interval).
    stale_after: float = 600
    # A spec nobody has looked at for this long has lost its controller.
    unobserved_after: float = 60
    # A deletion above this age is stuck.
    stuck_after: float = 600
    # What a run may take beyond its own timeout, and a new object before its first condition.
    progress_grace: float = 60


@dataclass(frozen=True)
class View:
    """One reading of one cluster. None means "not read", empty means "read, and there is none"."""

    # The context; empty when it is not known.
    cluster: str
    # The API server's clock.
    now: datetime
    thresholds: Thresholds = field(default_factory=Thresholds)
    # Rows of events.events_of
    events: Sequence[Mapping[str, Any]] | None = None
    # staleness.signs_of
    signs: SourceSigns | None = None
    # Rows of controllers.controllers_of
    controllers: Sequence[Mapping[str, Any]] | None = None
