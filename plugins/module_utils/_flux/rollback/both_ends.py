# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bad state and the good one, from Helm's storage or, where Helm has dropped them since, from the note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import version_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.desired import (
    State,
    Verdict,
    state_in_storage,
    state_noted,
    still_bad,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import values_digest

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Ends:
    """What a rollback went away from, and what it went to."""

    bad: State
    target: State
    # Rows for people; of what Helm has dropped there is only what was noted.
    source_revision: Stored
    target_revision: Stored

    def judge(self, live: State) -> Verdict:
        return still_bad(live, self.bad, self.target)

    def is_bad(self, newest: Stored) -> bool:
        """Whether a revision is the bad state, by what tells it from the good one; nothing told is no proof."""
        verdict = self.judge(state_in_storage(newest))
        return verdict.still_bad and bool(verdict.remains) and not self._is_untold

    def is_tried_again(self, item: Item) -> bool:
        """Whether helm-controller has begun with the bad state, for what the HelmRelease asks for now."""
        metadata, status = mapping(item.get("metadata")), mapping(item.get("status"))
        if self._is_untold or status.get("lastAttemptedGeneration") != metadata.get("generation"):
            return False
        version = version_of(str(status.get("lastAttemptedRevision") or ""))
        digest = status.get("lastAttemptedConfigDigest")
        known = self.bad.config is not None
        return version == self.bad.version and known and digest == values_digest(self.source_revision.config)

    @property
    def _is_untold(self) -> bool:
        """Nothing tells the two apart: the same chart with the same values, as far as Helm knows."""
        return (self.bad.version, self.bad.config_digest) == (self.target.version, self.target.config_digest)


def ends_of(note: Note, stored: Sequence[Stored]) -> Ends:
    source, target = _find(note.source, stored), _find(note.target, stored)
    return Ends(
        bad=state_in_storage(source, note.desired) if source else state_noted(note.source, note.desired),
        target=state_in_storage(target) if target else state_noted(note.target),
        source_revision=source or _noted(note.source),
        target_revision=target or _noted(note.target),
    )


def _find(row: Item, stored: Sequence[Stored]) -> Stored | None:
    for one in stored:
        if (one.revision, one.chart_version) == (row.get("revision"), row.get("chart_version")):
            return one
    return None


def _noted(row: Item) -> Stored:
    return Stored(
        revision=int(row.get("revision") or 0),
        status="",
        namespace="",
        chart=str(row.get("chart") or ""),
        chart_version=str(row.get("chart_version") or ""),
        app_version="",
        first_deployed=None,
        deployed_at=None,
        description="Helm does not keep it any more",
        apply_method=None,
        labels={},
        hooks=(),
        config={},
        manifest="",
    )
