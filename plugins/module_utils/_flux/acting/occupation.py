# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object does at this moment, for whoever waits for it."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import Member
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_duration


def doing(member: Member, facts: Facts) -> str:
    """Why there is no verdict yet, in the controller's own words where it has some."""
    reconciling, ready = facts.condition("Reconciling"), facts.condition("Ready")
    if reconciling is not None and reconciling.status == "True" and reconciling.message:
        return f"is still at: {reconciling.message}"
    if member.token is not None and facts.handled != member.token:
        return "its controller has not answered the request"
    return f"last said: {ready.message}" if ready is not None and ready.message else "has said nothing yet"


def busy_sentence(facts: Facts, now: datetime) -> str | None:
    """What keeps an object from answering, with the latest end of it. now: the API server's clock."""
    reconciling = facts.condition("Reconciling")
    if reconciling is None or reconciling.status != "True" or reconciling.reason != "Progressing":
        return None
    began = reconciling.changed_at
    left = facts.cadence.timeout - (now - began).total_seconds() if began else facts.cadence.timeout
    most = f", at most {format_duration(left)} more" if left > 0 else ", longer than its timeout"
    return f"{facts.ref} is busy: {reconciling.message or 'a run is going on'}{most}"
