"""The patch that holds a release, and when a suspension alone would not last."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, stand_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.until import Until
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.holding import Holder, hold_patch, needs_freeze
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import NOTE, Note, note_of

NOTES = Note("holding", "helm", "2026-11-21T03:12:00Z", "sha256:1", {"revision": 2}, {"revision": 1})
HOLDER = Holder("ann", "bad", None, Until("2026-11-22T00:00:00Z", from_now=True), "token-1")
OWNER = Ref("Kustomization", "flux-system", "apps")


def stand(*managers: str, suspended: bool = False, **annotations: str) -> Stand:
    fields = [
        {"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": {"f:suspend": {}}}} for manager in managers
    ]
    item: dict[str, Any] = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": "apps", "managedFields": fields, "annotations": annotations},
        "spec": {"suspend": True} if suspended else {},
    }
    return stand_of(item)


def notes_in(patch: dict[str, Any]) -> dict[str, Any]:
    return {
        key.removeprefix("gitops.flux/suspended-"): value for key, value in patch["metadata"]["annotations"].items()
    }


def test_one_patch_suspends_asks_and_says_who_and_why() -> None:
    patch = hold_patch(stand(), HOLDER, NOTES)
    assert patch["spec"] == {"suspend": True}
    found = notes_in(patch)
    assert (found["by"], found["reason"], found["change"]) == ("ann", "bad", "helm-rollback")
    assert found["until"] == "2026-11-22T00:00:00Z"
    assert found["reconcile.fluxcd.io/requestedAt"] == "token-1"
    assert note_of(patch["metadata"]) == NOTES
    assert "kustomize.toolkit.fluxcd.io/reconcile" not in found


def test_a_freeze_goes_with_it() -> None:
    patch = hold_patch(stand(), HOLDER, NOTES.at_phase("holding", frozen=True))
    assert notes_in(patch)["kustomize.toolkit.fluxcd.io/reconcile"] == "disabled"


def test_who_began_stays_and_a_duration_does_not_move() -> None:
    begun = {"by": "bob", "change": "helm-rollback", "until": "2026-11-21T12:00:00Z", "ticket": "OPS-1"}
    again = stand(
        "gitops.flux", suspended=True, **{f"gitops.flux/suspended-{key}": value for key, value in begun.items()}
    )
    found = notes_in(hold_patch(again, HOLDER, NOTES))
    assert (found["by"], found["until"], found["ticket"]) == ("bob", "2026-11-21T12:00:00Z", "OPS-1")
    fixed = Holder("ann", "bad", "OPS-2", Until("2026-11-23T00:00:00Z", from_now=False), "token-2")
    found = notes_in(hold_patch(again, fixed, NOTES))
    assert (found["until"], found["ticket"]) == ("2026-11-23T00:00:00Z", "OPS-2")


def test_notes_of_another_change_are_taken_over() -> None:
    theirs = stand(
        "gitops.flux", suspended=True, **{"gitops.flux/suspended-by": "bob", "gitops.flux/suspended-change": "CHG-7"}
    )
    found = notes_in(hold_patch(theirs, HOLDER, NOTES))
    assert (found["by"], found["change"]) == ("ann", "helm-rollback")


@pytest.mark.parametrize(
    ("managers", "suspended", "owner", "frozen"),
    [
        ((), False, OWNER, False),
        (("flux",), True, OWNER, False),
        (("kustomize-controller",), False, OWNER, True),
        (("kubectl-patch",), True, OWNER, True),
        (("kubectl-patch", "gitops.flux"), True, OWNER, False),
        (("kustomize-controller",), False, None, False),
    ],
)
def test_a_suspension_that_would_be_undone_is_frozen(
    managers: tuple[str, ...], suspended: bool, owner: Ref | None, frozen: bool
) -> None:
    assert needs_freeze(stand(*managers, suspended=suspended), owner) is frozen


def test_an_owner_that_cannot_be_told_is_said() -> None:
    with pytest.raises(InvalidInput, match=r"Git sets spec\.suspend \(written by helm-controller\)"):
        needs_freeze(stand("helm-controller"), Ref("HelmRelease", "apps", "parent"))


def test_a_note_nobody_can_read_is_none() -> None:
    for text in ("", "{}", "[]", "nonsense", '{"phase": "unheard-of"}', '{"phase": "holding"}'):
        assert note_of({"annotations": {NOTE: text}}) is None
