# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks whether what is live is the target: by a dry run as helm-controller, and by waiting for the workloads."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import Named
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import Plan
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.result import revision_row
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import DEPLOYED
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import has_same_content
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.verification import Health, Verification
from ansible_collections.gitops.flux.plugins.module_utils._flux.workloads import is_workload, trouble_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.target_objects import Placed, TargetObjects

# Seconds between two looks at what is starting.
PAUSE = 1.0


def verify(
    situation: Situation, plan: Plan, objects: TargetObjects, seconds: float, note: Callable[[str], None]
) -> Verification:
    """situation: read after everything was done. seconds: for the workloads, and for what is being deleted."""
    newest = situation.stored[0]
    deadline = time.monotonic() + seconds
    lost = list(objects.deletes(situation.stored, plan.target).values())
    changes = objects.changes(plan.target)
    workloads = [each for each in objects.placed(plan.target) if is_workload(each.name.group, each.name.kind)]
    health, left = _looked(objects, workloads, lost)
    while (left or any(each.trouble for each in health)) and time.monotonic() < deadline:
        sick = [each for each in health if each.trouble]
        note(f"waiting for {sick[0].name}: {sick[0].trouble}" if sick else f"waiting until {left[0]} is gone")
        time.sleep(PAUSE)
        health, left = _looked(objects, workloads, lost)
    deployed = newest.status == DEPLOYED and has_same_content(newest, plan.target)
    return Verification(revision_row(newest), deployed, changes, left, health)


def _looked(
    objects: TargetObjects, workloads: Sequence[Placed], lost: Sequence[Placed]
) -> tuple[list[Health], list[Named]]:
    live = objects.live(workloads)
    health = [
        Health(name, "is missing" if item is None else trouble_of({**item, "kind": name.kind}))
        for name, item in live.items()
    ]
    return health, [name for name, item in objects.live(lost).items() if item is not None]
