"""The end of a rollback by helm: refused while Git asks for the bad state, and then let go for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from tests.integration.maintenance.branch import Branch
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.git_owner import FREEZE, Git, held_values, release, traces
from tests.integration.rollback.scene import BAD, FIXED, GOOD, Scene, chart_files, publish

HOST = "stpetersburg"
# The API server refuses one of its objects, so that the upgrade fails and nothing is tried again.
BROKEN = "2.1.9"
_REFUSED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Name}\n"
READER = "pin-end-reader"
RIGHTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pin-end-reader}
rules:
  - {apiGroups: ["helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io"],
     resources: ["*"], verbs: [get, list, watch, patch]}
  - {apiGroups: ["", apps], resources: [events, pods, deployments, namespaces], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: pin-end-reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: pin-end-reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: pin-end-reader}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: storage, namespace: pin-end-storage}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: storage, namespace: pin-end-storage}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: storage}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: pin-end-reader}]
"""


@dataclass(frozen=True)
class Ground:
    scene: Scene
    git: Git
    apps: str

    def items(self, name: str, state: str) -> list[Json]:
        """What Git says of a release when it is good, bad or fixed."""
        version = {"good": GOOD, "bad": BAD, "fixed": FIXED}[state]
        if name == "declared":
            return [release(self.apps, name, version, suspend=False)]
        if name == "waiting":
            return [release(self.apps, name, BROKEN if state == "bad" else version)]
        if name == "ranged":
            ranges = {"good": f"<={GOOD}", "bad": f">={GOOD} <={BAD}", "fixed": ">=2.1.99 <2.3"}
            return [release(self.apps, name, ranges[state])]
        if name == "sealed":
            password = "open" if state == "bad" else "shut"
            sources = [{"kind": "Secret", "name": "sealed.values"}]
            storage = {"storageNamespace": self.scene.namespace("storage"), "valuesFrom": sources}
            text = f"title: {password}-sesame\n"
            values = held_values("Secret", self.apps, "sealed.values", text, watched=True)
            return [values, release(self.apps, name, GOOD, **storage)]
        return [release(self.apps, name, version)]

    def say(self, state: str, *names: str) -> None:
        self.git.commit(*(item for name in names for item in self.items(name, state)))

    def read(self, name: str) -> Json:
        return self.scene.read(self.apps, name)

    def newest(self, name: str) -> tuple[str, str]:
        row = self.read(name)["status"]["history"][0]
        return row["chartVersion"], row["status"]

    def require_held(self, name: str, version: str = GOOD) -> None:
        """Suspended, good, and with the notes of the rollback on it."""
        item = self.read(name)
        assert item["spec"]["suspend"] is True
        assert "gitops.flux/rollback" in item["metadata"]["annotations"]
        stored = self.scene.storage(item["status"]["storageNamespace"], name)
        newest = stored[max(stored)]
        assert (newest["chart"]["metadata"]["version"], newest["info"]["status"]) == (version, "deployed")

    def require_free(self, name: str, version: str = FIXED) -> None:
        item = self.read(name)
        assert traces(item) == []
        assert not item["spec"].get("suspend")
        assert "dependsOn" not in item["spec"]
        assert self.newest(name) == (version, "deployed")


NAMES = ("plain", "declared", "waiting", "ranged", "sealed")


@pytest.fixture(scope="module")
def ground(make_scene: MakeScene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    scene = make_scene(HOST, "pin-end")
    publish(scene.bed, BROKEN, chart_files(bad=True) | {"templates/refused.yaml": _REFUSED})
    branch = Branch("pin-end", tmp_path_factory.mktemp("branch"), scene.bed.paths)
    git = Git(scene, branch, scene.namespace("flux"))
    found = Ground(scene, git, scene.namespace("apps"))
    scene.namespace("storage")
    try:
        scene.cluster.apply(RIGHTS)
        found.say("good", *NAMES)
        git.follow(*NAMES)
        for name in NAMES:
            scene.wait_deployed(found.apps, name, GOOD, 120)
        found.say("bad", *NAMES)
        git.fetch()
        _wait_bad(found)
        calls = [{"namespace": found.apps, "name": name, "strategy": "helm", "force": True} for name in NAMES]
        own = {"reason": "the new version is bad", "helm": scene.helm}
        results = scene.tasks("flux_helm_rollback", *(own | call for call in calls))
        assert {result.get("msg", result["phase"]) for result in results} == {"rolled_back"}
        yield found
    finally:
        branch.delete()
        scene.bed.charts.unpublish("demo-rollback", BROKEN)
        scene.cluster.kubectl("delete", "clusterrole,clusterrolebinding", READER, "--ignore-not-found")


def _wait_bad(ground: Ground) -> None:
    """Revision 2 has come to its end, good or bad."""
    wanted = dict.fromkeys(NAMES, (BAD, "deployed")) | {"waiting": (BROKEN, "failed"), "sealed": (GOOD, "deployed")}

    def is_bad(name: str) -> bool:
        row = ground.read(name)["status"]["history"][0]
        return row["version"] == 2 and (row["chartVersion"], row["status"]) == wanted[name]

    for name in NAMES:
        ground.scene.bed.wait(lambda name=name: is_bad(name), 120, f"{name} being bad")  # type: ignore[misc]


def test_it_is_refused_with_what_is_missing(ground: Ground) -> None:
    refused = ground.scene.finish(ground.apps, "plain")
    assert (refused["failed"], refused["phase"]) == (True, "refused")
    assert "Git still asks for the bad state: unchanged is chart version. " in refused["msg"]
    assert yaml.safe_load(refused["missing_in_git"]["snippet"]) == {"spec": {"chart": {"spec": {"version": GOOD}}}}
    assert [row["step"] for row in refused["story"]] == ["asked", "refused"]
    ground.require_held("plain")
    ground.scene.is_good(ground.apps, "plain")


def test_a_rehearsal_writes_nothing_and_says_what_is_missing_so_far(ground: Ground) -> None:
    mark = ground.scene.bed.mark(HOST)
    planned = ground.scene.finish(ground.apps, "plain", _check_mode=True, _diff=True)
    assert (planned["phase"], planned["changed"]) == ("planned", True), planned.get("msg")
    assert ground.scene.writes(mark) == []
    assert planned["missing_in_git"]["snippet"]
    assert "gitops.flux/rollback" in planned["diff"][0]["before"]["metadata"]["annotations"]


def test_another_plan_than_the_approved_one_is_refused(ground: Ground) -> None:
    mark = ground.scene.bed.mark(HOST)
    refused = ground.scene.finish(ground.apps, "plain", plan_digest="sha256:0")
    assert refused["msg"].startswith("This is not the plan that was approved")
    assert ground.scene.writes(mark) == []


def test_it_is_let_go_with_the_fix_that_was_approved(ground: Ground) -> None:
    digest = ground.scene.finish(ground.apps, "plain", _check_mode=True)["plan"]["digest"]
    ground.say("fixed", "plain")
    done = ground.scene.finish(ground.apps, "plain", plan_digest=digest)
    assert done["phase"] == "finished", done.get("msg")
    steps = ["asked", "chart", "compared", "let_go", "settled"]
    assert [row["step"] for row in done["story"]] == steps
    assert done["verification"]["release"]["chart_version"] == FIXED
    ground.require_free("plain")
    ground.scene.is_good(ground.apps, "plain")


def test_where_git_says_suspend_false_it_is_held_again(ground: Ground) -> None:
    """For a moment only a dependency that is not there keeps helm-controller away."""
    refused = ground.scene.finish(ground.apps, "declared")
    assert "Git still asks for the bad state" in refused["msg"]
    item = ground.read("declared")
    assert item["metadata"]["annotations"][FREEZE] == "disabled"
    assert "dependsOn" not in item["spec"]
    ground.require_held("declared")
    ground.git.apply_again("declared")
    ground.require_held("declared")
    ground.scene.is_good(ground.apps, "declared")


def test_where_git_says_suspend_false_it_is_let_go_when_it_is_mended(ground: Ground) -> None:
    ground.say("fixed", "declared")
    done = ground.scene.finish(ground.apps, "declared")
    assert done["phase"] == "finished", done.get("msg")
    ground.require_free("declared")
    assert ground.read("declared")["spec"]["suspend"] is False
    # Never bad on the way.
    stored = ground.scene.storage(ground.apps, "declared")
    assert [stored[number]["chart"]["metadata"]["version"] for number in sorted(stored)][2:] == [GOOD, FIXED]


def test_an_owner_that_waits_for_this_very_release_is_not_waited_for(ground: Ground) -> None:
    ground.say("fixed", "waiting")
    done = ground.scene.finish(ground.apps, "waiting")
    assert done["phase"] == "finished", done.get("msg")
    ground.require_free("waiting")


def test_a_range_that_finds_the_bad_version_again_is_seen(ground: Ground) -> None:
    refused = ground.scene.finish(ground.apps, "ranged")
    assert "Git still asks for the bad state: unchanged is chart version. " in refused["msg"]
    assert "chart" in [row["step"] for row in refused["story"]]
    ground.require_held("ranged")
    ground.say("fixed", "ranged")
    done = ground.scene.finish(ground.apps, "ranged")
    assert done["phase"] == "finished", done.get("msg")
    ground.require_free("ranged")


def test_values_nobody_may_read_are_not_taken_for_good(ground: Ground) -> None:
    refused = ground.scene.finish(ground.apps, "sealed", impersonate_user=READER)
    assert refused["msg"].startswith("Values unverified: Secret sealed.values of namespace pin-end-apps"), refused[
        "msg"
    ]
    assert refused["missing_in_git"] is None
    ground.require_held("sealed")


def test_should_the_bad_state_come_back_it_is_suspended_again(ground: Ground) -> None:
    """The values were accepted without a look, and were the bad ones."""
    failed = ground.scene.finish(ground.apps, "sealed", impersonate_user=READER, accept_unverified_values=True)
    assert "The bad state came back" in failed["msg"], failed["msg"]
    assert "sesame" not in str(failed)
    item = ground.read("sealed")
    assert item["spec"]["suspend"] is True
    assert failed["held"]["suspended"] is True
    again = ground.scene.rollback(ground.apps, "sealed", strategy="helm", force=True)
    assert again["phase"] == "rolled_back", again.get("msg")
    ground.require_held("sealed")


def test_values_are_compared_as_what_they_are(ground: Ground) -> None:
    refused = ground.scene.finish(ground.apps, "sealed")
    assert "Git still asks for the bad state: unchanged is values at title. " in refused["msg"]
    assert "Revert in Git the change of its values" in refused["missing_in_git"]["text"]
    ground.say("fixed", "sealed")
    done = ground.scene.finish(ground.apps, "sealed")
    assert done["phase"] == "finished", done.get("msg")
    assert "sesame" not in str([refused, done])
    ground.require_free("sealed", GOOD)


def test_what_somebody_else_has_suspended_is_theirs(ground: Ground) -> None:
    ground.scene.cluster.kubectl(
        "-n", ground.apps, "patch", "helmrelease", "plain", "--type=merge", "-p", '{"spec":{"suspend":true}}'
    )
    try:
        refused = ground.scene.finish(ground.apps, "plain")
        assert "is not held by a rollback: it is suspended by kubectl-patch" in refused["msg"]
        assert refused["error"]["type"] == "InvalidInput"
    finally:
        patch = '{"spec":{"suspend":null}}'
        ground.scene.cluster.kubectl("-n", ground.apps, "patch", "helmrelease", "plain", "--type=merge", "-p", patch)
