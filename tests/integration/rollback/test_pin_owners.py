"""Strategy pin where the owner heeds no mark on a single object: it stands itself, until the rollback is finished."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.integration.objects import wait_for
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.git_owner import release, spec_owners, traces
from tests.integration.rollback.scene import BAD, CHART, FIXED, GOOD, Scene, chart_files, publish

HOST = "stpetersburg"
# A chart that brings HelmReleases of its own.
PARENT = {"8.0.0": GOOD, "8.1.0": BAD, "8.2.0": FIXED}
CHANGE = "gitops.flux/suspended-change"
DISABLED = "fluxcd.controlplane.io/reconcile"


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    return make_scene(HOST, "pinown")


@pytest.fixture(scope="module")
def parents(scene: Scene) -> str:
    """The namespace of two releases, both bad, and of the release that has brought them."""
    namespace = scene.namespace("parents")
    for version, wanted in PARENT.items():
        children = yaml.safe_dump_all([release(namespace, name, wanted) for name in ("one", "two")])
        chart = f"apiVersion: v2\nname: {CHART}-parent\nversion: 0.0.0\n"
        publish(scene.bed, version, {"Chart.yaml": chart, "templates/all.yaml": children})
    for version in ("8.0.0", "8.1.0"):
        _parent(scene, namespace, version)
        for name in ("one", "two"):
            scene.wait_deployed(namespace, name, PARENT[version], 120)
        scene.wait_deployed(namespace, "parent", version)
    return namespace


def _parent(scene: Scene, namespace: str, version: str) -> None:
    item = release(namespace, "parent", version)
    item["spec"]["chart"]["spec"]["chart"] = f"{CHART}-parent"
    scene.cluster.apply(yaml.safe_dump(item))


def _pinned(scene: Scene, namespace: str, name: str) -> Json:
    done = scene.rollback(namespace, name, strategy="pin", force=True)
    assert done["phase"] == "pinned", done.get("msg")
    scene.is_good(namespace, name)
    return done


def test_a_helm_release_stands_still_for_its_children(scene: Scene, parents: str) -> None:
    done = _pinned(scene, parents, "one")
    assert f"HelmRelease/{parents}/parent, the owner of HelmRelease/{parents}/one, is suspended" in done["warnings"][-1]
    item = scene.read(parents, "parent")
    assert item["spec"]["suspend"] is True
    assert item["metadata"]["annotations"][CHANGE] == "helm-rollback"
    _pinned(scene, parents, "two")


def test_the_owner_stands_until_the_last_is_finished(scene: Scene, parents: str) -> None:
    refused = scene.finish(parents, "one")
    assert f"has to stay as it is, because HelmRelease/{parents}/two is pinned, too." in refused["msg"]
    assert scene.read(parents, "parent")["spec"]["suspend"] is True
    assert scene.read(parents, "one")["spec"]["suspend"] is True
    scene.is_good(parents, "one")


def test_the_last_lets_it_go_and_is_refused_while_it_brings_the_bad_state(scene: Scene, parents: str) -> None:
    refused = scene.finish(parents, "two")
    assert "Git still asks for the bad state: unchanged is chart version." in refused["msg"]
    parent = scene.read(parents, "parent")
    assert (traces(parent), "suspend" in parent["spec"]) == ([], False)
    assert scene.read(parents, "two")["spec"]["suspend"] is True
    scene.is_good(parents, "two")


def test_with_the_fix_all_run_again(scene: Scene, parents: str) -> None:
    _parent(scene, parents, "8.2.0")
    for name in ("one", "two"):
        done = scene.finish(parents, name)
        assert done["phase"] == "finished", done.get("msg")
        item = scene.read(parents, name)
        assert (traces(item), item["status"]["history"][0]["chartVersion"]) == ([], FIXED)
        assert {manager for manager, _path in spec_owners(item)} == {"helm-controller"}
    assert scene.read(parents, "parent")["status"]["history"][0]["chartVersion"] == "8.2.0"


def test_a_resource_set_is_disabled(scene: Scene) -> None:
    """Its controller does not run here: what it would do is not seen, that it is told to stand is."""
    namespace = scene.namespace("sets")
    scene.good_then_bad(namespace, "member")
    resource_set = {
        "apiVersion": "fluxcd.controlplane.io/v1",
        "kind": "ResourceSet",
        "metadata": {"name": "set", "namespace": namespace},
        "spec": {"resources": []},
    }
    scene.cluster.apply(yaml.safe_dump(resource_set))
    names = {"name": "set", "namespace": namespace}
    labels = {f"resourceset.fluxcd.controlplane.io/{key}": value for key, value in names.items()}
    patch = json.dumps({"metadata": {"labels": labels}})
    scene.cluster.kubectl("-n", namespace, "patch", "helmrelease", "member", "--type=merge", "-p", patch)
    _pinned(scene, namespace, "member")
    notes = scene.object("resourceset", namespace, "set")["metadata"]["annotations"]
    assert (notes[DISABLED], notes[CHANGE]) == ("disabled", "helm-rollback")
    refused = scene.finish(namespace, "member", timeout=30)
    assert refused["phase"] == "refused"
    assert f"ResourceSet/{namespace}/set has not reconciled" in refused["msg"]
    item = scene.object("resourceset", namespace, "set")
    assert DISABLED not in item["metadata"].get("annotations", {})
    assert traces(item) == []
    member = scene.read(namespace, "member")
    assert (member["spec"]["suspend"], member["spec"]["chart"]["spec"]["version"]) == (True, BAD)
    scene.is_good(namespace, "member")


def test_nobody_gets_back_what_was_there(scene: Scene) -> None:
    """Also that there was nothing: no version to choose, no suspension, no annotation."""
    namespace = scene.namespace("alone")
    bad = scene.good_then_bad(namespace, "alone", values={"title": "mine"})
    _pinned(scene, namespace, "alone")
    chart = scene.object("helmchart", namespace, f"{namespace}-alone")
    assert {manager for manager, _path in spec_owners(chart)} == {"helm-controller"}
    refused = scene.finish(namespace, "alone")
    assert "Git still asks for the bad state" in refused["msg"]
    item = scene.read(namespace, "alone")
    assert item["spec"] == bad["spec"] | {"suspend": True}
    assert spec_owners(item) == spec_owners(bad)
    scene.release(namespace, "alone", FIXED, values={"title": "mine"})
    done = scene.finish(namespace, "alone")
    assert done["phase"] == "finished", done.get("msg")
    chart = scene.object("helmchart", namespace, f"{namespace}-alone")
    assert ("helm-controller", "version") in spec_owners(chart)
    assert scene.read(namespace, "alone")["status"]["history"][0]["chartVersion"] == FIXED
    scene.is_good(namespace, "alone")


def test_a_chart_that_is_gone_costs_nothing_but_the_pin(scene: Scene) -> None:
    """It stays suspended as it was; helm needs no chart, and what was changed is given back at the end."""
    namespace = scene.namespace("gone")
    lost = "2.0.9"
    publish(scene.bed, lost, chart_files(bad=False))
    try:
        bad = scene.good_then_bad(namespace, "gone", (lost, BAD))
    finally:
        scene.bed.charts.unpublish(CHART, lost)
    scene.bed.reconcile(HOST, "helmrepository", namespace, "rollback-charts")
    wait_for(scene.cluster, "helmrepository", f"{namespace}/rollback-charts", "Ready", "True")
    failed = scene.rollback(namespace, "gone", force=True)
    assert failed["phase"] == "pinning", failed.get("msg")
    assert f"HelmChart {namespace}-gone: " in failed["msg"]
    assert scene.read(namespace, "gone")["spec"] == bad["spec"] | {"suspend": True}
    done = scene.rollback(namespace, "gone", force=True, strategy="helm")
    assert done["phase"] == "rolled_back", done.get("msg")
    scene.is_good(namespace, "gone")
    scene.release(namespace, "gone", FIXED)
    done = scene.finish(namespace, "gone")
    assert done["phase"] == "finished", done.get("msg")
    assert traces(scene.read(namespace, "gone")) == []
    assert not scene.exists("secret", namespace, "flux-rollback-gone")
