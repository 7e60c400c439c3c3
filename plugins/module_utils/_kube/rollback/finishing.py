# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of flux_helm_rollback_finish: restore, let Git in, compare, have the chart fetched, let go, watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.both_ends import ends_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.ending import (
    Refused,
    ending_digest,
    ending_steps,
    refuse_stranger,
    require_finishable,
    require_guardable,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.result import (
    held_row,
    revision_row,
    snippet_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile
from ansible_collections.gitops.flux.plugins.module_utils._kube.reconciling import CONNECTIONS
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.account import Account
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.ending import Ending
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.permissions import (
    Right,
    require_rights,
    rights_on,
)
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.restoring import has_leftover, remove_secret
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.situation import Situation, read_situation
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, opened

Params = Mapping[str, Any]
Row = dict[str, Any]


def finish(params: Params, scratch: str) -> Row:
    """The result of flux_helm_rollback_finish for its parameters. scratch: folder for key files of a kubeconfig."""
    session = opened(params, scratch, CONNECTIONS)
    situation = read_situation(session, params["namespace"], params["name"], params["flux_namespace"])
    note = situation.note
    if note is None:
        return _nothing_held(session, situation, params)
    plan = _plan(situation, note)
    _refuse(situation, note, plan, params)
    ending = Ending(session, params, scratch, situation, note, _account(params, scratch, plan))
    if params["_check_mode"]:
        return _result(ending, plan, "planned")
    require_rights(session.client, _rights(situation, note))
    try:
        ending.carry_out()
    except FluxError as error:
        ending.account.tell("refused" if isinstance(error, Refused) else "failed", error.message)
        return _result(ending, plan, "refused" if isinstance(error, Refused) else ending.note.phase, error)
    return _result(ending, plan, "finished")


def _nothing_held(session: Session, situation: Situation, params: Params) -> Row:
    """No note: nothing to finish, unless a run was interrupted just before it took its Secret away."""
    refuse_stranger(stand_of(situation.item))
    left = has_leftover(session.client, situation)
    if left and not params["_check_mode"]:
        remove_secret(session.client, situation)
    text = f"Nothing to finish: {situation.ref} is not held by a rollback."
    removed = ["The Secret an interrupted run had left is removed."] if left else []
    return _frame(situation, "finished", left) | {"warnings": [*situation.warnings, text, *removed]}


def _refuse(situation: Situation, note: Note, plan: Row, params: Params) -> None:
    """Everything that can be refused before the first write."""
    require_finishable(note, situation.ref)
    require_guardable(note, situation.item, situation.ref, force=params["force"])
    if params["plan_digest"] and params["plan_digest"] != plan["digest"] and not params["_check_mode"]:
        raise InvalidInput(
            f"This is not the plan that was approved: its digest is {plan['digest']}, "
            f"approved is {params['plan_digest']}.",
            "Look at the new plan with --check, and have that one approved.",
            digest=plan["digest"],
        )


def _plan(situation: Situation, note: Note) -> Row:
    ends = ends_of(note, situation.stored)
    where = f"{situation.cluster['uid']} {situation.ref}"
    return {
        "digest": ending_digest(note, where),
        "strategy": note.strategy,
        "why": f"it was rolled back from revision {note.source.get('revision')} to {note.target.get('revision')}",
        "source": revision_row(ends.source_revision),
        "target": revision_row(ends.target_revision),
        "objects": [],
        "deletes": [],
        "hooks": [],
        "not_rolled_back": [],
        "values_paths": paths_that_differ(ends.source_revision.config, ends.target_revision.config),
        "steps": ending_steps(note, situation.ref, situation.owner),
        "warnings": [],
    }


def _account(params: Params, scratch: str, plan: Row) -> Account:
    return Account(ProgressFile(scratch if params["progress"] else None), len(plan["steps"]) + 1)


def _rights(situation: Situation, note: Note) -> list[Right]:
    """What is written on the way, and what has to be read of Helm's storage at its end."""
    namespace = situation.ref.namespace
    rights = rights_on("", "secrets", situation.release.storage_namespace, [], "list")
    if note.kept_in:
        rights += rights_on("", "secrets", namespace, [note.kept_in], "get", "delete")
    for item in (situation.item, situation.owner_item, situation.chart_item):
        kind = KINDS.get(str(mapping(item).get("kind")))
        if kind is not None:
            metadata = mapping(mapping(item).get("metadata"))
            names = [str(metadata.get("name"))]
            rights += rights_on(kind.group, kind.plural, str(metadata.get("namespace")), names, "get", "patch")
    return rights


def _result(ending: Ending, plan: Row, phase: str, error: FluxError | None = None) -> Row:
    if ending.changed:
        _try_to_read(ending)
    situation = ending.situation
    missing = _missing(ending) if ending.is_bad or (phase == "planned" and _is_bad_now(ending)) else None
    failed = {"failure": error.sentence} if error else {}
    shown = {"diff": _diff(ending)} if ending.params["_diff"] and phase in ("planned", "finished") else {}
    return {
        **_frame(situation, phase, ending.changed or phase == "planned"),
        "plan": plan,
        "story": ending.account.rows,
        "verification": _verification(ending, error),
        "missing_in_git": missing,
        "next": _next(ending, phase, missing, error),
        "warnings": [*situation.warnings, *ending.warnings],
        **shown,
        **failed,
    }


def _frame(situation: Situation, phase: str, changed: bool) -> Row:
    """What every result has."""
    return {
        "changed": changed,
        "reachable": True,
        "cluster": situation.cluster,
        "namespace": situation.ref.namespace,
        "name": situation.ref.name,
        "release": situation.release._asdict(),
        "owner": situation.owner.as_dict() if situation.owner else None,
        "phase": phase,
        "plan": None,
        "story": [],
        "verification": None,
        "history": [revision_row(one) for one in situation.stored],
        "held": held_row(stand_of(situation.item), situation.now),
        "missing_in_git": None,
        "next": [],
    }


def _verification(ending: Ending, error: FluxError | None) -> Row | None:
    if ending.newest is None:
        return None
    release = revision_row(ending.newest)
    return {"ok": error is None, "release": release, "differences": [], "leftovers": [], "workloads": []}


def _is_bad_now(ending: Ending) -> bool:
    """As far as it can be seen without asking anybody: of what is pinned, nothing can."""
    if ending.note.kept_in:
        return False
    verdict, _why = ending.judged(None)
    return verdict.still_bad and bool(verdict.remains)


def _missing(ending: Ending) -> Row:
    ends = ending.ends
    return dict(snippet_for(ending.situation.item, ends.source_revision, ends.target_revision))


def _next(ending: Ending, phase: str, missing: Row | None, error: FluxError | None) -> list[str]:
    if phase == "finished":
        return []
    steps = [str(missing["text"])] if missing else []
    if error is not None and error.hint and not missing:
        steps.append(error.hint)
    return (
        [*steps, f"Then run gitops.flux.flux_helm_rollback_finish for {ending.situation.ref} again."]
        if error
        else steps
    )


def _diff(ending: Ending) -> list[Row]:
    """The annotations and the suspension that go; never what is restored, which may hold values."""
    metadata = mapping(ending.started.get("metadata"))
    ours = {key: value for key, value in mapping(metadata.get("annotations")).items() if key.startswith("gitops.flux/")}
    name = str(ending.situation.ref)
    suspended = mapping(ending.started.get("spec")).get("suspend")
    before = {"metadata": {"annotations": ours}, **({"spec": {"suspend": True}} if suspended else {})}
    return [{"before_header": name, "after_header": name, "before": before, "after": {}}]


def _try_to_read(ending: Ending) -> None:
    """How it is now; without an answer, how it was when it was read last."""
    try:
        ending.read_again()
    except FluxError as error:
        ending.account.tell("unread", f"how it is now could not be read: {error.message}")
