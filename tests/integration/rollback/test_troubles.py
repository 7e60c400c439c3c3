"""The nights a rollback is for: releases that are stuck, out of retries, half rolled back by hand, or on the move."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
import yaml

from tests.integration.objects import wait_for
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.git_owner import held_values
from tests.integration.rollback.scene import BAD, FIXED, GOOD, Scene, chart_files, publish
from tests.testbed.releases import leave_pending, remove_pending

HOST = "robbinsdale"
# Versions of the chart beside those of the scene.
REFUSED, STARTS_NEVER, WITH_HOOKS, HOOK_FAILS = "2.4.0", "2.5.0", "2.6.0", "2.7.0"
INVALID = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Valid_Name}\n"
NOWHERE = "      nodeSelector: {no: such-node}\n"
HOOK = """apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-%s
  namespace: %s
  annotations: {helm.sh/hook: "%s"}
data: {ran: "{{ .Release.Revision }}"}
"""


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    scene = make_scene(HOST, "rolltrouble")
    bad, good = chart_files(bad=True), chart_files(bad=False)
    web = bad["templates/web.yaml"].replace("      containers:", NOWHERE + "      containers:")
    publish(scene.bed, REFUSED, bad | {"templates/invalid.yaml": INVALID})
    publish(scene.bed, STARTS_NEVER, bad | {"templates/web.yaml": web})
    own = HOOK % ("ran", "{{ .Release.Namespace }}", "pre-rollback,post-upgrade")
    publish(scene.bed, WITH_HOOKS, good | {"templates/hook.yaml": own})
    publish(scene.bed, HOOK_FAILS, good | {"templates/hook.yaml": HOOK % ("lost", "no-such-place", "pre-rollback")})
    return scene


@pytest.fixture
def home(scene: Scene) -> str:
    return scene.namespace("home")


def test_a_release_out_of_retries(scene: Scene, home: str) -> None:
    scene.release(home, "retries", GOOD)
    scene.wait_deployed(home, "retries", GOOD)
    scene.release(home, "retries", REFUSED)
    wait_for(scene.cluster, "helmrelease", f"{home}/retries", "Stalled", "True", 90)
    done = scene.rollback(home, "retries", strategy="helm")
    assert done["phase"] == "rolled_back", done.get("msg")
    assert done["plan"]["source"]["status"] == "failed"
    scene.is_good(home, "retries")


def test_a_change_that_came_in_two_halves(scene: Scene, home: str) -> None:
    """Values that are watched, and then the chart: what ran in between was deployed and well, and yet bad by half."""
    held = {"kind": "Secret", "name": "halves-values"}
    scene.cluster.apply(yaml.safe_dump(held_values(**held, namespace=home, text="title: good", watched=True)))
    scene.release(home, "halves", GOOD, valuesFrom=[held])
    scene.wait_deployed(home, "halves", GOOD)
    scene.cluster.apply(yaml.safe_dump(held_values(**held, namespace=home, text="title: bad", watched=True)))

    def is_between() -> bool:
        second = scene.storage(home, "halves").get(2)
        return second is not None and bool(second["info"]["status"] == "deployed")

    scene.bed.wait(is_between, 60, "a revision with the new values")
    scene.release(home, "halves", BAD, valuesFrom=[held])
    scene.wait_deployed(home, "halves", BAD)
    planned = scene.rollback(home, "halves", force=True, _check_mode=True)
    assert planned["phase"] == "planned", planned.get("msg")
    assert planned["plan"]["target"]["revision"] == 2
    told = [text for text in planned["plan"]["warnings"] if "half of the change" in text]
    assert len(told) == 1
    assert "with the values of revision 3 and the chart of revision 1" in told[0]
    whole = scene.rollback(home, "halves", force=True, revision=1, _check_mode=True)
    assert [text for text in whole["plan"]["warnings"] if "half of the change" in text] == []
    assert whole["plan"]["values_paths"] == ["title"]


def test_a_release_stuck_pending(scene: Scene, home: str) -> None:
    """Young, it may be somebody's work; older than an action may take, or by force, it is a stuck one."""
    scene.good_then_bad(home, "stuck")
    scene.cluster.kubectl("-n", home, "patch", "hr", "stuck", "--type=merge", "-p", '{"spec":{"suspend":true}}')
    leave_pending(scene.bed.testbed, HOST, home, "stuck")
    try:
        refused = scene.rollback(home, "stuck", strategy="helm", force=False)
        assert "An action on HelmRelease" in refused["msg"]
        assert "revision 3 is pending-upgrade since" in refused["msg"]
        # Unasked it would go back to revision 2, which was the last one that was deployed.
        done = scene.rollback(home, "stuck", strategy="helm", force=True, revision=1)
        assert done["phase"] == "rolled_back", done.get("msg")
        statuses = {row["revision"]: row["status"] for row in done["history"]}
        assert statuses == {4: "deployed", 3: "pending-upgrade", 2: "superseded", 1: "superseded"}
        scene.is_good(home, "stuck")
    finally:
        remove_pending(scene.bed.testbed, HOST, home, "stuck")


def test_after_the_usual_rollback_has_failed(scene: Scene, home: str) -> None:
    """Its failed revision has the target's manifest: Helm itself would leave the added object for good."""
    scene.good_then_bad(home, "tried")
    scene.cluster.kubectl("-n", home, "patch", "hr", "tried", "--type=merge", "-p", '{"spec":{"suspend":true}}')
    command = [scene.helm, "--kubeconfig", str(scene.bed.kubeconfig), "--kube-context", scene.cluster.context]
    tried = subprocess.run(
        [*command, "-n", home, "rollback", "tried", "1"], capture_output=True, text=True, check=False
    )
    assert tried.returncode != 0
    done = scene.rollback(home, "tried", strategy="helm")
    assert done["phase"] == "rolled_back", done.get("msg")
    assert [row["text"] for row in done["story"] if row["step"] == "leftovers"] == [
        f"deleted ConfigMap/{home}/tried-added, which Helm had left"
    ]
    scene.is_good(home, "tried")


def test_what_somebody_has_edited_is_taken_back(scene: Scene, home: str) -> None:
    scene.good_then_bad(home, "edited")
    image = '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"example.invalid/other:1"}]'
    scene.cluster.kubectl(
        "-n", home, "patch", "deployment", "edited-web", "--type=json", "--field-manager=kubectl-edit", "-p", image
    )
    done = scene.rollback(home, "edited", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert scene.live(home, "edited")["Deployment/edited-web"]["image"] == f"example.invalid/web:{GOOD}"
    scene.is_good(home, "edited")


def test_one_that_helm_controller_remediates_during_the_barrier(scene: Scene, home: str) -> None:
    """Its upgrade is in flight: what helm-controller goes back to by itself is not gone back from."""
    remediation: Json = {"upgrade": {"remediation": {"retries": 0, "remediateLastFailure": True}}, "timeout": "8s"}
    scene.release(home, "remediated", GOOD, **remediation)
    scene.wait_deployed(home, "remediated", GOOD)
    scene.release(home, "remediated", STARTS_NEVER, **remediation)
    scene.bed.wait(lambda: 2 in scene.storage(home, "remediated"), 60, "an upgrade in flight")
    done = scene.rollback(home, "remediated", strategy="helm", force=True)
    assert done["failed"] is True
    assert f"helm-controller has already rolled back HelmRelease/{home}/remediated: revision 3" in done["msg"]
    assert [row["step"] for row in done["story"]] == ["held", "barrier", "failed"]
    assert scene.storage(home, "remediated")[3]["info"]["status"] == "deployed"
    # It stays held: let go, helm-controller would try the bad one again.
    assert scene.read(home, "remediated")["spec"]["suspend"] is True
    assert done["held"]["reason"] == "the new version is bad"
    assert scene.live(home, "remediated")["Deployment/remediated-web"]["image"] == f"example.invalid/web:{GOOD}"


def test_an_action_in_flight_is_waited_for(scene: Scene, home: str) -> None:
    scene.release(home, "busy", GOOD, timeout="8s")
    scene.wait_deployed(home, "busy", GOOD)
    scene.release(home, "busy", STARTS_NEVER, timeout="8s")
    scene.bed.wait(lambda: 2 in scene.storage(home, "busy"), 60, "an upgrade in flight")
    done = scene.rollback(home, "busy", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert {row["revision"]: row["status"] for row in done["history"]} == {3: "deployed", 2: "failed", 1: "superseded"}
    scene.is_good(home, "busy")


def test_hooks_are_told_and_run(scene: Scene, home: str) -> None:
    scene.good_then_bad(home, "hooks", (WITH_HOOKS, BAD))
    done = scene.rollback(home, "hooks", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    hook = {"kind": "ConfigMap", "name": "hooks-ran", "events": ["pre-rollback", "post-upgrade"]}
    assert done["plan"]["hooks"] == [hook]
    assert scene.exists("configmap", home, "hooks-ran")


def test_a_hook_that_fails_leaves_a_safe_state_that_goes_on(scene: Scene, home: str) -> None:
    scene.good_then_bad(home, "hookless", (HOOK_FAILS, BAD))
    digest = scene.rollback(home, "hookless", strategy="helm", force=True, _check_mode=True)["plan"]["digest"]
    failed = scene.rollback(home, "hookless", strategy="helm", force=True, plan_digest=digest)
    assert failed["failed"] is True
    assert "helm rollback:" in failed["msg"]
    assert "no-such-place" in failed["msg"]
    assert failed["phase"] == "rolling_back"
    assert "helm_failed" in [row["step"] for row in failed["story"]]
    assert failed["held"]["suspended"] is True
    assert scene.live(home, "hookless")["Deployment/hookless-web"]["image"] == f"example.invalid/web:{BAD}"
    # One way out: hooks are not for this release.
    patch = '{"spec":{"rollback":{"disableHooks":true}}}'
    scene.cluster.kubectl("-n", home, "patch", "hr", "hookless", "--type=merge", "-p", patch)
    # With the digest that was approved: what is left to do is less by now.
    done = scene.rollback(home, "hookless", strategy="helm", plan_digest=digest)
    assert done["phase"] == "rolled_back", done.get("msg")
    scene.is_good(home, "hookless")
    again = scene.rollback(home, "hookless", plan_digest=digest)
    assert (again["phase"], again["changed"]) == ("rolled_back", False), again.get("msg")
    assert scene.rollback(home, "hookless", _check_mode=True)["changed"] is False


def test_helm_that_fails_can_be_left_for_a_pin(scene: Scene, home: str) -> None:
    """By then the fields belong to helm: handed back, helm-controller takes away what the bad version has added."""
    scene.good_then_bad(home, "changed-mind", (HOOK_FAILS, BAD))
    assert scene.rollback(home, "changed-mind", strategy="helm", force=True)["phase"] == "rolling_back"
    done = scene.rollback(home, "changed-mind", strategy="pin")
    assert done["phase"] == "pinned", done.get("msg")
    scene.is_good(home, "changed-mind")


def test_a_named_revision_further_back(scene: Scene, home: str) -> None:
    scene.good_then_bad(home, "further")
    scene.release(home, "further", FIXED)
    scene.wait_deployed(home, "further", FIXED)
    done = scene.rollback(home, "further", strategy="helm", force=True, revision=1)
    assert (done["phase"], done["plan"]["target"]["revision"]) == ("rolled_back", 1), done.get("msg")
    settings = scene.live(home, "further")["ConfigMap/further-settings"]
    assert settings["data"] == {"title": "none", "mode": "plain"}


@pytest.fixture
def password(scene: Scene, home: str) -> Iterator[str]:
    marker = "s3cr3t-marker-7b1d"
    values = f"stringData: {{values.yaml: 'title: {marker}'}}"
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: hidden, namespace: {home}}}\n{values}\n"
    scene.cluster.apply(secret)
    yield marker
    scene.cluster.kubectl("-n", home, "delete", "secret", "hidden")


def test_no_value_of_a_secret_is_told(scene: Scene, home: str, password: str) -> None:
    """The chart puts it into a ConfigMap and into the environment of a container, as charts do."""
    scene.good_then_bad(home, "hidden", valuesFrom=[{"kind": "Secret", "name": "hidden"}])
    planned = scene.rollback(home, "hidden", strategy="helm", force=True, _check_mode=True, _diff=True)
    done = scene.rollback(home, "hidden", strategy="helm", force=True, _diff=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert password in str(scene.live(home, "hidden"))
    item = scene.read(home, "hidden")
    assert password not in str(planned) + str(done) + str(item["spec"]) + str(item["metadata"])
