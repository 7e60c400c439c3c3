"""What will keep objects from being reconciled is said before anything is asked."""

from __future__ import annotations

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.notices import notices_of

from tests.unit.flux_objects import Item, git_repository
from tests.unit.played_runs import Play, app


def notices(*items: Item, **told: object) -> list[str]:
    return notices_of(Play(*items, **told).run.board)  # type: ignore[arg-type]


def test_nothing_is_said_where_nothing_is_in_the_way() -> None:
    assert notices(git_repository(), app("a"), app("b", needs="a")) == []


def test_a_circle_is_said_once() -> None:
    said = notices(git_repository(), app("a", needs="b"), app("b", needs="c"), app("c", needs="a"))
    names = [f"Kustomization/flux-system/{name}" for name in "abca"]
    assert said == [f"a circle of dependencies keeps its members from ever running: {' -> '.join(names)}"]


def test_a_circle_elsewhere_is_none_of_ours() -> None:
    items = git_repository(), app("a", needs="b"), app("b", needs="a"), app("c")
    assert notices(*items, targets=("c",)) == []


def test_what_is_missing_is_said_with_who_needs_it() -> None:
    said = notices(git_repository(), *(app(f"k{number}", needs=["gone"]) for number in range(7)))
    first = ", ".join(f"Kustomization/flux-system/k{number}" for number in range(5))
    assert said == [f"Kustomization/flux-system/gone does not exist and is needed by {first} and 2 more"]


def test_a_missing_source_is_said() -> None:
    assert notices(app("a")) == [
        "GitRepository/flux-system/fleet does not exist and is needed by Kustomization/flux-system/a"
    ]


def test_what_may_not_be_seen_is_not_said_to_be_missing() -> None:
    assert notices(app("a", needs=["unseen"]), kinds=("HelmRelease",)) == []


def test_a_suspended_dependency_is_said_with_whom_it_will_block() -> None:
    said = notices(git_repository(), app("a", spec={"suspend": True}), app("b", needs="a"), app("c", needs="a"))
    assert said == [
        (
            "Kustomization/flux-system/a is suspended: when GitRepository/flux-system/fleet moves, it will block 2: "
            "Kustomization/flux-system/b, Kustomization/flux-system/c"
        )
    ]


def test_a_suspended_dependency_of_a_source_nobody_asks_is_no_danger() -> None:
    items = git_repository(), app("a", spec={"suspend": True}), app("b", needs="a")
    assert notices(*items, targets=("a", "b"), with_source=False) == []


def test_a_suspended_dependency_on_another_source_is_no_danger() -> None:
    elsewhere = {"suspend": True, "sourceRef": {"kind": "GitRepository", "name": "other"}}
    assert notices(git_repository(), git_repository("other"), app("a", spec=elsewhere), app("b", needs="a")) == []
