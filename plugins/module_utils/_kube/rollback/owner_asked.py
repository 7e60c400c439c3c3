# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has the owner of a HelmRelease apply what Git says now, and waits until it has been applied.

Not until the owner is ready: one that waits for the health of what it applies may be waiting for this very release.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import inventory_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.ending import Refused
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import time_or_none
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.reconciling import reconcile
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

Item = Mapping[str, Any]
PAUSE = 0.5
_UNHEALTHY = "HealthCheckFailed"


class Asking:
    """Asks the objects around one HelmRelease. note: what goes on at the moment."""

    def __init__(
        self,
        session: Session,
        situation: Situation,
        params: Mapping[str, Any],
        scratch: str,
        note: Callable[[str], None],
    ) -> None:
        self._session, self._situation, self._params = session, situation, params
        self._scratch, self._note = scratch, note

    def owner(self, token: str) -> str:
        """What has been applied, in words. Refused when it does not come to it."""
        owner = self._situation.owner
        if owner is None:
            return "nobody applies it"
        if self._situation.owner_item is None:
            raise Refused(
                f"Its owner {owner} is not there, so that nothing of Git arrives.",
                "Look who applies it, or take the owner's labels off it.",
            )
        if stand_of(self._situation.owner_item).suspended:
            raise Refused(f"Its owner {owner} is suspended, so that nothing of Git arrives.", "Resume that first.")
        if owner.kind != "Kustomization":
            self.reconciled(owner)
            return f"{owner} has reconciled"
        fact = self._situation.facts.get(owner)
        if fact is not None and fact.source is not None:
            self.reconciled(fact.source)
        return f"{owner} has applied {self._applied(owner, fact.source if fact else None, token)}"

    def reconciled(self, ref: Ref) -> None:
        """One object and its source. Refused when it fails, in its controller's words."""
        self._note(f"waiting for {ref}")
        off: dict[str, Any] = {"label_selectors": None, "statuses": None, "expected_revision": None, "token": None}
        off |= {"all": False, "not_ready": False, "fail_fast": False, "force": False, "reset": False}
        off |= {"fail_on_suspended": True, "pictures_path": None}
        meant = {"kinds": [ref.kind], "namespaces": [ref.namespace], "names": [ref.name], "with_source": True}
        task = {"wait": True, "_check_mode": False}
        result = reconcile({**self._params, **off, **meant, **task}, self._scratch)
        if result["failure"]:
            raise Refused(f"{ref} has not reconciled: {result['failure']}", "Mend that, and run the same again.")

    def source_of(self, chart: Ref) -> None:
        """The repository a chart comes from, so that the newest of it is known."""
        fact = self._situation.facts.get(chart)
        if fact is not None and fact.source is not None and not fact.source.kind.startswith("OCI"):
            self.reconciled(fact.source)

    def _applied(self, owner: Ref, source: Ref | None, token: str) -> str:
        """The revision the owner has applied since it was asked."""
        path = object_path(owner, self._situation.versions[owner.kind])
        wanted = self._revision_of(source)
        answer = self._session.client.patch(path, {"metadata": {"annotations": {REQUESTED_AT: token}}})
        deadline, asked_at = time.monotonic() + self._params["timeout"], answer.date
        item = answer.json()
        while not is_applied(item, token, wanted, asked_at):
            said = _condition(item, "Ready").get("message") or "it has not begun"
            if mapping(item.get("status")).get("lastHandledReconcileAt") == token:
                raise Refused(f"{owner} does not apply what Git says: {redact(str(said))}", "Mend that first.")
            if time.monotonic() >= deadline:
                seconds = f"{self._params['timeout']:g} s"
                raise Refused(f"{owner} has not come to {wanted or 'it'} within {seconds}: {redact(str(said))}")
            self._note(f"waiting for {owner}: {_condition(item, 'Reconciling').get('message') or said}")
            time.sleep(PAUSE)
            item = self._session.client.get(path).json()
        return str(mapping(item.get("status")).get("lastAttemptedRevision"))

    def _revision_of(self, source: Ref | None) -> str | None:
        """What the source has fetched: its artifact's revision."""
        if source is None or source.kind not in self._situation.versions:
            return None
        item = self._session.client.get(object_path(source, self._situation.versions[source.kind])).json()
        return mapping(mapping(item.get("status")).get("artifact")).get("revision")


def is_applied(item: Item, token: str, revision: str | None, asked_at: datetime | None) -> bool:
    """Whether a Kustomization has applied a revision since it was asked; its objects' health does not count."""
    status = mapping(item.get("status"))
    if revision is not None and status.get("lastAttemptedRevision") != revision:
        return False
    ready, healthy = _condition(item, "Ready"), _condition(item, "Healthy")
    if status.get("lastHandledReconcileAt") == token:
        return ready.get("status") == "True" or ready.get("reason") == _UNHEALTHY
    began = time_or_none(healthy.get("lastTransitionTime"))
    return healthy.get("status") == "Unknown" and began is not None and asked_at is not None and began > asked_at


def refuse_orphan(situation: Situation) -> None:
    """An object that Git no longer has is not applied any more: its spec proves nothing."""
    item, ref = situation.owner_item, situation.ref
    entries = inventory_of(item) if item is not None else None
    if entries is not None and ref not in {entry.ref for entry in entries if entry.is_flux}:
        raise Refused(
            f"{situation.owner} does not apply {ref} any more: Git no longer has it.",
            "If it is to go, delete it; suspended it leaves its release behind. Else put it back into Git.",
        )


def _condition(item: Item, kind: str) -> Item:
    conditions = rows(mapping(item.get("status")).get("conditions"))
    return next((row for row in conditions if row.get("type") == kind), {})
