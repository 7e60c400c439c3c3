# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rollback is going to do, decided before its first write, and a digest by which it can be approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import Named
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Hook, Stored

HELM, PIN = "helm", "pin"
AUTO = "auto"
CHANGED, CREATED, SAME = "change", "create", "none"
_ROLLBACK_EVENTS = frozenset({"pre-rollback", "post-rollback"})


@dataclass(frozen=True)
class Change:
    """What becomes of one object of the target. paths: the fields that change, never their values."""

    name: Named
    action: str
    paths: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {**self.name.as_dict(), "action": self.action, "paths": list(self.paths)}


@dataclass(frozen=True)
class Plan:
    """source: the newest revision, from which it goes away. target: the one it goes back to."""

    strategy: str
    why: str
    source: Stored
    target: Stored
    changes: Sequence[Change]
    # What the target does not have, in the order Kubernetes shows names.
    deletes: Sequence[Named]
    allowed: frozenset[Named]
    values_paths: Sequence[str]
    not_rolled_back: Sequence[str]
    steps: Sequence[str]
    warnings: Sequence[str]
    # Of the cluster and the HelmRelease: a digest is of no use anywhere else.
    subject: str

    @property
    def hooks(self) -> list[Hook]:
        """Those of the target that Helm runs on a rollback."""
        if self.strategy != HELM:
            return []
        return [hook for hook in self.target.hooks if _ROLLBACK_EVENTS & set(hook.events)]

    @property
    def digest(self) -> str:
        """The same for as long as the same would be done to the same objects; times do not count."""
        said = {
            "subject": self.subject,
            "strategy": self.strategy,
            "target": [self.target.revision, self.target.chart, self.target.chart_version],
            "source": [self.source.revision, self.source.status],
            "changes": sorted([*change.name, change.action, *change.paths] for change in self.changes),
            "deletes": sorted(map(list, self.deletes)),
            "values": list(self.values_paths),
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def as_dict(self, source: Mapping[str, Any], target: Mapping[str, Any]) -> dict[str, Any]:
        """For people and programs. source and target: their rows."""
        deletes = [{**each.as_dict(), "allowed": each in self.allowed} for each in self.deletes]
        return {
            "digest": self.digest,
            "strategy": self.strategy,
            "why": self.why,
            "source": source,
            "target": target,
            "objects": [change.as_dict() for change in self.changes],
            "deletes": deletes,
            "hooks": [{"kind": hook.kind, "name": hook.name, "events": list(hook.events)} for hook in self.hooks],
            "not_rolled_back": list(self.not_rolled_back),
            "values_paths": list(self.values_paths),
            "steps": list(self.steps),
            "warnings": list(self.warnings),
        }


def require_approved(plan: Plan, digest: str | None) -> None:
    """Refuses another plan than the one that was approved."""
    if digest and digest != plan.digest:
        raise InvalidInput(
            f"This is not the plan that was approved: its digest is {plan.digest}, approved is {digest}.",
            "Look at the new plan with --check, and have that one approved.",
            digest=plan.digest,
        )


def require_deletions_allowed(plan: Plan) -> None:
    """Refuses to delete what cannot be had back, unless it is named."""
    refused = [each for each in plan.deletes if each not in plan.allowed]
    if refused:
        names = ", ".join(map(str, refused))
        raise InvalidInput(
            f"The rollback would delete {names}, and what is in there with it.",
            f"If that is meant, name each of them in allow_delete, e.g. {refused[0]}.",
            deletes=[str(each) for each in refused],
        )
