# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When nothing of a suspended object is in flight any more: its controller has written down that it has seen it."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.ways import acknowledges

REACHED, UNSUPPORTED, CONTROLLER_DOWN, TIMED_OUT = "reached", "unsupported", "controller_down", "timed_out"


def barrier_of(stand: Stand, token: str | None) -> str | None:
    """Reached or unsupported; None as long as it is to be waited for. token: of the patch that suspended it.

    Runs of one object come one after the other, so that an answer to the token, or to a later request that has
    replaced it, ends all that began before.
    """
    if not acknowledges(stand.kind):
        return UNSUPPORTED
    if token is None and stand.requested is None:
        return UNSUPPORTED
    return REACHED if stand.handled in (token, stand.requested) and stand.handled is not None else None
