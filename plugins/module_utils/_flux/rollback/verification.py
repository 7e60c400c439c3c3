# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a release is what its target says, as far as that can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import Named
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import SAME, Change


@dataclass(frozen=True)
class Health:
    """One workload of the target. trouble: None when it is well."""

    name: Named
    trouble: str | None

    def as_dict(self) -> dict[str, Any]:
        return {**self.name.as_dict(), "ready": self.trouble is None, "message": self.trouble}


@dataclass(frozen=True)
class Verification:
    """release: row of the newest revision; deployed: whether it is the target's content, and deployed."""

    release: Mapping[str, Any]
    deployed: bool
    changes: Sequence[Change]
    leftovers: Sequence[Named]
    workloads: Sequence[Health]

    @property
    def is_exact(self) -> bool:
        """Whether what is live is the target; workloads may still be starting."""
        return self.deployed and not self.leftovers and all(change.action == SAME for change in self.changes)

    @property
    def failure(self) -> str | None:
        """The one sentence of what is not as it should be."""
        if not self.deployed:
            return f"Helm's newest revision is {self.release['revision']} ({self.release['status']}), not the target."
        differing = [change for change in self.changes if change.action != SAME]
        if differing:
            paths = ", ".join(differing[0].paths[:3]) or "it is missing"
            return f"{len(differing)} objects are not as the target has them: {differing[0].name} ({paths})."
        if self.leftovers:
            return f"{len(self.leftovers)} objects of the bad revision are still there: {self.leftovers[0]}."
        sick = [health for health in self.workloads if health.trouble]
        if sick:
            many = f" ({len(sick)} workloads, this is the first)" if len(sick) > 1 else ""
            return f"Rolled back, but not well{many}: {sick[0].name}: {sick[0].trouble}."
        return None

    def as_dict(self) -> dict[str, Any]:
        differing = [change for change in self.changes if change.action != SAME]
        return {
            "ok": self.failure is None,
            "release": self.release,
            "differences": [{**change.name.as_dict(), "paths": list(change.paths)} for change in differing],
            "leftovers": [name.as_dict() for name in self.leftovers],
            "workloads": [health.as_dict() for health in self.workloads],
        }
