"""The rights of docs/rbac for a rollback and its finish: they are enough, each is needed, and one that is missing is
said before anything is written.
"""

from __future__ import annotations

import copy
import os
import re
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.maintenance.branch import Branch
from tests.integration.objects import wait_for
from tests.integration.playbook import ROOT, Json
from tests.integration.rbac.rights import account
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.plays import Night
from tests.integration.rollback.scene import BAD, CHART, FIXED, GOOD, REPOSITORY, Scene, chart_files, publish
from tests.testbed.audit import Request
from tests.testbed.kubeconfig import config_of

HOST = "robbinsdale"
ACCOUNT = "flux-ops-rollback"
RBAC = ROOT / "docs/rbac"
OF_THE_RELEASE: Json = yaml.safe_load((RBAC / "flux-ops-rollback-release.yaml").read_text())
VERBS = [
    (resource, verb)
    for rule in OF_THE_RELEASE["items"][0]["rules"]
    for resource in rule["resources"]
    for verb in rule["verbs"]
]
# A version of the chart with a hook, which Helm watches until it is done.
WITH_HOOK = "6.0.0"
HOOK = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: ran, annotations: {helm.sh/hook: pre-rollback}}
"""
# Of these kinds there is nothing in the scene; they stand beside those that take their place there.
NOT_HERE = {"ocirepositories", "buckets", "resourcesets"}


def cluster_wide() -> str:
    items = [
        item
        for name in ("flux-ops-viewer", ACCOUNT)
        for item in yaml.safe_load((RBAC / f"{name}.yaml").read_text())["items"]
    ]
    return yaml.safe_dump_all(items)


def owned(branch: Branch, namespace: str, version: str, **spec: Any) -> None:
    """Git asks for a version of the chart."""
    chart = {"chart": CHART, "version": version, "sourceRef": {"kind": "HelmRepository", "name": REPOSITORY}}
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "shop", "namespace": namespace},
        "spec": {"interval": "10m", "chart": {"spec": chart}, **spec},
    }
    branch.publish({"apps/shop.yaml": yaml.safe_dump(release)})


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    scene = make_scene(HOST, "role-rights")
    publish(scene.bed, WITH_HOOK, chart_files(bad=False) | {"templates/hook.yaml": HOOK})
    scene.cluster.apply(cluster_wide())
    try:
        yield scene
    finally:
        scene.bed.charts.unpublish(CHART, WITH_HOOK)
        scene.cluster.kubectl("delete", "-f", "-", "--ignore-not-found", "--wait=false", stdin=cluster_wide())


@pytest.fixture(scope="module")
def branch(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    found = Branch("role-rights", tmp_path_factory.mktemp("branch"), scene.bed.paths)
    try:
        yield found
    finally:
        found.delete()


@pytest.fixture(scope="module")
def night(scene: Scene, branch: Branch, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A release whose records and objects are in two namespaces, applied by a Kustomization."""
    home, target = scene.namespace("home"), scene.namespace("target")
    for version in (GOOD, BAD):
        owned(branch, home, version, targetNamespace=target)
        if version == GOOD:
            scene.cluster.apply(_layers(scene, branch.name, home))
            wait_for(scene.cluster, "kustomization", f"{home}/apps", "Ready", "True")
        else:
            scene.cluster.kubectl(
                "-n", home, "annotate", "--overwrite", "gitrepository/git", f"reconcile.fluxcd.io/requestedAt={version}"
            )
        scene.wait_deployed(home, "shop", version, 120)
    return Night(scene, home, "shop", tmp_path_factory.mktemp("reports"))


def _layers(scene: Scene, branch: str, namespace: str) -> str:
    git = {"interval": "10m", "url": scene.bed.values(HOST)["GIT_URL"], "ref": {"branch": branch}}
    layer = {"interval": "10m", "path": "./apps", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "git"}}
    place = {"namespace": namespace}
    return yaml.safe_dump_all(
        [
            {
                "apiVersion": "source.toolkit.fluxcd.io/v1",
                "kind": "GitRepository",
                "metadata": {"name": "git", **place},
                "spec": git,
            },
            {
                "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
                "kind": "Kustomization",
                "metadata": {"name": "apps", **place},
                "spec": layer,
            },
        ]
    )


@pytest.fixture(scope="module")
def asked(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Extra variables by which a playbook runs as the account."""
    scene = night.scene
    token = scene.cluster.kubectl("-n", "flux-system", "create", "token", ACCOUNT, "--duration", "1h").strip()
    return {"flux_kubeconfig": str(kubeconfig(scene, token, tmp_path_factory.mktemp("kubeconfig")))}


def kubeconfig(scene: Scene, token: str, folder: Path) -> Path:
    """Of whoever has the token, with the context's usual name."""
    entry = (scene.cluster.context, scene.cluster.server, scene.cluster.certificate, token)
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config_of([entry], scene.cluster.context)))
    return path


def grant(scene: Scene, *more: Json, without: tuple[str, str] | None = None) -> None:
    """The Role in all namespaces, with more rules or less one verb; known to the API server when this returns."""
    granted = copy.deepcopy(OF_THE_RELEASE)
    granted["items"][0]["rules"] += more
    for rule in granted["items"][0]["rules"]:
        if without and without[0] in rule["resources"]:
            rule["verbs"].remove(without[1])
    for namespace in scene.namespaces:
        scene.cluster.kubectl("-n", namespace, "apply", "-f", "-", stdin=yaml.safe_dump(granted))
    wanted = {pair: "no" if pair == without else "yes" for pair in VERBS}
    scene.bed.wait(
        lambda: all(
            _may(scene, namespace, *pair) == answer
            for namespace in scene.namespaces
            for pair, answer in wanted.items()
            if without is None or pair == without or pair == VERBS[0]
        ),
        10,
        "the Role being in force",
    )


def _may(scene: Scene, namespace: str, resource: str, verb: str) -> str:
    who = f"system:serviceaccount:flux-system:{ACCOUNT}"
    said = scene.cluster.kubectl("-n", namespace, "auth", "can-i", verb, resource, "--as", who, check=False)
    return said.strip()


def requests(scene: Scene, mark: int) -> list[Request]:
    return [each for each in scene.bed.audit(HOST, mark) if each.user == account(ACCOUNT)]


@pytest.mark.parametrize(("resource", "verb"), VERBS)
def test_one_right_less_is_said_before_anything_is_written(night: Night, asked: Json, resource: str, verb: str) -> None:
    scene = night.scene
    release = scene.read(night.namespace, "shop")
    if verb == "create" and resource != "secrets":
        # What is gone has to be made anew.
        scene.cluster.kubectl("-n", f"{scene.prefix}-target", "delete", resource, f"{_release(night)}-{_end(resource)}")
    grant(scene, without=(resource, verb))
    mark = scene.bed.mark(HOST)
    done = night.play("helm_rollback", night.asked() | asked)
    assert done.rc == 2, done.text
    assert done.title == "was NOT rolled back"
    assert resource in done.report
    assert verb in done.report
    assert [each.uri for each in requests(scene, mark) if each.is_write and "dryRun=All" not in each.uri] == []
    assert scene.read(night.namespace, "shop")["spec"] == release["spec"]


def _release(night: Night) -> str:
    return f"{night.scene.prefix}-target-shop"[:39].removesuffix("-")


def _end(resource: str) -> str:
    return {"configmaps": "settings", "deployments": "web"}[resource]


def test_with_all_of_them_it_rolls_back_and_lets_go_and_nothing_is_refused(
    night: Night, asked: Json, branch: Branch
) -> None:
    scene = night.scene
    grant(scene)
    mark = scene.bed.mark(HOST)
    done = night.play("helm_rollback", night.asked() | asked)
    assert done.rc == 0, done.text
    scene.is_good(f"{scene.prefix}-target", _release(night))
    early = night.play("helm_rollback_finish", night.asked() | asked)
    assert early.rc == 2, early.text
    owned(branch, night.namespace, FIXED, targetNamespace=f"{scene.prefix}-target")
    ended = night.play("helm_rollback_finish", night.asked() | asked)
    assert ended.rc == 0, ended.text
    scene.wait_deployed(night.namespace, "shop", FIXED)
    wait_for(scene.cluster, "kustomization", f"{night.namespace}/apps", "Ready", "True")
    found = requests(scene, mark)
    assert len(found) > 100
    assert [each.uri for each in found if each.code == HTTPStatus.FORBIDDEN] == []
    patched = {
        each.resource for each in found if each.verb == "patch" and each.group.endswith(("fluxcd.io", "plane.io"))
    }
    rules = next(item for item in yaml.safe_load((RBAC / f"{ACCOUNT}.yaml").read_text())["items"] if "rules" in item)
    assert {resource for rule in rules["rules"] for resource in rule["resources"]} - patched == NOT_HERE


def test_a_hook_is_watched_and_that_is_a_right_too(night: Night, asked: Json) -> None:
    scene = night.scene
    home = scene.namespace("hooks")
    hooked = Night(scene, home, "shop", night.folder)
    scene.good_then_bad(home, "shop", (WITH_HOOK, BAD))
    grant(scene)
    refused = hooked.play("helm_rollback", hooked.asked() | asked)
    assert refused.rc == 2, refused.text
    assert f"we may not list configmaps in {home}; watch configmaps in {home}. Nothing was written." in refused.report
    assert hooked.note() == {}
    grant(scene, {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list", "watch"]})
    scene.bed.wait(lambda: _may(scene, home, "configmaps", "watch") == "yes", 10, "the Role being in force")
    done = hooked.play("helm_rollback", hooked.asked() | asked)
    assert done.rc == 0, done.text
    assert scene.exists("configmap", home, "ran")


def test_a_pinned_one_needs_no_more(night: Night, asked: Json) -> None:
    scene = night.scene
    home = scene.namespace("pinned")
    pinned = Night(scene, home, "shop", night.folder)
    scene.good_then_bad(home, "shop")
    grant(scene)
    mark = scene.bed.mark(HOST)
    done = pinned.play("helm_rollback", pinned.asked(strategy="pin") | asked)
    assert done.rc == 0, done.text
    scene.release(home, "shop", FIXED)
    ended = pinned.play("helm_rollback_finish", pinned.asked() | asked)
    assert ended.rc == 0, ended.text
    scene.wait_deployed(home, "shop", FIXED)
    assert [each.uri for each in requests(scene, mark) if each.code == HTTPStatus.FORBIDDEN] == []


def test_the_commands_of_the_guide_give_all_of_it(night: Night, tmp_path: Path) -> None:
    scene = night.scene
    home = scene.namespace("guide")
    guide = re.findall(r"^```shell\n(.*?)^```$", (ROOT / "docs/rbac.md").read_text(), re.DOTALL | re.MULTILINE)
    (block,) = [block for block in guide if "flux-ops-rollback-release.yaml" in block]
    script = block.replace("talos-ottawa talos-robbinsdale talos-stpetersburg", scene.cluster.context)
    script = script.replace("namespace=apps", f"namespace={home}")
    env = {
        "PATH": f"{scene.bed.paths.bin}:{os.defpath}",
        "KUBECONFIG": str(kubeconfig(scene, scene.cluster.credentials.token("testbed"), tmp_path)),
        "HOME": str(tmp_path),
    }
    subprocess.run(["sh", "-eu", "-c", script], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert {_may(scene, home, *pair) for pair in VERBS} == {"yes"}
    # The rules of admin come from a controller that does not run on the test bed.
    assert scene.object("rolebinding", home, "flux-ops-rollback-admin")["roleRef"]["name"] == "admin"
    assert _may(scene, "flux-system", "secrets", "get") == "no"
