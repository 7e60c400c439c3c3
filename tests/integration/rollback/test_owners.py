"""Whoever owns the HelmRelease applies it again and again: a rollback outlives that, whoever it is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
import yaml

from tests.integration.maintenance.branch import Branch
from tests.integration.objects import read
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import BAD, CHART, GOOD, REPOSITORY, Scene, publish

HOST = "robbinsdale"
FREEZE = "kustomize.toolkit.fluxcd.io/reconcile"
# A chart that brings a HelmRelease of its own; both its versions ask for the bad chart from version 2 on.
PARENT_GOOD, PARENT_BAD = "8.0.0", "8.1.0"


def manifest(namespace: str, name: str, version: str, **spec: object) -> Json:
    chart = {"chart": CHART, "version": version, "sourceRef": {"kind": "HelmRepository", "name": REPOSITORY}}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"interval": "10m", "chart": {"spec": chart}, **spec},
    }


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Scene:
    return make_scene(HOST, "rollown")


@pytest.fixture(scope="module")
def branch(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    branch = Branch("rollback-owners", tmp_path_factory.mktemp("branch"), scene.bed.paths)
    yield branch
    branch.delete()


@pytest.fixture(scope="module")
def owned(scene: Scene, branch: Branch) -> Scene:
    """Releases applied from Git by a Kustomization in another namespace; of one Git says suspend: false."""
    apps, flux = scene.namespace("apps"), scene.namespace("flux")
    _commit(branch, apps, GOOD)
    spec = {"interval": "1h", "url": scene.bed.values(HOST)["GIT_URL"], "ref": {"branch": branch.name}}
    source = {"kind": "GitRepository", "name": "apps"}
    objects = [
        {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "spec": spec},
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "spec": {"interval": "1h", "path": "./apps", "prune": True, "sourceRef": source},
        },
    ]
    named = [each | {"metadata": {"name": "apps", "namespace": flux}} for each in objects]
    scene.cluster.apply(yaml.safe_dump_all(named))
    for name in ("plain", "declared", "by-kubectl"):
        scene.wait_deployed(apps, name, GOOD)
    _commit(branch, apps, BAD)
    scene.bed.reconcile(HOST, "gitrepository", flux, "apps")
    for name in ("plain", "declared", "by-kubectl"):
        scene.wait_deployed(apps, name, BAD)
    return scene


def _commit(branch: Branch, namespace: str, version: str) -> None:
    items = [manifest(namespace, name, version) for name in ("plain", "by-kubectl")]
    declared = manifest(namespace, "declared", version, suspend=False)
    branch.publish({"apps/releases.yaml": yaml.safe_dump_all([*items, declared])})


def apply_again(scene: Scene) -> None:
    """Has the Kustomization apply everything once more, and waits for its end."""
    flux, token = scene.namespace("flux"), f"test-{time.time_ns()}"
    patch = json.dumps({"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}})
    scene.cluster.kubectl("-n", flux, "patch", "kustomization", "apps", "--type=merge", "-p", patch)
    scene.bed.wait(
        lambda: read(scene.cluster, "kustomization", flux, "apps")["status"].get("lastHandledReconcileAt") == token,
        60,
        "the owner's run",
    )


def require_held(scene: Scene, namespace: str, name: str) -> None:
    assert scene.read(namespace, name)["spec"]["suspend"] is True
    scene.is_good(namespace, name)


def test_a_kustomization_in_another_namespace(owned: Scene) -> None:
    apps = owned.namespace("apps")
    done = owned.rollback(apps, "plain", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert done["owner"] == {"kind": "Kustomization", "namespace": owned.namespace("flux"), "name": "apps"}
    assert done["held"]["frozen"] is False
    apply_again(owned)
    require_held(owned, apps, "plain")
    notes = owned.read(apps, "plain")["metadata"]["annotations"]
    assert json.loads(notes["gitops.flux/rollback"])["phase"] == "rolled_back"


def test_git_that_says_suspend_false(owned: Scene) -> None:
    """Only a freeze keeps it suspended, and the plan says so."""
    apps = owned.namespace("apps")
    planned = owned.rollback(apps, "declared", strategy="helm", force=True, _check_mode=True)
    assert "tell its owner to leave it alone" in planned["plan"]["steps"][0]
    done = owned.rollback(apps, "declared", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert (done["held"]["frozen"], done["held"]["suspended"]) == (True, True)
    apply_again(owned)
    require_held(owned, apps, "declared")
    assert owned.read(apps, "declared")["metadata"]["annotations"][FREEZE] == "disabled"


def test_one_that_was_suspended_with_kubectl(owned: Scene) -> None:
    """kustomize-controller takes that back with its next apply; a patch of the same value would not make it ours."""
    apps = owned.namespace("apps")
    owned.cluster.kubectl("-n", apps, "patch", "hr", "by-kubectl", "--type=merge", "-p", '{"spec":{"suspend":true}}')
    done = owned.rollback(apps, "by-kubectl", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    apply_again(owned)
    require_held(owned, apps, "by-kubectl")


def test_a_helm_release_that_brings_helm_releases(scene: Scene) -> None:
    """The parent upgrades once more while its child is held: the suspension is none of its fields."""
    namespace = scene.namespace("parents")
    for version, wanted, note in ((PARENT_GOOD, GOOD, "one"), (PARENT_BAD, BAD, "two")):
        text = yaml.safe_dump(manifest(namespace, "child", wanted))
        config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: parent}}\ndata: {{note: {note}}}\n"
        files = {"templates/child.yaml": text, "templates/note.yaml": config, "templates/configmap.yaml": ""}
        files["Chart.yaml"] = f"apiVersion: v2\nname: {CHART}\nversion: 0.0.0\n"
        publish(scene.bed, version, files)
    scene.release(namespace, "parent", PARENT_GOOD)
    scene.wait_deployed(namespace, "child", GOOD)
    scene.release(namespace, "parent", PARENT_BAD)
    scene.wait_deployed(namespace, "child", BAD)
    scene.wait_deployed(namespace, "parent", PARENT_BAD)
    done = scene.rollback(namespace, "child", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert done["owner"] == {"kind": "HelmRelease", "namespace": namespace, "name": "parent"}
    force = json.dumps(
        {
            "metadata": {
                "annotations": dict.fromkeys((f"reconcile.fluxcd.io/{end}" for end in ("requestedAt", "forceAt")), "x1")
            }
        }
    )
    scene.cluster.kubectl("-n", namespace, "patch", "hr", "parent", "--type=merge", "-p", force)
    scene.bed.wait(lambda: 3 in scene.storage(namespace, "parent"), 60, "one more upgrade of the parent")
    scene.wait_deployed(namespace, "parent", PARENT_BAD)
    require_held(scene, namespace, "child")


def test_nobody_and_a_resource_set(scene: Scene) -> None:
    """A ResourceSet's controller does not run here; its label is enough to name it."""
    namespace = scene.namespace("alone")
    scene.good_then_bad(namespace, "set")
    labels = json.dumps(
        {"metadata": {"labels": {f"resourceset.fluxcd.controlplane.io/{key}": "apps" for key in ("name", "namespace")}}}
    )
    scene.cluster.kubectl("-n", namespace, "patch", "hr", "set", "--type=merge", "-p", labels)
    done = scene.rollback(namespace, "set", strategy="helm", force=True)
    assert done["phase"] == "rolled_back", done.get("msg")
    assert done["owner"] == {"kind": "ResourceSet", "namespace": "apps", "name": "apps"}
    require_held(scene, namespace, "set")
