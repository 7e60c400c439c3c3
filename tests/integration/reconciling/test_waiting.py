"""flux_wait asks for nothing: what it waits for comes from others, or does not come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.reconciling.conftest import MakeScene
from tests.integration.reconciling.scene import WAIT, Scene, git_repository, kustomization, rows, verdicts

OBJECTS = (git_repository(), kustomization("web"), kustomization("after", needs=["web"]))
EVERYBODY = dict.fromkeys(("source", "web", "after"), "reconciled")


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    ready = ("kustomization/web", "kustomization/after")
    with make_scene("patient", OBJECTS, ("web", "after"), ready=ready) as scene:
        yield scene


def test_what_is_well_needs_no_waiting(scene: Scene) -> None:
    result = scene.wait()
    assert not result["failed"] and not result["changed"]
    assert verdicts(result) == EVERYBODY
    assert result["seconds"] < 5


def test_a_commit_that_arrives_meanwhile_is_waited_for(scene: Scene) -> None:
    revision = scene.publish(web="second", after="second")
    mark = scene.mark()
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(scene.wait, expected_revision=revision.rpartition(":")[2])
        # The module lists everything first; what comes after that it has to see by itself.
        scene.bed.wait(lambda: any(each.verb == "watch" for each in scene.bed.audit(scene.cluster.name, mark)), 60)
        time.sleep(1)
        assert not running.done()
        scene.fetch()
        result = running.result()
    assert not result["failed"], result["msg"]
    assert verdicts(result) == EVERYBODY
    assert {row["revision_after"] for row in result["verdicts"]} == {revision}
    assert result["seconds"] >= 1
    assert scene.patches(mark) == []
    assert not any(row["requested"] for row in result["verdicts"])


def test_a_commit_that_never_comes_is_waited_for_until_the_timeout(scene: Scene) -> None:
    mark = scene.mark()
    never = "0123456789abcdef0123456789abcdef01234567"
    result = scene.wait(expected_revision=never, timeout=4)
    assert result["failed"]
    assert verdicts(result) == {"source": "timed_out", "web": "blocked", "after": "blocked"}
    assert {rows(result)[name]["blocked_by"] for name in ("web", "after")} == {"GitRepository/patient/source"}
    assert 4 <= result["seconds"] < 12
    assert "timed out" in result["msg"]
    assert scene.patches(mark) == []


def test_a_failure_is_no_reason_to_wait(scene: Scene) -> None:
    broken = scene.branch.publish({"web/kustomization.yaml": "resources: [no-such-file.yaml]\n"})
    scene.fetch()
    result = scene.wait(kinds=["Kustomization"], timeout=60, expected_revision=broken)
    assert result["failed"]
    assert verdicts(result) == {"web": "failed", "after": "blocked"}
    assert rows(result)["web"]["cause"]["class"] == "build"
    assert result["seconds"] < 40


def test_a_failure_on_another_revision_is_waited_out(scene: Scene) -> None:
    wanted = scene.branch.publish({"web/kustomization.yaml": "resources: [all.yaml]\n"})
    result = scene.wait(kinds=["Kustomization"], names=["web"], timeout=3, expected_revision=wanted)
    assert verdicts(result) == {"web": "timed_out"}


def test_it_needs_no_right_to_write(scene: Scene) -> None:
    task = scene.task(WAIT, {"kinds": ["GitRepository"], "context": scene.cluster.context.replace("talos", "viewer")})
    [result] = scene.ansible.tasks([task])
    assert verdicts(result) == {"source": "reconciled"}
