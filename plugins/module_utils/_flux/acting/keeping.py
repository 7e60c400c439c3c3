# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which open objects of a run nobody looks after, because their controller or its shard does not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.run import Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import (
    MISSING,
    READY,
    SHARD_KEY,
    duty_of,
    missing_row,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

Row = Mapping[str, Any]


def lost_objects(run: Run, controllers: Sequence[Row], flux_namespace: str) -> dict[Ref, tuple[Ref, str]]:
    """Objects without a verdict that no running controller watches: each with the Deployment to blame, and why."""
    duty = duty_of(controllers)
    open_facts = [
        run.board.world[member.ref]
        for member in run.members.values()
        if member.open and member.reported and member.ref in run.board.world
    ]
    return {facts.ref: _keeper(facts, controllers, flux_namespace) for facts in open_facts if not duty.is_kept(facts)}


def _keeper(facts: Facts, controllers: Sequence[Row], flux_namespace: str) -> tuple[Ref, str]:
    component = str(KINDS[facts.kind].controller)
    own = [row for row in controllers if row["component"] == component and row["state"] not in (READY, MISSING)]
    shard = facts.labels.get(SHARD_KEY)
    if own:
        row = own[0]
        return Ref("Deployment", str(row["namespace"]), str(row["name"])), f"{row['name']} is down: {row['message']}"
    name = f"{component}-{shard}" if shard else component
    row = missing_row(name, flux_namespace, component, shard)
    return Ref("Deployment", flux_namespace, name), f"{name}: {row['message']}"


def sentences_of(lost: Mapping[Ref, tuple[Ref, str]]) -> list[str]:
    """One sentence for each controller that is missed."""
    counted: dict[tuple[Ref, str], int] = {}
    for blame in lost.values():
        counted[blame] = counted.get(blame, 0) + 1
    return [f"{keeper}: {message}; {number} objects wait for it" for (keeper, message), number in counted.items()]
