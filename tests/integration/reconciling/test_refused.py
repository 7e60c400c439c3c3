"""What is refused before anything is written, and what the API server refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.integration.playbook import Json
from tests.integration.reconciling.conftest import MakeScene
from tests.integration.reconciling.scene import HOST, RECONCILE, Scene, git_repository, kustomization, rows

OBJECTS = (git_repository(), kustomization("web"), kustomization("api"))


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    ready = ("kustomization/web", "kustomization/api")
    with make_scene("refused", OBJECTS, ("web", "api"), ready=ready) as scene:
        yield scene


MISTAKES: dict[str, tuple[Json, str]] = {
    "nothing selected": (
        {"namespaces": []},
        "Nothing is selected. Give any of kinds, namespaces, names, label_selectors, statuses, not_ready, or all: true",
    ),
    "a misspelt name": (
        {"names": ["web", "wbe"], "namespaces": ["refused"]},
        "There is no object named wbe, namespaces refused. Check the names with flux_info",
    ),
    "a name of another kind": (
        {"names": ["web"], "kinds": ["HelmRelease"], "namespaces": ["refused"]},
        "There is no object named web, kinds HelmRelease, namespaces refused.",
    ),
    "force without a HelmRelease": (
        {"force": True},
        "force only means something for HelmReleases, and none is selected.",
    ),
    "reset without a HelmRelease": (
        {"reset": True, "kinds": ["Kustomization"]},
        "reset only means something for HelmReleases, and none is selected.",
    ),
    "another cluster": (
        {"expected_cluster_uid": "00000000-0000-0000-0000-000000000000"},
        "expected is 00000000-0000-0000-0000-000000000000. Nothing was written.",
    ),
    "a token with a blank": ({"token": "deploy 4711"}, "token has to be 1 to 200 printable characters without blanks"),
    "a token with our own mark": ({"token": "deploy#1"}, "token has to be 1 to 200 printable characters"),
    "an empty revision": ({"expected_revision": ""}, "expected_revision is empty."),
    "a selector nobody can read": ({"label_selectors": ["team~web"]}, "Label selector 'team~web' cannot be read"),
    "nowhere to write": ({"pictures_path": "/nowhere/at/all.json", "wait": True}, "/nowhere/at/all.json"),
}


@pytest.fixture(scope="module")
def refused(scene: Scene) -> tuple[dict[str, Json], list[str]]:
    """The results by mistake, and all that was written meanwhile."""
    mark = scene.mark()
    results = scene.reconciles(*(options for options, _said in MISTAKES.values()))
    return dict(zip(MISTAKES, results, strict=True)), scene.patches(mark)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_sentence(refused: tuple[dict[str, Json], list[str]], mistake: str) -> None:
    result = refused[0][mistake]
    assert result["failed"]
    assert MISTAKES[mistake][1] in result["msg"]
    assert "Traceback" not in str(result)
    assert "\n" not in result["msg"]


def test_nothing_is_written_before_it_is_refused(refused: tuple[dict[str, Json], list[str]]) -> None:
    assert refused[1] == []


def test_a_request_that_is_forbidden_is_told_for_each_object(scene: Scene) -> None:
    """The viewer may read everything here, and write nothing."""
    [result] = scene.reconciles({"kinds": ["Kustomization"], "context": f"viewer-{HOST}"})
    assert result["failed"]
    assert not result["changed"]
    assert result["summary"]["requests"] == 0
    assert set(rows(result)) >= {"source", "web", "api"}
    for row in result["verdicts"]:
        assert (row["verdict"], row["reason"], row["requested"]) == ("failed", "RequestRefused", False)
        assert re.match(r"the request was not accepted: .*forbidden", row["message"], re.IGNORECASE), row["message"]
    assert result["seconds"] < 15


def test_what_may_not_be_read_is_not_passed_over(scene: Scene) -> None:
    [result] = scene.reconciles({"context": f"viewer-{HOST}"})
    assert result["failed"]
    assert result["msg"].startswith("HelmRelease cannot be read: ")
    assert "Select other kinds" in result["msg"]


def test_a_server_that_does_not_answer_is_one_sentence(scene: Scene) -> None:
    [result] = scene.ansible.tasks([{RECONCILE: {"host": "https://127.0.0.1:9", "api_key": "x", "all": True}}])
    assert result["failed"]
    assert result["error"]["type"] == "Unreachable"
