# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decides a rollback before its first write: which revision, which strategy, what it changes, and whether we may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import needs_freeze
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import PRECIOUS, Named
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinnable import blast_of_freeze
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import AUTO, HELM, PIN, Plan
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.refusing import (
    refuse_held,
    refuse_ready,
    refuse_remediated,
    refuse_running,
    refuse_terminating,
    target_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import doubts_about
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.wording import (
    not_rolled_back,
    steps_of,
    warnings_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.barrier import unattended
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.helm_program import Helm
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.needs import unserved_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.pin_conditions import reasons_not_to_pin
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.resources import Resources
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.target_objects import TargetObjects
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

Params = Mapping[str, Any]


class Planner:
    """Plans for one HelmRelease; asked again behind the barrier, when nothing moves any more."""

    def __init__(self, session: Session, params: Params, helm: Helm) -> None:
        self._client = session.client
        self._session = session
        self._params = params
        self._helm = helm
        self.resources = Resources(session.client)

    def objects(self, situation: Situation) -> TargetObjects:
        return TargetObjects(self._client, self.resources, situation.release)

    def refuse(self, situation: Situation) -> None:
        """Everything that speaks against it before a target is even looked for."""
        name = str(situation.ref)
        if not situation.stored:
            where = situation.release.storage_namespace
            raise InvalidInput(
                f"Helm has stored no revision of {name} (release {situation.release.name} in {where}).",
                "A release that was never installed cannot be rolled back.",
            )
        refuse_terminating(situation.item, name)
        if situation.note is not None:
            return
        if not self._params["force"]:
            refuse_held(stand_of(situation.item))
            refuse_ready(situation.item, situation.stored, name)
            refuse_running(situation.item, situation.stored, situation.now, name)
        if self._params["revision"] is None:
            refuse_remediated(situation.item, situation.stored, name)

    def target(self, situation: Situation) -> Stored:
        """The revision to go back to. A rollback that goes on goes on to where it was going."""
        note, wanted = situation.note, self._params["revision"]
        if note is not None and wanted in (None, note.target.get("revision")):
            for one in situation.stored:
                if one.revision == note.target.get("revision"):
                    return one
        unserved = unserved_of(self.resources, situation.stored)
        return target_for(situation.stored, wanted, rows(situation.status.get("history")), unserved)

    def plan(self, situation: Situation, target: Stored) -> Plan:
        source = self._source(situation)
        strategy, why = self._strategy(situation, source, target)
        objects = self.objects(situation)
        changes = objects.changes(target)
        deletes = sorted(objects.deletes(situation.stored, target))
        allowed = frozenset(each for each in deletes if self._is_allowed(each))
        later = [one for one in situation.stored if one.revision > target.revision]
        frozen = needs_freeze(stand_of(situation.item), situation.owner)
        return Plan(
            strategy=strategy,
            why=why,
            source=source,
            target=target,
            changes=changes,
            deletes=deletes,
            allowed=allowed,
            values_paths=paths_that_differ(source.config, target.config),
            not_rolled_back=not_rolled_back(later),
            steps=steps_of(strategy, situation.ref, situation.release, target, frozen=frozen),
            warnings=[
                *situation.warnings,
                *doubts_about(target, situation.stored),
                *warnings_of(source, strategy),
                *(blast_of_freeze(situation) if strategy == PIN else []),
            ],
            subject=f"{situation.cluster['uid']} {situation.ref}",
        )

    def _source(self, situation: Situation) -> Stored:
        """The bad revision: the newest one, or where a rollback that goes on began."""
        if situation.note is not None:
            for one in situation.stored:
                if one.revision == situation.note.source.get("revision"):
                    return one
        return situation.stored[0]

    def _is_allowed(self, each: Named) -> bool:
        return each.kind not in PRECIOUS or str(each) in (self._params["allow_delete"] or ())

    def _strategy(self, situation: Situation, source: Stored, target: Stored) -> tuple[str, str]:
        wanted = self._params["strategy"]
        if situation.note is not None and wanted in (AUTO, situation.note.strategy):
            return situation.note.strategy, "it goes on as it began"
        reasons = self._reasons_not_to_pin(situation, source, target) if wanted != HELM else []
        if wanted == PIN and reasons:
            raise InvalidInput(f"{situation.ref} cannot be pinned: {'; '.join(reasons)}.", "Use strategy helm.")
        if wanted != AUTO:
            return wanted, "it was asked for"
        if reasons:
            return HELM, f"helm-controller cannot be pinned to it: {'; '.join(reasons)}"
        return PIN, "helm-controller can do it by itself, so that its history stays whole"

    def _reasons_not_to_pin(self, situation: Situation, source: Stored, target: Stored) -> list[str]:
        """Whatever is missing, nobody would do it without helm-controller."""
        reasons = reasons_not_to_pin(situation, source, target)
        facts = {situation.ref: situation.facts[situation.ref]} if situation.ref in situation.facts else {}
        absent = [] if reasons else unattended(self._client, self._params["flux_namespace"], facts)
        return [*reasons, *("helm-controller does not run, or does not watch it" for _ref in absent)]
