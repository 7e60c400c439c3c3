# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run is to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref


@dataclass(frozen=True)
class RunWishes:
    """Seconds throughout. asks: whether requests are sent at all; without, the run only waits."""

    token: str
    # When the token was made, by the API server's clock; None when it does not say.
    token_at: datetime | None
    targets: Collection[Ref]
    asks: bool = True
    with_source: bool = True
    force: bool = False
    reset: bool = False
    expected_revision: str | None = None
    timeout: float = 300.0
    fail_fast: bool = False
    fail_on_suspended: bool = False
    # For how long a controller may be away before its objects are given up.
    controller_grace: float = 10.0
    # For how long an automatic run may not begin while its controller does nothing else.
    nudge_after: float = 10.0
    # For how long a deletion may take.
    deletion_grace: float = 30.0
    # For how long a request may go unanswered before it is said what its object does instead.
    busy_after: float = 5.0
