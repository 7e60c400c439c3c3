"""HelmReleases: new chart versions, force, reset, and kinds that nobody reconciles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.objects import wait_for
from tests.integration.playbook import Json
from tests.integration.reconciling.conftest import MakeScene
from tests.integration.reconciling.scene import Scene, helm_release, helm_repository, rows, verdicts

CHART, RANGE, FIRST, SECOND = "demo-config", "~7.0", "7.0.1", "7.0.2"
# In the registry.
SEALED = ("8.0.1", "8.0.2")
NOTIFICATION = "notification.toolkit.fluxcd.io/v1beta3"
PROVIDER = {
    "apiVersion": NOTIFICATION,
    "kind": "Provider",
    "metadata": {"name": "nobody", "namespace": "@NAMESPACE@"},
    "spec": {"type": "generic", "address": "@CHARTS_URL@/notify"},
}
ALERT = {
    "apiVersion": NOTIFICATION,
    "kind": "Alert",
    "metadata": {"name": "nobody", "namespace": "@NAMESPACE@"},
    "spec": {"providerRef": {"name": "nobody"}, "eventSources": [{"kind": "HelmRelease", "name": "*"}]},
}
# Somebody else's, under the name that a release wants.
OBSTACLE = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "foreign-config", "namespace": "@NAMESPACE@"},
    "data": {"title": "mine"},
}
LATER = "charts-later"
REGISTRY = {
    "apiVersion": "source.toolkit.fluxcd.io/v1",
    "kind": "OCIRepository",
    "metadata": {"name": "registry", "namespace": "@NAMESPACE@"},
    "spec": {
        "interval": "24h",
        "url": f"@OCI_URL@/charts/{CHART}",
        "ref": {"semver": "~8.0"},
        "insecure": True,
    },
}
FROM_REGISTRY = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "sealed", "namespace": "@NAMESPACE@"},
    "spec": {"interval": "24h", "timeout": "30s", "chartRef": {"kind": "OCIRepository", "name": "registry"}},
}
OBJECTS = (
    helm_repository(),
    helm_repository("oci", type="oci", url="@OCI_URL@/charts"),
    PROVIDER,
    ALERT,
    OBSTACLE,
    REGISTRY,
    FROM_REGISTRY,
    helm_release("web", RANGE),
    helm_release("foreign", "1.0.0", install={"disableTakeOwnership": True}),
    helm_release("stuck", "1.0.0", targetNamespace=LATER),
)


@pytest.fixture(scope="module")
def scene(make_scene: MakeScene) -> Iterator[Scene]:
    scene = None
    try:
        with make_scene("charts", OBJECTS) as scene:
            scene.bed.publish_chart(CHART, FIRST)
            push(scene, SEALED[0])
            for source in ("helmrepository/charts", "ocirepository/registry"):
                scene.bed.reconcile(scene.cluster.name, source.partition("/")[0], "charts", source.partition("/")[2])
            wait_for(scene.cluster, "helmrelease", "charts/sealed", "Ready", "True")
            wait_for(scene.cluster, "helmrelease", "charts/web", "Ready", "True")
            wait_for(scene.cluster, "helmrelease", "charts/stuck", "Stalled", "True")
            yield scene
    finally:
        if scene is not None:
            for version in (FIRST, SECOND, *SEALED):
                scene.bed.charts.unpublish(CHART, version)


def push(scene: Scene, version: str) -> None:
    scene.bed.publish_chart(CHART, version)
    scene.bed.charts.push(CHART, version, f"{scene.bed.values(scene.cluster.name)['OCI_URL']}/charts")


def newest(scene: Scene, name: str = "web") -> Json:
    found: Json = scene.read("helmrelease", name)["status"]["history"][0]
    return found


def release(scene: Scene, **options: object) -> Json:
    return scene.reconcile(**{"kinds": ["HelmRelease"], "names": ["web"], **options})


def test_a_new_version_of_a_chart_is_only_found_with_its_source(scene: Scene) -> None:
    scene.bed.publish_chart(CHART, SECOND)
    without = release(scene, with_source=False)
    assert verdicts(without) == {"web": "reconciled"}
    assert rows(without)["web"]["revision_after"] == FIRST
    mark = scene.mark()
    result = release(scene)
    found = rows(result)
    assert verdicts(result) == dict.fromkeys(("charts", "charts-web", "web"), "reconciled")
    assert [row["kind"] for row in result["verdicts"]] == ["HelmRepository", "HelmChart", "HelmRelease"]
    assert [row["role"] for row in result["verdicts"]] == ["source", "source", "target"]
    assert (found["web"]["revision_before"], found["web"]["revision_after"]) == (FIRST, SECOND)
    assert newest(scene)["chartVersion"] == SECOND
    assert scene.patches(mark) == ["helmrepositories/charts", "helmcharts/charts-web"]


def test_a_new_version_in_a_registry_makes_the_release_run_by_itself(scene: Scene) -> None:
    push(scene, SEALED[1])
    mark = scene.mark()
    result = release(scene, names=["sealed"])
    assert verdicts(result) == {"registry": "reconciled", "sealed": "reconciled"}
    revision = rows(result)["registry"]["revision_after"]
    tag, _at, digest = revision.partition("@")
    assert tag == SEALED[1]
    assert rows(result)["sealed"]["revision_after"] == f"{SEALED[1]}+{digest.rpartition(':')[2][:12]}"
    assert scene.patches(mark) == ["ocirepositories/registry"]
    again = release(scene, names=["sealed"], expected_revision=digest)
    assert not again["failed"], again["msg"]


def test_a_plain_request_makes_no_new_release(scene: Scene) -> None:
    before = newest(scene)["version"]
    assert verdicts(release(scene))["web"] == "reconciled"
    assert newest(scene)["version"] == before


def test_force_makes_a_new_release(scene: Scene) -> None:
    before = newest(scene)["version"]
    result = release(scene, force=True)
    assert not result["failed"], result["msg"]
    assert newest(scene)["version"] == before + 1
    annotations = scene.read("helmrelease", "web")["metadata"]["annotations"]
    asked = {key: value for key, value in annotations.items() if key.startswith("reconcile.fluxcd.io/")}
    assert asked == dict.fromkeys(("reconcile.fluxcd.io/requestedAt", "reconcile.fluxcd.io/forceAt"), result["token"])


def test_force_again_with_the_same_token_makes_no_second_one(scene: Scene) -> None:
    options = {"kinds": ["HelmRelease"], "names": ["web"], "force": True}
    before = newest(scene)["version"]
    first, second = scene.reconciles(options, {**options, "token": "{{ result_0.token }}"})
    assert not first["failed"]
    assert not second["failed"], second["msg"]
    assert not second["changed"]
    assert newest(scene)["version"] == before + 1


def test_what_fails_before_a_release_is_made_is_failed_at_once(scene: Scene) -> None:
    """helm-controller tries it for ever and always says that it is progressing."""
    result = release(scene, names=["foreign"], timeout=60)
    assert result["failed"]
    row = rows(result)["foreign"]
    assert (row["verdict"], row["reason"]) == ("failed", "InstallFailed")
    assert "cannot be imported into the current release" in row["message"]
    assert result["seconds"] < 40


@pytest.fixture
def later(scene: Scene) -> Iterator[None]:
    """The namespace that was missing."""
    yield
    scene.cluster.kubectl("delete", "namespace", LATER, "--ignore-not-found")


@pytest.mark.usefixtures("later")
def test_a_release_out_of_retries_needs_a_reset(scene: Scene) -> None:
    still = release(scene, names=["stuck"])
    row = rows(still)["stuck"]
    assert (row["verdict"], row["reason"]) == ("stalled", "RetriesExceeded")
    assert LATER in row["message"]
    assert still["seconds"] < 30
    scene.cluster.kubectl("create", "namespace", LATER)
    plain = release(scene, names=["stuck"])
    assert rows(plain)["stuck"]["verdict"] == "stalled"
    result = release(scene, names=["stuck"], reset=True)
    assert not result["failed"], result["msg"]
    assert rows(result)["stuck"]["verdict"] == "reconciled"
    assert newest(scene, "stuck")["status"] == "deployed"


def test_what_nobody_reconciles_is_said_to_be_so(scene: Scene) -> None:
    mark = scene.mark()
    result = scene.reconcile(kinds=["Alert", "Provider", "HelmRepository"], names=["nobody", "oci"])
    assert not result["failed"]
    assert {row["kind"]: row["verdict"] for row in result["verdicts"]} == dict.fromkeys(
        ("Alert", "Provider", "HelmRepository"), "not_supported"
    )
    assert not result["changed"]
    assert scene.patches(mark) == []


def test_a_version_is_expected_of_releases_too(scene: Scene) -> None:
    right, wrong = scene.reconciles(
        {"kinds": ["HelmRelease"], "names": ["web"], "expected_revision": SECOND},
        {"kinds": ["HelmRelease"], "names": ["web"], "expected_revision": FIRST},
    )
    assert verdicts(right) == dict.fromkeys(("charts", "charts-web", "web"), "reconciled")
    assert wrong["failed"]
    assert rows(wrong)["web"]["message"] == f"is at {SECOND}, expected is {FIRST}"
