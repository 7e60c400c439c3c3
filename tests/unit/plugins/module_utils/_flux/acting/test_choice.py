"""Which objects a run is about; nothing is everything by silence."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.choice import (
    chosen_targets,
    require_forceable,
    require_selection,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

from tests.unit.flux_objects import facts, git_repository, helm_release, kustomization, ready, records

NOTHING: dict[str, Any] = {
    "all": False, "not_ready": False, "kinds": None, "namespaces": None, "names": None, "label_selectors": None,
    "statuses": None, "force": False, "reset": False,
}  # fmt: skip
ITEMS = (
    git_repository(),
    kustomization("good", labels={"team": "web"}),
    kustomization("bad", ready("False", "BuildFailed")),
    kustomization("held", spec={"suspend": True}),
    helm_release("good"),
)
OK = {"state": "ok", "message": None}


def chosen(coverage: dict[str, Any] | None = None, **params: Any) -> set[str]:
    everything = {**dict.fromkeys(("GitRepository", "Kustomization", "HelmRelease"), OK), **(coverage or {})}
    found = chosen_targets({**NOTHING, **params}, records(*ITEMS), facts(*ITEMS), everything)
    return {f"{ref.kind}/{ref.name}" for ref in found}


def test_everything_has_to_be_said() -> None:
    with pytest.raises(InvalidInput, match="Nothing is selected") as caught:
        require_selection(NOTHING)
    assert "all: true" in str(caught.value.hint)
    with pytest.raises(InvalidInput):
        require_selection({**NOTHING, "names": [], "kinds": []})


@pytest.mark.parametrize(
    "given", [{"all": True}, {"not_ready": True}, {"names": ["good"]}, {"kinds": ["Kustomization"]}]
)
def test_any_selection_is_one(given: dict[str, Any]) -> None:
    require_selection({**NOTHING, **given})


def test_what_is_selected_is_chosen() -> None:
    assert len(chosen(all=True)) == 5
    assert chosen(names=["good"]) == {"Kustomization/good", "HelmRelease/good"}
    assert chosen(kinds=["Kustomization"], names=["good"]) == {"Kustomization/good"}
    assert chosen(label_selectors=["team=web"]) == {"Kustomization/good"}
    assert chosen(statuses=["failed"]) == {"Kustomization/bad"}


def test_what_is_not_well_is_a_selection_of_its_own_and_narrows_others() -> None:
    assert chosen(not_ready=True) == {"Kustomization/bad", "Kustomization/held"}
    assert chosen(not_ready=True, kinds=["HelmRelease"]) == set()


def test_a_name_that_is_not_there_is_told_with_where_it_was_looked_for() -> None:
    with pytest.raises(InvalidInput, match=r"There is no object named typo\.$"):
        chosen(names=["good", "typo"])
    with pytest.raises(InvalidInput, match="There is no object named bad, kinds HelmRelease, namespaces apps"):
        chosen(names=["bad"], kinds=["HelmRelease"], namespaces=["apps"])


def test_a_name_that_other_selectors_leave_out_is_there() -> None:
    assert chosen(names=["good"], statuses=["failed"]) == set()


@pytest.mark.parametrize("state", ["forbidden", "error"])
def test_what_cannot_be_read_is_not_passed_over(state: str) -> None:
    row = {"HelmRelease": {"state": state, "message": "may not list helmreleases"}}
    with pytest.raises(InvalidInput, match="HelmRelease cannot be read: may not list helmreleases"):
        chosen(row, all=True)
    with pytest.raises(InvalidInput):
        chosen(row, kinds=["HelmRelease"])
    assert chosen(row, kinds=["Kustomization"]) == {f"Kustomization/{name}" for name in ("good", "bad", "held")}


def test_a_kind_the_cluster_does_not_have_is_no_mistake() -> None:
    assert chosen({"ImagePolicy": {"state": "absent", "message": "no CRD"}}, all=True)


def test_force_and_reset_want_a_helm_release() -> None:
    web, app = Ref("HelmRelease", "apps", "web"), Ref("Kustomization", "apps", "web")
    require_forceable({"force": True, "reset": True}, [web, app])
    require_forceable({"force": False, "reset": False}, [app])
    with pytest.raises(InvalidInput, match="force and reset only means something for HelmReleases"):
        require_forceable({"force": True, "reset": True}, [app])
    with pytest.raises(InvalidInput, match=r"^reset only"):
        require_forceable({"force": False, "reset": True}, [])
