"""What flux_helm_history says when there is no history to tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.objects import applied
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.history_desk import Desk
from tests.integration.rollback.odd_charts import published
from tests.testbed.bed import Bed

READER = "hist-reader"
RIGHTS = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: {READER}}}
rules:
  - {{apiGroups: [helm.toolkit.fluxcd.io], resources: [helmreleases], verbs: [get, list]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {READER}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {READER}}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: {READER}}}]
"""


@pytest.fixture(scope="module")
def desk(bed: Bed, make_scene: MakeScene) -> Iterator[Desk]:
    with published(bed):
        yield Desk(make_scene("ottawa", "hist"))


@pytest.fixture(scope="module")
def untold(desk: Desk) -> str:
    """A HelmRelease that has installed nothing, one of another cluster, and one that is well: the namespace."""
    namespace = desk.scene.namespace("untold")
    desk.release(namespace, "fresh", suspend=True)
    desk.release(namespace, "far", suspend=True, kubeConfig={"secretRef": {"name": "far-cluster"}})
    desk.release(namespace, "well")
    desk.wait_revision(namespace, "well", 1)
    return namespace


def test_what_has_no_history_here_says_why(untold: str, desk: Desk) -> None:
    result = desk.history((untold, "fresh"), (untold, "far"), (untold, "well"))
    assert not result.get("failed")
    fresh, far, well = result["releases"]
    assert (fresh["state"], far["state"], well["state"]) == ("none", "remote", "ok")
    assert fresh["message"] == f"namespace {untold} holds no revision of a release fresh yet"
    assert far["message"] == (
        f"HelmRelease/{untold}/far installs into the cluster of spec.kubeConfig (Secret far-cluster): "
        "its release is stored there"
    )
    assert fresh["release"] == {"name": "fresh", "storage_namespace": untold, "release_namespace": untold}
    assert fresh["revisions"] == far["revisions"] == []
    assert well["message"].endswith("; there is no revision to go back to")


def test_a_release_that_is_missing_is_named_with_its_neighbours(untold: str, desk: Desk) -> None:
    result = desk.history((untold, "wel"), (untold, "well"))
    assert result["failed"]
    assert result["msg"] == (
        f"HelmRelease {untold}/wel does not exist; in namespace {untold} those there are well, far, fresh."
    )
    missing, well = result["releases"]
    assert (missing["state"], missing["release"], well["state"]) == ("missing", None, "ok")


def test_a_right_that_is_missing_is_named(desk: Desk, untold: str) -> None:
    with applied(desk.scene.cluster, RIGHTS):
        result = desk.history(untold, "well", impersonate_user=READER)
    assert result["failed"]
    assert f"the right to list secrets in namespace {untold} is missing" in result["msg"]
    (entry,) = result["releases"]
    assert (entry["state"], entry["release"]["name"], entry["revisions"]) == ("forbidden", "well", [])
    nobody = desk.history(untold, "well", impersonate_user="hist-nobody")
    assert nobody["failed"]
    assert nobody["releases"][0]["state"] == "forbidden"
    assert "helmreleases" in nobody["msg"]


def test_check_mode_reads_the_same(desk: Desk, untold: str) -> None:
    call = {"namespace": untold, "name": "well"}
    read, checked = desk.scene.tasks("flux_helm_history", call, call | {"_check_mode": True})
    assert checked["releases"] == read["releases"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "No HelmRelease is named. Give namespace and name, or releases, a list of both."),
        ({"namespace": "a"}, "It is not clear which HelmRelease is meant."),
        ({"namespace": "a", "name": "b", "compare": [1]}, "compare takes two different revisions, not [1]."),
        ({"namespace": "a/b", "name": "c"}, "'a/b' is no namespace of an object."),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Desk, options: Json, said: str) -> None:
    result = desk.history(**options) if options else desk.history(releases=[])
    assert result["failed"]
    assert result["msg"].startswith(said)
    assert result["error"]["type"] == "InvalidInput"
