"""Revision moves: many objects, few lines."""

from __future__ import annotations

from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.moves import move_lines

from tests.unit.reconciled_runs import NEW, OLD, answer

FLEET = {"kind": "GitRepository", "namespace": "flux-system", "name": "fleet"}
PLACE = "GitRepository flux-system/fleet"
WAY = "from main@sha1:aaaaaaa to main@sha1:bbbbbbb"


def moved(kind: str, name: str, before: str | None, after: str | None, source: Any = None) -> dict[str, Any]:
    return answer(kind, name, revision_before=before, revision_after=after, source=source)


def test_a_source_and_what_followed_it_are_one_line() -> None:
    users = [moved("Kustomization", f"k{number}", OLD, NEW, FLEET) for number in range(12)]
    other = moved("Kustomization", "late", OLD, OLD, FLEET)
    chart = moved("HelmChart", "charted", "1.0.0", "1.0.0", FLEET)
    found = move_lines([moved("GitRepository", "fleet", OLD, NEW), *users, other, chart])
    late = "2 did not: Kustomization flux-system/late · HelmChart flux-system/charted"
    assert found == [f"{PLACE} moved {WAY}; 12 Kustomizations followed; {late}"]


def test_what_catches_up_with_a_source_that_stood_still_has_its_own_line() -> None:
    found = move_lines([moved("GitRepository", "fleet", NEW, NEW), moved("Kustomization", "a", OLD, NEW, FLEET)])
    assert found == [f"1 Kustomization moved {WAY} on {PLACE}: flux-system/a"]


def test_a_first_revision_says_so_and_nothing_moved_is_nothing() -> None:
    assert move_lines([moved("HelmRelease", "web", None, "1.0.0")]) == [
        "1 HelmRelease moved to 1.0.0, its first: flux-system/web"
    ]
    assert move_lines([moved("HelmRelease", "web", "1.0.0", "1.0.0"), moved("Bucket", "b", OLD, None)]) == []
