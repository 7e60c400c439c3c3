"""Everything that is refused is refused before the first write, in one sentence that says what to do."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import BAD, GOOD, Scene, chart_files, publish
from tests.testbed.audit import Request

PRECIOUS = "2.3.0"
SPACE = "rollrefused-brought-along"
NAMESPACE = f"""apiVersion: v1
kind: Namespace
metadata: {{name: {SPACE}}}
"""
# What is refused, by a name for the test: the release, the options, and what the sentence has to say.
REFUSED: dict[str, tuple[str, Json, str]] = {
    "ready": ("ready", {}, r"HelmRelease/\S+/ready is Ready: Helm upgrade succeeded .*add force: true"),
    "no reason": ("ready", {"reason": " ", "force": True}, r"reason is missing"),
    "no such release": ("rady", {}, r"There is no HelmRelease \S+/rady. Near it are: \S+/ready"),
    "no such revision": ("ready", {"revision": 9, "force": True}, r"There is no revision 9 .*there are 1, 2"),
    "the current revision": ("ready", {"revision": 2, "force": True}, r"Revision 2 is no target: it is the newest"),
    "never installed": ("absent", {"force": True}, r"Helm has stored no revision of HelmRelease/\S+/absent"),
    "nothing good before": ("first", {"force": True}, r"No revision in Helm's storage was deployed and healthy before"),
    "another plan": (
        "ready",
        {"force": True, "plan_digest": "sha256:0"},
        r"not the plan that was approved: .*sha256:0",
    ),
    "no helm": ("ready", {"force": True, "helm": "no-such-helm"}, r"There is no program no-such-helm"),
    "no helm at all": ("ready", {"force": True, "helm": "/bin/true"}, r"/bin/true does not say which version of Helm"),
    "a time that is over": ("ready", {"force": True, "until": "2020-01-01"}, r"until '2020-01-01' is over"),
    "precious": ("precious", {"force": True}, rf"would delete Namespace/{SPACE}, .*allow_delete"),
    "held for a change": ("held", {}, r"HelmRelease/\S+/held is suspended by \S+ under change CHG-7 \(disk swap\)"),
    "no rights": (
        "ready",
        {"force": True, "impersonate_user": "viewer"},
        r"User \"viewer\" cannot get resource \"helmreleases\"",
    ),
    "another cluster": (
        "ready",
        {"force": True, "expected_cluster_uid": "nobody"},
        r"is not the cluster that is meant",
    ),
    "remote": ("remote", {"force": True}, r"installs into another cluster \(spec.kubeConfig\)"),
}


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    scene = make_scene("robbinsdale", "rollrefused")
    publish(scene.bed, PRECIOUS, chart_files(bad=True) | {"templates/space.yaml": NAMESPACE})
    namespace = scene.namespace("home")
    for name in ("ready", "precious", "held"):
        scene.release(namespace, name, GOOD)
    scene.release(namespace, "first", GOOD)
    scene.release(namespace, "absent", "99.0.0")
    remote = {"secretRef": {"name": "remote-cluster"}}
    scene.release(namespace, "remote", GOOD, kubeConfig=remote, suspend=True)
    for name in ("ready", "precious", "held"):
        scene.wait_deployed(namespace, name, GOOD)
        scene.release(namespace, name, PRECIOUS if name == "precious" else BAD)
    for name, version in (("ready", BAD), ("held", BAD), ("precious", PRECIOUS), ("first", GOOD)):
        scene.wait_deployed(namespace, name, version)
    pause = {"kinds": ["HelmRelease"], "namespaces": [namespace], "names": ["held"], "change": "CHG-7"}
    scene.tasks("flux_suspend", {"state": "suspended", "reason": "disk swap"} | pause)
    return scene


@pytest.fixture(scope="module")
def asked(scene: Scene) -> tuple[dict[str, Json], list[Request]]:
    """All of them in one play, and what it wrote."""
    namespace = scene.namespace("home")
    own = {"namespace": namespace, "reason": "the new version is bad", "helm": scene.helm, "strategy": "helm"}
    since = scene.bed.mark(scene.cluster.name)
    calls = [own | {"name": name} | options for name, options, _said in REFUSED.values()]
    found = dict(zip(REFUSED, scene.tasks("flux_helm_rollback", *calls), strict=True))
    return found, [each for each in scene.writes(since) if not _is_question(each.uri)]


def _is_question(uri: str) -> bool:
    return "selfsubject" in uri or "dryRun=All" in uri


@pytest.fixture(scope="module")
def results(asked: tuple[dict[str, Json], list[Request]]) -> dict[str, Json]:
    return asked[0]


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_one_sentence(results: dict[str, Json], what: str) -> None:
    result = results[what]
    assert result["failed"] is True
    assert re.search(REFUSED[what][2], result["msg"]), result["msg"]
    assert "Traceback" not in json.dumps(result).replace("(traceback unavailable)", "")


def test_nothing_was_written(asked: tuple[dict[str, Json], list[Request]]) -> None:
    assert asked[1] == []


def test_what_is_precious_is_deleted_when_it_is_named(scene: Scene) -> None:
    namespace = scene.namespace("home")
    named = f"Namespace/{SPACE}"
    planned = scene.rollback(namespace, "precious", force=True, strategy="helm", _check_mode=True)
    deletes = {f"{row['kind']}/{row['name']}": row["allowed"] for row in planned["plan"]["deletes"]}
    assert deletes == {named: False, "ConfigMap/precious-added": True}
    done = scene.rollback(
        namespace,
        "precious",
        force=True,
        strategy="helm",
        allow_delete=[named],
        plan_digest=planned["plan"]["digest"],
    )
    assert done["phase"] == "rolled_back", done.get("msg")
    assert not scene.exists("namespace", namespace, SPACE)


def test_no_sentence_names_a_value(results: dict[str, Json]) -> None:
    """The only value of these releases is the title."""
    text = yaml.safe_dump(results)
    assert "title: none" not in text
