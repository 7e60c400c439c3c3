"""Which object is meant, and what is said when it is not there."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.subject import absence, subject_of

APP = Ref("Kustomization", "apps", "web")


def named(*refs: str) -> list[dict[str, str]]:
    return [Ref(*ref.split("/")).as_dict() for ref in refs]


@pytest.mark.parametrize("kind", ["Kustomization", "kustomization", " ks ", "KUSTOMIZATIONS"])
def test_a_kind_may_be_written_in_many_ways(kind: str) -> None:
    assert subject_of(kind, "apps", "web\n") == APP


@pytest.mark.parametrize("kind", KINDS)
def test_every_flux_kind_can_be_asked_about(kind: str) -> None:
    assert subject_of(kind.lower(), "a", "b").kind == kind
    assert subject_of(f"{KINDS[kind].plural}.{KINDS[kind].group}", "a", "b").kind == kind


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("Deployment", "apps", "web"), "There is no Flux kind 'Deployment'; there are GitRepository, "),
        (("", "apps", "web"), "The kind of the object to explain is empty."),
        (("ks", None, "web"), "The namespace of the object to explain is empty."),
        (("ks", "apps", "  "), "The name of the object to explain is empty."),
        (("ks", "apps", "apps/web"), "'apps/web' is no name of an object."),
        (("ks", "ap ps", "web"), "'ap ps' is no namespace of an object."),
        (("ks", "..", "web"), "'..' is no namespace of an object."),
        (("ks", "apps", "web?watch=1"), "'web?watch=1' is no name of an object."),
        (("ks", "apps", "..%2f..%2fsecrets"), "'..%2f..%2fsecrets' is no name of an object."),
    ],
)
def test_what_cannot_be_an_object_is_refused_in_one_sentence(given: tuple[str, str, str], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        subject_of(*given)
    assert refused.value.message.startswith(said)
    assert "\n" not in refused.value.message


def test_the_most_similar_names_stand_first() -> None:
    said = absence(APP, "ok", named("Kustomization/apps/api", "Kustomization/apps/wob", "HelmRelease/x/y"))
    assert said == "Kustomization apps/web does not exist; in namespace apps those there are wob, api"


def test_the_same_name_elsewhere_is_mentioned() -> None:
    said = absence(APP, "ok", named("HelmRelease/apps/web", "Kustomization/prod/web"))
    assert said == (
        "Kustomization apps/web does not exist, but there is HelmRelease apps/web, Kustomization prod/web; "
        "namespace apps has no Kustomization, the cluster has prod/web"
    )


def test_many_names_are_cut() -> None:
    said = absence(APP, "ok", named(*(f"Kustomization/apps/app-{number:02}" for number in range(40))))
    assert said.endswith("app-09 and 30 more")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("absent", "does not exist: this cluster does not serve the kind Kustomization"),
        ("forbidden", "cannot be seen: reading it is forbidden for this user"),
        ("error", "cannot be seen: its kind could not be read"),
    ],
)
def test_what_was_not_seen_is_not_said_to_be_missing(state: str, said: str) -> None:
    assert absence(APP, state, named("Kustomization/apps/other")) == f"Kustomization apps/web {said}"


def test_a_cluster_without_any_of_the_kind() -> None:
    assert absence(APP, "ok", []).endswith("does not exist; the cluster has no Kustomization at all")
