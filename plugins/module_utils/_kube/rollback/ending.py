# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends a rollback, step by step. What a run that was interrupted has done already changes nothing when done again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import NotFound
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.both_ends import Ends, ends_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.charts import artifact_version, templated_chart
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.desired import Verdict, state_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.ending import (
    Refused,
    guarding,
    letting_go,
    refusal_of,
    something_new,
    unguarding,
    uninstalls_first,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import Holder
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import (
    FINISHING,
    HOLDING,
    NOTE,
    ROLLED_BACK,
    Note,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinnable import shares_owner
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.pinned import ref_of_item
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import DEPLOYED, Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import FREEZE, is_frozen
from ansible_collections.gitops.flux.plugins.module_utils._kube.observer import object_path
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.account import Account
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.chart_ready import (
    NotObtainable,
    await_source,
    require_chart,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.field_writes import change_fields
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.first_action import (
    Unsettled,
    await_first_action,
    new_token,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.holding import await_barrier, hold, keep_note
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.keeping_away import start_owner
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.owner_asked import Asking, refuse_orphan
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.restoring import remove_secret, restore
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation, read_situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.storage import read_storage
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.values import values_or_why
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session

Item = Mapping[str, Any]
_HOW_TO_ACCEPT = "Ask for the right to read them, or compare them yourself and add accept_unverified_values: true."


@dataclass
class Ending:
    """One rollback being finished. What it has come to is kept, so that a refusal is told with it."""

    session: Session
    params: Mapping[str, Any]
    scratch: str
    situation: Situation
    note: Note
    account: Account
    changed: bool = False
    # Whether Git was found to ask for the bad state.
    is_bad: bool = False
    newest: Stored | None = None

    def __post_init__(self) -> None:
        self.ends: Ends = ends_of(self.note, self.situation.stored)
        self._token = new_token(self.situation.now)
        self.warnings: list[str] = []
        # For the diff.
        self.started: Item = self.situation.item

    def carry_out(self) -> None:
        self._hold()
        self._restore()
        self._let_owner_in()
        self._ask_owner()
        self._compare(fetched=False)
        self._fetch()
        verdict = self._compare(fetched=True)
        self.account.tell("compared", something_new(verdict, self.note.target.get("revision")))
        moves = uninstalls_first(verdict)
        if moves:
            self.warnings.append(f"{moves}.")
            self.account.tell("moves", moves)
        self._let_go()
        self._clean_up()

    def judged(self, chart: Item | None) -> tuple[Verdict, str | None]:
        """The live state against both ends, and why the values are not known."""
        config, why = values_or_why(self.session.client, self.situation.item)
        return self.ends.judge(state_of(self.situation.item, chart, config)), why

    def read_again(self) -> None:
        params = self.params
        try:
            self.session.client.get(self.situation.path)
        except NotFound:
            raise Refused(
                f"{self.situation.ref} is gone: Git no longer has it. Its release stays, as it was rolled back.",
                "If it is to go, remove it with helm uninstall.",
            ) from None
        self.situation = read_situation(self.session, params["namespace"], params["name"], params["flux_namespace"])

    def _hold(self, note: Note | None = None) -> None:
        """Suspended, with nothing in flight; already so after a rollback by helm."""
        stand = stand_of(self.situation.item)
        if note is None and stand.suspended and not self.note.kept_in:
            return
        notes = stand.notes
        holder = Holder(
            by=str(notes.get("by") or self.params["by"] or "somebody"),
            reason=str(notes.get("reason") or "rollback"),
            ticket=notes.get("ticket"),
            until=None,
            token=new_token(self.situation.now),
        )
        outcome = hold(self.session, self.situation, holder, note or self.note)
        self.changed = True
        self.account.tell("held", f"suspended {self.situation.ref}")
        progress = self.account.progress
        found = await_barrier(self.session, self.situation, outcome, holder.token, self.params, progress)
        self.account.tell("barrier", f"no action of helm-controller is in flight ({found[0]})")

    def _restore(self) -> None:
        """From here on the HelmRelease is its owner's again: it is not restored a second time."""
        if not self.note.kept_in:
            return
        names = restore(self.session, self.situation, self.note)
        self.note = keep_note(self.session, self.situation, self.note.at_phase(FINISHING, kept_in=None))
        self.account.tell("restored", f"restored {', '.join(names)}" if names else "there was nothing to restore")

    def _let_owner_in(self) -> None:
        client, path = self.session.client, self.situation.path
        if self.note.git_suspend:
            self._change(path, guarding)
        if self.note.frozen:
            self.note = self.note.at_phase(FINISHING, frozen=False)
            client.patch(path, {"metadata": {"annotations": {FREEZE: None, NOTE: self.note.text}}})
            self.changed = True
            self.account.tell("thawed", f"let {self.situation.owner or 'everybody'} change it again")
        pinned = shares_owner(self.situation)
        if pinned:
            names = ", ".join(map(str, pinned))
            raise Refused(
                f"{self.situation.owner} has to stay as it is, because {names} is pinned, too.",
                "Finish that one as well: the last of them lets the owner go, then run this one again.",
            )
        done = start_owner(self.session, self.situation, self._token)
        if done:
            self.changed = True
            self.account.tell("owner", done)
            self.read_again()

    def _ask_owner(self) -> None:
        asking = Asking(self.session, self.situation, self.params, self.scratch, self.account.note)
        said = asking.owner(self._token)
        self.changed = self.changed or self.situation.owner is not None
        self.account.tell("asked", said)
        self.read_again()
        refuse_orphan(self.situation)
        if is_frozen(self.situation.metadata):
            raise Refused(
                f"{self.situation.ref} is told to be left alone by its owner, and not by this rollback.",
                f"Take {FREEZE} off it.",
            )

    def _compare(self, *, fetched: bool) -> Verdict:
        """Refused while Git asks for the bad state, and where nobody can tell."""
        verdict, why = self.judged(self.situation.chart_item if fetched else None)
        accepted = self.params["accept_unverified_values"]
        refusal = refusal_of(verdict, why, accepted=accepted, fetched=fetched)
        if refusal is None:
            return verdict
        self.is_bad = verdict.still_bad and bool(verdict.remains)
        self._stay_held()
        hint = "Change that in Git, and run the same again." if self.is_bad else _HOW_TO_ACCEPT
        raise Refused(f"{refusal}. {self.situation.ref} stays held", hint)

    def _stay_held(self) -> None:
        """Where Git says spec.suspend: false, our suspension is gone by now: the owner is kept away again."""
        if self.note.git_suspend:
            self.note = self.note.at_phase(ROLLED_BACK, frozen=True)
            self._hold(self.note)
            self._change(self.situation.path, unguarding)

    def _fetch(self) -> None:
        """The chart Git asks for is there before helm-controller looks for it, and from the newest index."""
        chart = self.situation.chart_item
        if chart is None:
            return
        client, seconds, note = self.session.client, self.params["timeout"], self.account.note
        ref = ref_of_item(chart)
        path = object_path(ref, self.situation.versions[ref.kind])
        asking = Asking(self.session, self.situation, self.params, self.scratch, note)
        template = templated_chart(self.situation.spec)
        try:
            if template is not None:
                asking.source_of(ref)
                require_chart(client, path, template, seconds, note)
            asking.reconciled(ref)
            found = await_source(client, path, client.get(path).json(), seconds, note)
        except NotObtainable as error:
            self._stay_held()
            raise Refused(f"The chart Git asks for cannot be had: {error.message}", error.hint) from error
        self.changed = True
        self.situation = replace(self.situation, chart_item=found)
        self.account.tell("chart", f"{ref} has chart version {artifact_version(found)}")

    def _let_go(self) -> None:
        path, seconds = self.situation.path, self.params["timeout"]
        token, before = new_token(self.situation.now), _identity(self.situation.stored[0])
        self._change(path, lambda item: letting_go(item, stand_of(item), token))
        self.account.tell("let_go", f"resumed {self.situation.ref}, and removed what was noted on it")
        client, note = self.session.client, self.account.note
        ended = await_first_action(client, path, token, seconds, note, self.ends.is_tried_again)
        self.newest = read_storage(client, self.situation.release)[0]
        is_new = _identity(self.newest) != before
        if ended.stopped or (is_new and self.ends.is_bad(self.newest)):
            self._hold_again()
        if ended.trouble or self.newest.status != DEPLOYED:
            raise Unsettled(
                f"It was let go, but helm-controller has not come to a good end: {ended.trouble or self.newest.status}",
                f"It is no longer held. Look at it: flux -n {self.situation.ref.namespace} get helmrelease "
                f"{self.situation.ref.name}; roll it back again if it is bad.",
            )
        text = (
            f"helm-controller has deployed revision {self.newest.revision}"
            if is_new
            else (f"helm-controller has nothing to change: revision {self.newest.revision} is what Git asks for")
        )
        self.account.tell("settled", text)

    def _hold_again(self) -> None:
        """The net, not the guard: by now the bad state may be live."""
        self.situation = replace(self.situation, item=self.session.client.get(self.situation.path).json())
        self.note = self.note.at_phase(HOLDING, kept_in=None)
        self.is_bad = True
        self._hold(self.note)
        raise Unsettled(
            f"The bad state came back: helm-controller went to chart {self.note.source.get('chart')} "
            f"{self.note.source.get('chart_version')} again. {self.situation.ref} is suspended again",
            "Run gitops.flux.flux_helm_rollback again.",
        )

    def _clean_up(self) -> None:
        if remove_secret(self.session.client, self.situation):
            self.account.tell("cleaned", "removed the Secret of the rollback")

    def _change(self, path: str, decide: Any) -> Item:
        self.changed = True
        return change_fields(self.session.client, path, decide)


def _identity(stored: Stored) -> tuple[int, str | None]:
    """A release that is installed anew counts from 1 again."""
    return stored.revision, stored.deployed_at
