"""Jobs that act: cancelled while they wait, finished by the next one, previewed, and known by who launched them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.maintenance.branch import Branch
from tests.integration.objects import applied, read, wait_for
from tests.integration.runner.job import MOST_CHARACTERS, Job, Jobs, Json, assert_nothing_secret, fleet
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

HOST = "ottawa"
LINE = rf"{HOST} \d+/\d+ done"
SCENE = Path(__file__).with_name("scene.yaml")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: late, namespace: jobs}
spec:
  selector: {matchLabels: {app: late}}
  template:
    metadata: {labels: {app: late}}
    spec: {containers: [{name: late, image: registry.example.com/late:1}]}
"""
# As a survey sends them.
RECONCILE = {
    "reconcile_all_mode": "all",
    "reconcile_all_namespaces": "jobs\n",
    "reconcile_all_timeout": "120",
    "reconcile_all_serial": "100%",
    "reconcile_all_allow_known_failures": "false",
}
START = {
    "maintenance_window_change": "CHG-41",
    "maintenance_window_reason": "disk swap",
    "maintenance_window_ticket": "",
    "maintenance_window_until": "2030-12-01",
    "maintenance_window_kinds": "",
    "maintenance_window_namespaces": "jobs",
    "maintenance_window_names": "quick\nslow",
    "maintenance_window_label_selectors": "",
    # What AWX adds to every job by itself.
    "awx_user_name": "ops-user",
}
END = {"maintenance_window_change": "CHG-41", "maintenance_window_timeout": "120"}


@pytest.fixture(scope="module")
def scene(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = bed.cluster(HOST)
    branch = Branch("jobs", tmp_path_factory.mktemp("branch"), bed.paths)
    branch.publish({f"{name}/map.yaml": CONFIG_MAP.format(name=name) for name in ("quick", "slow")})
    try:
        with applied(cluster, SCENE.read_text().replace("@URL@", bed.values(HOST)["GIT_URL"])):
            wait_for(cluster, "kustomization", "jobs/quick", "Ready", "True")
            yield cluster
    finally:
        branch.delete()


@contextmanager
def healthy(cluster: Cluster) -> Iterator[None]:
    """What the upper layer waits for is there."""
    with applied(cluster, DEPLOYMENT):
        wait_for(cluster, "kustomization", "jobs/slow", "Ready", "True")
        yield


def layers(cluster: Cluster) -> dict[str, Json]:
    return {name: read(cluster, "kustomization", "jobs", name) for name in ("quick", "slow")}


def notes(layer: Json) -> dict[str, str]:
    """What our annotations say, without their prefix."""
    found = layer["metadata"].get("annotations", {})
    return {key.removeprefix("gitops.flux/suspended-"): value for key, value in found.items() if "suspended" in key}


def suspended(cluster: Cluster) -> dict[str, bool]:
    return {name: layer["spec"].get("suspend", False) for name, layer in layers(cluster).items()}


def assert_cancelled(job: Job) -> None:
    """It was shown until then, and it came to no end of its own."""
    assert (job.status, job.rc) == ("canceled", 254)
    assert any(re.match(LINE, event["stdout"]) for event in job.named("verbose"))
    assert job.named("playbook_on_stats") == []


def assert_succeeded(job: Job, bed: Bed) -> None:
    assert (job.status, job.rc) == ("successful", 0), job.text
    assert job.largest_result() < MOST_CHARACTERS / 10
    assert_nothing_secret(job, bed)


def test_a_cancelled_reconcile_is_done_by_the_next_one(scene: Cluster, jobs: Jobs, bed: Bed) -> None:
    assert_cancelled(jobs.cancelled(jobs.prepared(fleet(HOST), RECONCILE), "reconcile_all.yml", LINE))
    assert not any(suspended(scene).values())
    with healthy(scene):
        job = jobs.streamed(jobs.prepared(fleet(HOST), RECONCILE), "reconcile_all.yml")
        assert_succeeded(job, bed)
        assert job.stats["gitops_flux_reconcile"]
        result = next(
            each for each in job.named("runner_on_ok") if "Reconcile the cluster" in each["event_data"]["task"]
        )
        lines = job.progress(HOST)
        assert lines[-1]["stdout"].startswith(f"{HOST} 3/3 done")
        assert all(line["counter"] < result["counter"] for line in lines)


def test_a_start_as_a_check_writes_nothing(scene: Cluster, jobs: Jobs, bed: Bed) -> None:
    job = jobs.ran(jobs.prepared(fleet(HOST), START), "maintenance_start.yml", "--cmdline=--check")
    assert_succeeded(job, bed)
    assert suspended(scene) == {"quick": False, "slow": False}
    assert [notes(layer) for layer in layers(scene).values()] == [{}, {}]


def test_a_cancelled_start_is_finished_by_the_same_one_and_the_end_undoes_it(
    scene: Cluster, jobs: Jobs, bed: Bed
) -> None:
    # A run that waits for the Deployment holds the barrier up.
    wait_for(scene, "kustomization", "jobs/slow", "Ready", "Unknown")
    assert_cancelled(jobs.cancelled(jobs.prepared(fleet(HOST), START), "maintenance_start.yml", LINE))
    assert suspended(scene)["slow"], "paused it was, when nobody waited any more"
    assert_succeeded(jobs.streamed(jobs.prepared(fleet(HOST), START), "maintenance_start.yml"), bed)
    for layer in layers(scene).values():
        said = notes(layer)
        assert layer["spec"]["suspend"]
        assert (said["by"], said["reason"], said["change"]) == ("ops-user", "disk swap", "CHG-41")
        assert said["until"] == "2030-12-02T00:00:00Z", "a day lasts to its end"
        assert "ticket" not in said
    scene.apply(DEPLOYMENT)
    assert_succeeded(jobs.streamed(jobs.prepared(fleet(HOST), END), "maintenance_end.yml"), bed)
    assert suspended(scene) == {"quick": False, "slow": False}
    assert [notes(layer) for layer in layers(scene).values()] == [{}, {}]
    wait_for(scene, "kustomization", "jobs/slow", "Ready", "True")


def test_what_is_paused_is_listed_and_fails_only_when_asked(scene: Cluster, jobs: Jobs, bed: Bed) -> None:
    answers = {"suspensions_max_age": "0s", "suspensions_fail_on_overdue": "false"}
    patch = '{"spec": {"suspend": %s}}'
    scene.kubectl("-n", "jobs", "patch", "kustomization", "quick", "--type=merge", "-p", patch % "true")
    try:
        assert_succeeded(jobs.streamed(jobs.prepared(fleet(HOST), answers), "suspensions.yml"), bed)
        failing = answers | {"suspensions_fail_on_overdue": "true"}
        job = jobs.streamed(jobs.prepared(fleet(HOST), failing), "suspensions.yml")
        assert (job.status, job.rc) == ("failed", 2), job.text
    finally:
        scene.kubectl("-n", "jobs", "patch", "kustomization", "quick", "--type=merge", "-p", patch % "null")
