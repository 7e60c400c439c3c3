# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run is: names and numbers only, so that it can be shown while the run goes on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.needs import OPEN
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.run import Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref


def progress_of(run: Run, note: str | None = None) -> dict[str, Any]:
    """Done and total, the bad ones by verdict, how many run, and how many wait for what."""
    members = [member for member in run.members.values() if member.reported]
    verdicts = [member.verdict for member in members if member.verdict is not None]
    waiting: Counter[str] = Counter()
    roots: dict[Ref, Ref] = {}
    for member in members:
        unmet = run.board.unmet(member) if member.open else None
        if unmet is not None and unmet.state == OPEN:
            waiting[str(run.board.root_of(unmet, roots))] += 1
    return {
        "done": len(verdicts),
        "total": len(members),
        "bad": dict(Counter(verdict.decisive for verdict in verdicts if verdict.bad)),
        "running": len(members) - len(verdicts) - sum(waiting.values()),
        "waiting": dict(waiting.most_common()),
        "note": note,
    }
