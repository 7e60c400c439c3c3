"""A chain and others beside it, on a source that moves, and on one that does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.integration.reconciling.conftest import MakeScene
from tests.integration.reconciling.scene import (
    REQUESTED,
    Scene,
    git_repository,
    kustomization,
    rows,
    verdicts,
)

NAMES = ("base", "middle", "top", "beside", "apart")
OBJECTS = (
    git_repository(),
    kustomization("base"),
    kustomization("middle", needs=["base"]),
    kustomization("top", needs=["middle"]),
    kustomization("beside"),
    kustomization("apart"),
)
EVERYBODY = dict.fromkeys(("source", *NAMES), "reconciled")


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    with make_scene("moved", OBJECTS, NAMES, ready=[f"kustomization/{name}" for name in NAMES]) as scene:
        yield scene


class Moved:
    """One call after a commit, and what it wrote."""

    def __init__(self, scene: Scene) -> None:
        self.revision = scene.publish(**dict.fromkeys(NAMES, "second"))
        mark = scene.mark()
        self.result = scene.reconcile()
        self.writes = scene.writes(mark)


@pytest.fixture(scope="module")
def moved(scene: Scene) -> Moved:
    return Moved(scene)


def test_everything_is_at_the_new_commit(scene: Scene, moved: Moved) -> None:
    assert not moved.result["failed"], moved.result["msg"]
    assert verdicts(moved.result) == EVERYBODY
    for row in moved.result["verdicts"]:
        assert row["revision_after"] == moved.revision != row["revision_before"]
        assert (row["bad"], row["blocked_by"], row["cause"], row["suspended"]) == (False, None, None, None)
    for name in NAMES:
        assert scene.read("configmap", name)["data"] == {"text": "second"}
        assert scene.read("kustomization", name)["status"]["lastAppliedRevision"] == moved.revision


def test_the_source_is_asked_once_and_nobody_who_runs_by_himself(moved: Moved) -> None:
    asked = Counter(f"{each.resource}/{each.name}" for each in moved.writes)
    assert asked["gitrepositories/source"] == 1
    assert set(asked.values()) == {1}
    assert not {f"kustomizations/{name}" for name in ("base", "beside", "apart")} & set(asked)
    assert moved.result["summary"]["requests"] == sum(asked.values())
    said = {row["name"] for row in moved.result["verdicts"] if row["requested"]}
    assert said == {each.name for each in moved.writes}


def test_requests_are_patches_by_our_own_field_manager(scene: Scene, moved: Moved) -> None:
    assert {(each.verb, each.code) for each in moved.writes} == {("patch", 200)}
    assert all("fieldManager=gitops.flux" in each.uri for each in moved.writes)
    path = f"/apis/source.toolkit.fluxcd.io/v1/namespaces/{scene.namespace}/gitrepositories/source"
    fields = {each["manager"]: each["fieldsV1"] for each in scene.cluster.get(path)["metadata"]["managedFields"]}
    assert fields["gitops.flux"] == {"f:metadata": {"f:annotations": {".": {}, f"f:{REQUESTED}": {}}}}


def test_the_result_tells_of_the_cluster_and_the_time(scene: Scene, moved: Moved) -> None:
    result = moved.result
    assert result["changed"] and result["reachable"]
    assert result["cluster"]["uid"] == scene.cluster.uid()
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", result["started_at"])
    assert result["token"].startswith(result["started_at"])
    assert result["summary"]["verdicts"] == {"reconciled": 6}
    assert (result["summary"]["total"], result["summary"]["done"], result["summary"]["bad"]) == (6, 6, 0)
    assert all(0 <= row["seconds"] <= result["seconds"] < 60 for row in result["verdicts"])
    assert result["notices"] == []


@pytest.mark.usefixtures("moved")
def test_on_an_unmoved_source_everybody_is_asked_once(scene: Scene) -> None:
    mark = scene.mark()
    result = scene.reconcile()
    assert verdicts(result) == EVERYBODY
    assert Counter(scene.patches(mark)) == Counter(
        ["gitrepositories/source", *(f"kustomizations/{name}" for name in NAMES)]
    )
    handled = {name: scene.read("kustomization", name)["status"]["lastHandledReconcileAt"] for name in NAMES}
    assert set(handled.values()) == {result["token"]}
    assert all(row["revision_before"] == row["revision_after"] for row in result["verdicts"])


@pytest.mark.usefixtures("moved")
def test_dependents_are_asked_after_what_they_depend_on(scene: Scene) -> None:
    mark = scene.mark()
    scene.reconcile()
    order = scene.patches(mark)
    places = [order.index(name) for name in ("gitrepositories/source", "kustomizations/base")]
    places += [order.index(f"kustomizations/{name}") for name in ("middle", "top")]
    assert places == sorted(places)


@pytest.mark.usefixtures("moved")
def test_without_its_source_a_new_commit_is_left_where_it_is(scene: Scene) -> None:
    before = scene.read("gitrepository", "source")["metadata"]["resourceVersion"]
    scene.branch.publish({"notes": "nobody fetches this"})
    result = scene.reconcile(kinds=["Kustomization"], names=["beside"], with_source=False)
    assert verdicts(result) == {"beside": "reconciled"}
    assert scene.read("gitrepository", "source")["metadata"]["resourceVersion"] == before


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("moves", [True, False], ids=["moved", "unmoved"])
def test_the_same_token_again_asks_nothing_the_second_time(scene: Scene, *, moves: bool) -> None:
    if moves:
        scene.publish(top="moved once more")
    first, second = scene.reconciles({}, {"token": "{{ result_0.token }}"})
    assert first["changed"]
    assert not second["changed"], second["verdicts"]
    assert verdicts(first) == verdicts(second) == EVERYBODY
    assert second["summary"]["requests"] == 0
    assert not any(row["requested"] for row in second["verdicts"])


@pytest.mark.usefixtures("moved")
def test_without_waiting_everything_is_asked_at_once(scene: Scene) -> None:
    mark = scene.mark()
    result = scene.reconcile(wait=False)
    assert not result["failed"] and result["changed"]
    assert set(verdicts(result).values()) == {None}
    assert all(row["requested"] and not row["bad"] for row in result["verdicts"])
    assert len(scene.patches(mark)) == result["summary"]["requests"] == 6
    assert result["seconds"] < 5


@pytest.mark.usefixtures("moved")
def test_check_mode_says_what_would_be_asked_and_writes_nothing(scene: Scene) -> None:
    mark = scene.mark()
    [result] = scene.reconciles({}, check_mode=True)
    assert not result["failed"] and result["changed"]
    assert all(row["requested"] for row in result["verdicts"])
    assert set(verdicts(result).values()) == {None}
    assert result["summary"]["requests"] == 0
    assert scene.patches(mark) == []


@pytest.mark.usefixtures("moved")
def test_an_expected_revision_is_held_to_in_every_form(scene: Scene) -> None:
    commit = scene.publish(base="third").rpartition(":")[2]
    right, short, branch, wrong = scene.reconciles(
        {"expected_revision": commit},
        {"expected_revision": commit[:7]},
        {"expected_revision": scene.branch.name},
        {"expected_revision": "0123456789abcdef0123456789abcdef01234567"},
    )
    assert verdicts(right) == verdicts(short) == verdicts(branch) == EVERYBODY
    assert wrong["failed"]
    assert set(verdicts(wrong).values()) == {"failed"}
    assert wrong["seconds"] < 30
    for row in wrong["verdicts"]:
        assert row["reason"] == "UnexpectedRevision"
        assert row["message"].endswith("expected is 0123456789abcdef0123456789abcdef01234567")
        assert commit in row["message"]


@pytest.mark.usefixtures("moved")
def test_one_alone_with_its_source(scene: Scene) -> None:
    revision = scene.publish(apart="fourth")
    result = scene.reconcile(kinds=["Kustomization"], names=["apart"])
    assert {name: row["role"] for name, row in rows(result).items() if "/" not in name} == {
        "source": "source",
        "apart": "target",
    }
    assert rows(result)["apart"]["revision_after"] == revision
    assert rows(result)["apart"]["source"] == {"kind": "GitRepository", "namespace": "moved", "name": "source"}
