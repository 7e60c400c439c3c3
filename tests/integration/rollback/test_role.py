"""The role and its playbooks on a real release: a whole night, and what is refused, fails or is killed in it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.integration.maintenance.killing import killed
from tests.integration.objects import wait_for
from tests.integration.playbook import INVENTORY, Ansible, Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.plays import Night, Played
from tests.integration.rollback.scene import (
    BAD,
    CHART,
    FIXED,
    GOOD,
    REPOSITORY,
    Scene,
    chart_files,
    publish,
)

HOST = "robbinsdale"
# A value of a Secret the release takes values from: it may stand nowhere.
MARKER = "s3cr3t-value-77d1"
VALUES = yaml.safe_dump({"title": MARKER})
BroughtUp = Callable[[str], Night]
# A version of the chart that cannot be applied.
REFUSED = "6.1.0"
INVALID = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_A_Valid_Name}\n"


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    return make_scene(HOST, "role")


@pytest.fixture
def brought_up(scene: Scene, tmp_path: Path) -> BroughtUp:
    """A release that was good and is bad, in a namespace of its own, with a value out of a Secret."""

    def make(name: str) -> Night:
        namespace = scene.namespace(name)
        secret = {"kind": "Secret", "metadata": {"name": "values", "namespace": namespace}}
        scene.cluster.apply(yaml.safe_dump({"apiVersion": "v1", **secret, "stringData": {"values.yaml": VALUES}}))
        scene.good_then_bad(namespace, "shop", valuesFrom=[{"kind": "Secret", "name": "values"}])
        return Night(scene, namespace, "shop", tmp_path / "reports")

    return make


def nothing_secret(*played: Played) -> None:
    for done in played:
        assert MARKER not in done.text
        assert MARKER not in done.report
        assert not any(MARKER in path.read_text() for path in done.page.parent.iterdir())


def listed(ansible: Ansible, folder: Path, night: Night) -> tuple[Json, list[str]]:
    """The row of the health check about the release, and the findings about it."""
    entry = ansible.health(folder, "--limit", HOST).cluster(HOST)
    (row,) = [each for each in entry["suspensions"] if each["namespace"] == night.namespace]
    return row, [each["code"] for each in entry["findings"] if each["namespace"] == night.namespace]


def test_a_check_shows_the_plan_and_writes_nothing(brought_up: BroughtUp, scene: Scene) -> None:
    night = brought_up("check")
    before = scene.read(night.namespace, "shop")
    mark = scene.bed.mark(HOST)
    done = night.roll_back("--check", "--diff")
    assert done.rc == 0, done.text
    written = [each for each in scene.writes(mark) if each.namespace == night.namespace]
    assert [each.uri for each in written if "dryRun=All" not in each.uri] == []
    assert scene.read(night.namespace, "shop") == before
    assert done.title == f"would be rolled back from {CHART} {BAD} (revision 2) to {CHART} {GOOD} (revision 1)"
    changes = done.section("What it would change (3 objects)")
    assert f"| ConfigMap {night.namespace}/shop-added    | **is deleted** |" in changes
    assert "spec.template.spec.containers[1]" in changes
    nothing_secret(done)

    (digest,) = re.findall(r"Digest of this plan: `(\S+)`", done.report)
    refused = night.roll_back(plan_digest="sha256:0000")
    assert refused.rc == 2, refused.text
    assert night.note() == {}
    by_host = night.play("helm_rollback", night.asked() | {"helm_rollback_plan_digest": {"ottawa": digest}})
    assert (by_host.rc, night.note()) == (2, {}), by_host.text
    approved = night.play("helm_rollback", night.asked() | {"helm_rollback_plan_digest": {HOST: digest}})
    assert approved.rc == 0, approved.text
    scene.is_good(night.namespace, "shop")


def test_a_whole_night_is_one_story(brought_up: BroughtUp, scene: Scene, ansible: Ansible, tmp_path: Path) -> None:
    night = brought_up("night")
    ready = night.roll_back(force="false")
    assert ready.rc == 2, ready.text
    assert "is Ready" in ready.report
    assert "Nothing was written." in ready.report
    done = night.roll_back("-vvv", "--diff")
    assert done.rc == 0, done.text
    assert done.title == f"is rolled back to {CHART} {GOOD} (revision 1) and held"
    scene.is_good(night.namespace, "shop")
    assert done.recap(HOST)["changed"] == 1
    assert 'version: "2.0.0"' in done.section("What is missing in Git")
    assert re.search(r"since \d\d:\d\d, planned until [^:]+:\d\d: 2\.1\.0 is bad \(INC-7\)\.", done.section("Held"))
    assert "1 workload ready" in done.section("What is now: verified")
    again = night.roll_back()
    assert (again.rc, again.recap(HOST)["changed"]) == (0, 0), again.text
    assert "What the rollback changes (3 objects)" in again.report

    row, findings = listed(ansible, tmp_path / "health", night)
    assert (row["rollback"]["phase"], row["change"], row["reason"]) == ("rolled_back", "helm-rollback", "2.1.0 is bad")
    assert (row["ticket"], row["overdue"], findings) == ("INC-7", False, [])

    selected = {"kinds": ["HelmRelease"], "namespaces": [night.namespace], "names": ["shop"]}
    (left,) = scene.tasks("flux_suspend", selected | {"state": "resumed"})
    assert [each["state"] for each in left["objects"]] == ["left"]
    early = night.finish()
    assert early.rc == 2, early.text
    assert early.title == "was NOT let go, it stays held"
    assert scene.read(night.namespace, "shop")["spec"]["suspend"] is True
    scene.release(night.namespace, "shop", FIXED, valuesFrom=[{"kind": "Secret", "name": "values"}])
    rehearsed = night.finish("--check")
    assert (rehearsed.rc, rehearsed.title) == (0, "would be let go"), rehearsed.text
    ended = night.finish("-vvv", "--diff")
    assert ended.rc == 0, ended.text
    assert ended.title == "is let go: Flux runs what Git asks for"
    assert night.note() == {}
    scene.wait_deployed(night.namespace, "shop", FIXED)
    assert [step for step in ended.steps() if step in ("rollback", "finish")] == ["rollback"] * 4 + ["finish"] * 3
    nothing_secret(ready, done, again, early, rehearsed, ended)


@pytest.mark.parametrize("phase", ["holding", "rolling_back"])
def test_killed_in_the_middle_the_same_playbook_goes_on(
    brought_up: BroughtUp, scene: Scene, ansible: Ansible, tmp_path: Path, phase: str
) -> None:
    night = brought_up(f"killed-{phase[:4]}")
    command = night.command("helm_rollback", night.asked())
    killed(ansible, command, lambda: night.note().get("phase") == phase)
    # What the killed one has started may be at the end of a request.
    left = night.note()["phase"]
    row, findings = listed(ansible, tmp_path / "health", night)
    assert row["rollback"]["unfinished"] is (left in ("holding", "rolling_back"))
    assert findings == (["rollback_unfinished"] if row["rollback"]["unfinished"] else [])
    done = night.roll_back()
    assert done.rc == 0, done.text
    assert done.title == f"is rolled back to {CHART} {GOOD} (revision 1) and held"
    assert "the play has not told how it ended" in done.section("What was done")
    scene.is_good(night.namespace, "shop")


def test_a_failure_at_a_step_is_told_and_the_same_playbook_goes_on(
    brought_up: BroughtUp, scene: Scene, ansible: Ansible, tmp_path: Path
) -> None:
    night = brought_up("failing")
    wrapper = tmp_path / "helm"
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *rollback*) echo "no luck tonight" >&2; exit 1;; esac\nexec {scene.helm} "$@"\n'
    )
    wrapper.chmod(0o755)
    failed = night.roll_back(helm=str(wrapper))
    assert failed.rc == 2, failed.text
    assert failed.title == "is HALF ROLLED BACK: run the same playbook again"
    assert "no luck tonight" in failed.report
    assert "failed" in failed.steps()
    assert "gitops.flux.helm_rollback -i" in failed.section("What remains to be done")
    row, findings = listed(ansible, tmp_path / "health", night)
    assert (row["rollback"]["phase"], findings) == ("rolling_back", ["rollback_unfinished"])
    done = night.roll_back()
    assert done.rc == 0, done.text
    scene.is_good(night.namespace, "shop")
    assert "no luck tonight" in done.section("What was done")


def test_a_cluster_that_is_lost_meanwhile_keeps_its_story(brought_up: BroughtUp, tmp_path: Path) -> None:
    night = brought_up("lost")
    assert night.roll_back().rc == 0
    config = yaml.safe_load(night.scene.bed.kubeconfig.read_text())
    for each in config["clusters"]:
        each["cluster"]["server"] = "https://127.0.0.1:1"
    dead = tmp_path / "dead.kubeconfig"
    dead.write_text(yaml.safe_dump(config))
    for playbook in ("helm_rollback", "helm_rollback_finish"):
        lost = night.play(playbook, night.asked() | {"flux_kubeconfig": str(dead)})
        assert lost.rc == 2, lost.text
        assert "UNREACHABLE" in lost.stdout
        assert lost.title.endswith(f"it is rolled back to {CHART} {GOOD} (revision 1) and held")
        assert "2.1.0 is bad" in lost.section("Held")


def test_what_the_report_says_is_typed_next_can_be_typed(brought_up: BroughtUp, scene: Scene) -> None:
    """The command of a check, as a shell reads it, carries out that plan."""
    night = brought_up("typed")
    (line,) = [
        line
        for line in night.roll_back("--check").section("What remains to be done").splitlines()
        if line.startswith("ansible-playbook ")
    ]
    program, *words = shlex.split(line)
    done = scene.ansible.run(program, *words, "-e", json.dumps({"helm_rollback_report_dir": str(night.folder)}))
    assert done.rc == 0, done.text
    assert night.note()["phase"] == "rolled_back"
    assert scene.read(night.namespace, "shop")["spec"]["chart"]["spec"]["version"] == BAD


def test_the_health_check_names_the_way_out_of_a_release_that_went_bad(
    scene: Scene, ansible: Ansible, tmp_path: Path
) -> None:
    namespace = scene.namespace("wayout")
    publish(scene.bed, REFUSED, chart_files(bad=True) | {"templates/invalid.yaml": INVALID})
    try:
        scene.cluster.kubectl(
            "-n", namespace, "annotate", f"helmrepository/{REPOSITORY}", "reconcile.fluxcd.io/requestedAt=published"
        )
        scene.release(namespace, "shop", GOOD)
        scene.wait_deployed(namespace, "shop", GOOD)
        scene.release(namespace, "shop", REFUSED)
        wait_for(scene.cluster, "helmrelease", f"{namespace}/shop", "Ready", "False")
        health = ansible.health(tmp_path / "health", "--limit", HOST)
    finally:
        scene.bed.charts.unpublish(CHART, REFUSED)
    cause = health.causes(HOST)[f"HelmRelease/{namespace}/shop"]
    assert f"- Emergency, what a rollback would do: `{cause['emergency']}`" in health.report(HOST)
    program, *words = shlex.split(cause["emergency"])
    extra = {"helm_rollback_report_dir": str(tmp_path / "reports"), "helm_rollback_helm": scene.helm}
    done = ansible.run(program, *words, "-i", str(INVENTORY), "-e", json.dumps(extra))
    assert done.rc == 0, done.text
    page = (tmp_path / f"reports/flux-rollback-{HOST}-{namespace}-shop.md").read_text()
    assert f"would be rolled back from {CHART} {REFUSED} (revision 2) to {CHART} {GOOD} (revision 1)" in page
