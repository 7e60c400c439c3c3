"""Whom a pause reaches: blocked now, blocked at the next commit, and parents that wait for its health."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.blast import Around, blast_of, parent_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.forewarning import forewarnings
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import step_for
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.flux_objects import NEWER, Item, flux, git_repository, helm_release, kustomization, ready
from tests.unit.paused_objects import around, paused, resuming, stand, suspending, written


def after(*names: str, **more: Any) -> dict[str, Any]:
    return {"dependsOn": [{"name": name, **more} for name in names]}


def ks(name: str) -> Ref:
    return Ref("Kustomization", "flux-system", name)


def named(*names: str) -> list[str]:
    return [f"Kustomization/flux-system/{name}" for name in names]


INFRA = kustomization("infra", status={"inventory": {"entries": [{"id": "a"}, {"id": "b"}]}})
CHAIN = (git_repository(), INFRA, kustomization("apps", spec=after("infra")), kustomization("shop", spec=after("apps")))


def test_dependents_of_the_same_source_are_blocked_when_it_moves_through_all_levels() -> None:
    found = blast_of({ks("infra")}, around(*CHAIN))
    assert found == {
        "objects": 1,
        "inventory": 2,
        "blocked_now": [],
        "blocked_later": named("apps", "shop"),
        "waiting_parents": [],
    }


def test_it_has_moved_already() -> None:
    cluster = around(git_repository(artifact=NEWER), *CHAIN[1:])
    assert blast_of({ks("infra")}, cluster)["blocked_now"] == named("apps", "shop")


def test_what_is_not_ready_blocks_from_now_on() -> None:
    bad = kustomization("infra", ready("False", "BuildFailed"))
    cluster = around(git_repository(), bad, *CHAIN[2:])
    assert blast_of({ks("infra")}, cluster)["blocked_now"] == named("apps", "shop")


def test_what_is_paused_together_blocks_only_the_others() -> None:
    assert blast_of({ks("infra"), ks("apps")}, around(*CHAIN))["blocked_later"] == named("shop")
    resting = kustomization("apps", spec=after("infra") | {"suspend": True})
    assert blast_of({ks("infra")}, around(*CHAIN[:2], resting, CHAIN[3]))["blocked_later"] == []


@pytest.mark.parametrize(
    "dependent",
    [
        kustomization("apps", spec=after("infra") | {"sourceRef": {"kind": "GitRepository", "name": "other"}}),
        # Nobody can tell what the expression will say.
        kustomization("apps", spec=after("infra", readyExpr="true")),
        kustomization("apps"),
    ],
)
def test_who_is_not_blocked(dependent: Item) -> None:
    found = blast_of({ks("infra")}, around(git_repository(), INFRA, dependent))
    assert (found["blocked_now"], found["blocked_later"]) == ([], [])


def test_releases_are_blocked_by_what_is_not_ready_only() -> None:
    dependent = helm_release("web", spec=after("db"))
    fine, bad = helm_release("db"), helm_release("db", ready("False", "UpgradeFailed"))
    target = {Ref("HelmRelease", "apps", "db")}
    assert blast_of(target, around(fine, dependent))["blocked_now"] == []
    assert blast_of(target, around(fine, dependent))["blocked_later"] == []
    assert blast_of(target, around(bad, dependent))["blocked_now"] == ["HelmRelease/apps/web"]


def test_a_source_goes_on_serving_what_it_has() -> None:
    target = {Ref("GitRepository", "flux-system", "fleet")}
    assert blast_of(target, around(*CHAIN))["blocked_now"] == []
    empty = git_repository("fleet", ready("False", "GitOperationFailed"), artifact=None)
    assert blast_of(target, around(empty, *CHAIN[1:]))["blocked_now"] == named("apps", "infra", "shop")


def test_a_circle_comes_to_an_end() -> None:
    circle = [kustomization(a, spec=after(b)) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))]
    assert blast_of({ks("a")}, around(git_repository(), *circle))["blocked_later"] == named("b", "c")


def parents(*items: Item) -> Around:
    found = tuple(parent for item in items if (parent := parent_of(item)))
    return around(git_repository(), OWNED, *items, parents=found)


LABELS = {"kustomize.toolkit.fluxcd.io/name": "root", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
OWNED = kustomization("apps", labels=LABELS)
CHECK = {"healthChecks": [{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "name": "apps"}]}


@pytest.mark.parametrize(
    ("parent", "waiting"),
    [
        (kustomization("root", spec={"wait": True}), named("root")),
        (kustomization("root", spec={"wait": False}), []),
        (kustomization("other", spec={"wait": True}), []),
        (kustomization("other", spec=CHECK), named("other")),
        (kustomization("root", spec={"wait": True, "suspend": True}), []),
    ],
)
def test_parents_that_wait_for_its_health(parent: Item, waiting: list[str]) -> None:
    assert blast_of({ks("apps")}, parents(parent))["waiting_parents"] == waiting


def test_a_parent_paused_too_does_not_wait() -> None:
    assert (
        blast_of({ks("apps"), ks("root")}, parents(kustomization("root", spec={"wait": True})))["waiting_parents"] == []
    )


def warnings(item: Item, cluster: Around, *others: Ref) -> list[str]:
    planned = step_for(stand(item), suspending())
    return forewarnings(planned, {planned.stand.ref, *others}, cluster)


def test_warnings_name_who_is_hurt() -> None:
    (said,) = warnings(INFRA, around(*CHAIN))
    assert said == (
        "Kustomization/flux-system/infra: blocks Kustomization/flux-system/apps, Kustomization/flux-system/shop "
        "from the next commit of GitRepository/flux-system/fleet on."
    )
    (said,) = warnings(OWNED, parents(kustomization("root", spec={"wait": True})))
    assert said.endswith(
        "Kustomization/flux-system/root waits for its health and goes on seeing it as ready, whatever becomes of it."
    )
    many = [kustomization(f"app-{number}", spec=after("infra")) for number in range(9)]
    assert "app-4 and 4 more from" in warnings(INFRA, around(git_repository(), INFRA, *many))[0]


FROM_GIT: dict[str, Any] = {"managedFields": [written("kustomize-controller")], "labels": LABELS}


def test_git_itself_sets_the_field() -> None:
    item = kustomization("apps", spec={"suspend": False}, **FROM_GIT)
    root = kustomization("root")
    (said,) = warnings(item, around(git_repository(), item, root))
    assert "Git itself sets spec.suspend, through kustomize-controller (Kustomization/flux-system/root)" in said
    assert said.endswith("To keep it suspended, change it in Git.")
    assert warnings(item, around(git_repository(), item, root), ks("root")) == [], "who is paused applies nothing"


def test_git_itself_suspends_it() -> None:
    item = paused(**FROM_GIT)
    (said,) = forewarnings(step_for(stand(item), resuming()), set(), around(item))
    assert said.endswith("To keep it running, change it in Git.")
    assert forewarnings(step_for(stand(item), suspending()), set(), around(item)) == [], "it is left as it is"


def test_an_annotation_can_be_from_git_too() -> None:
    key = "fluxcd.controlplane.io/reconcile"
    item = flux("ResourceSet", annotations={key: "enabled"}, labels=LABELS, conditions=[ready()],
                managedFields=[written("kustomize-controller", "f:metadata", "f:annotations", f"f:{key}")])  # fmt: skip
    (said,) = warnings(item, around(item))
    assert f"sets annotation {key}" in said
