"""Controllers that do nothing: one is gone while specs change, two hang while their pods stay ready.

Everything their objects say was true once. Robbinsdale's kustomize-controller is stopped; StPetersburg's
kustomize-controller hangs, then a commit arrives, then its source-controller hangs too. Ottawa is well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.objects import read, wait_for
from tests.integration.playbook import Ansible, Health
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster, documents
from tests.testbed.seeding import filled
from tests.testbed.undoing import delete_objects

OBJECTS = Path(__file__).with_name("hanging.yaml")
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: beat, namespace: hanging}}\ndata: {{commit: {number}}}\n"
# kustomize-controller gives every run half a minute: only after that an object is behind, and its controller silent.
PATIENCE = 45
QUICK = {"health_check_stale_after": "5s", "health_check_unobserved_after": "1s"}
STOPPED, SILENT = "Deployment/flux-system/kustomize-controller", "Deployment/flux-system/source-controller"


@contextmanager
def hanging(bed: Bed, cluster: Cluster) -> Iterator[float]:
    """Both controllers of a cluster hang, one before and one after a commit. Yields since when (monotonic)."""
    objects = filled(OBJECTS.read_text(), bed.values(cluster.name))
    with ExitStack() as stack:
        stack.callback(bed.repository.publish, "Nothing left")
        stack.callback(bed.repository.remove, "integration")
        stack.callback(delete_objects, cluster, list(documents(objects)))
        bed.commit({"integration/config.yaml": CONFIG.format(number='"1"')}, "First")
        cluster.apply(objects)
        for name in ("beat", "follower"):
            wait_for(cluster, "kustomization", f"hanging/{name}", "Ready", "True")
        stack.enter_context(bed.fault("controller_hangs", cluster=cluster.name, name="kustomize-controller"))
        commit = bed.commit({"integration/config.yaml": CONFIG.format(number='"2"')}, "Second")
        bed.reconcile(cluster.name, "gitrepository", "hanging", "followed")
        # A condition names the commit before its artifact is stored.
        bed.wait(lambda: commit in _read_followed(cluster)["artifact"]["revision"])
        stack.enter_context(bed.fault("controller_hangs", cluster=cluster.name, name="source-controller"))
        yield time.monotonic()


def _read_followed(cluster: Cluster) -> dict[str, Any]:
    status: dict[str, Any] = read(cluster, "gitrepository", "hanging", "followed")["status"]
    return status


@pytest.fixture(scope="module")
def done(bed: Bed, ansible: Ansible, reports: Callable[[], Path], settled: Callable[[], None]) -> Iterator[Health]:
    settled()
    try:
        with (
            hanging(bed, bed.cluster("stpetersburg")) as since,
            bed.scenario("spec_changed_while_down", "robbinsdale"),
        ):
            bed.wait(lambda: time.monotonic() > since + PATIENCE, PATIENCE + 10)
            yield ansible.health(reports(), extra=QUICK)
    finally:
        settled()


def test_ready_conditions_do_not_make_a_cluster_healthy(done: Health) -> None:
    assert done.rc == 2
    assert done.verdicts() == {"ottawa": "healthy", "robbinsdale": "degraded", "stpetersburg": "degraded"}
    assert done.causes("ottawa") == {}
    assert done.cluster("ottawa")["stale_sources"] == []


def test_a_stopped_controller_is_the_cause_of_what_nobody_looks_at(done: Health) -> None:
    causes = done.causes("robbinsdale")
    first = done.cluster("robbinsdale")["root_causes"][0]
    assert (first["kind"], first["name"], first["class"]) == ("Deployment", "kustomize-controller", "controller_down")
    victims = set(causes[STOPPED]["victims"])
    assert {f"Kustomization/flux-system/{name}" for name in ("apps", "infra", "infra-crds")} <= victims
    assert {f"Kustomization/spec-changed-while-down/{name}" for name in ("app", "late")} <= victims
    assert not any("HelmRelease" in victim or "GitRepository" in victim for victim in victims)


@pytest.mark.parametrize(
    ("name", "status", "flag"),
    [
        ("spec-changed-while-down/app", "progressing", "unobserved"),
        ("spec-changed-while-down/late", "progressing", "unobserved"),
        ("spec-changed-while-down/failing", "failed", "old_spec"),
    ],
)
def test_a_spec_changed_meanwhile_is_unobserved(done: Health, name: str, status: str, flag: str) -> None:
    record = done.record("robbinsdale", "Kustomization", name)
    assert record["status"] == status, record
    assert flag in record["flags"]


def test_nothing_on_that_cluster_is_simply_ready(done: Health) -> None:
    kustomizations = [each for each in done.cluster("robbinsdale")["objects"] if each["kind"] == "Kustomization"]
    assert len(kustomizations) > 4
    ready = [record for record in kustomizations if record["status"] == "ready"]
    assert all("unobserved" in record["flags"] for record in ready)


def test_the_report_says_the_controller_is_scaled_to_nothing(done: Health) -> None:
    row = next(each for each in done.cluster("robbinsdale")["controllers"] if each["name"] == "kustomize-controller")
    assert (row["state"], row["ready"], row["desired"]) == ("not_ready", 0, 0)
    text = done.report("robbinsdale")
    assert text.startswith("# Robbinsdale: DEGRADED")
    heading = next(line for line in text.splitlines() if line.startswith("### 1."))
    assert "kustomize-controller" in heading
    assert "scaled to 0" in text


def test_a_hanging_controller_is_silent_although_its_pod_is_ready(done: Health) -> None:
    rows = {row["name"]: row for row in done.cluster("stpetersburg")["controllers"]}
    for name in ("kustomize-controller", "source-controller"):
        assert (rows[name]["state"], rows[name]["ready"]) == ("silent", 1), rows[name]
        assert rows[name]["silent_seconds"] > 5
    assert rows["helm-controller"]["state"] == "ready"
    assert {STOPPED, SILENT} <= set(done.causes("stpetersburg"))
    assert "silent" in done.report("stpetersburg")


def test_a_commit_that_nobody_applies_leaves_its_kustomization_behind(done: Health) -> None:
    record = done.record("stpetersburg", "Kustomization", "hanging/follower")
    source = done.record("stpetersburg", "GitRepository", "hanging/followed")
    assert (record["status"], record["source"]["name"]) == ("ready", "followed")
    assert "behind" in record["flags"], (record, source)
    assert record["revision"] != source["artifact_revision"]
    assert "Kustomization/hanging/follower" in done.causes("stpetersburg")[STOPPED]["victims"]


def test_a_source_nobody_fetches_is_stale_by_its_silence(done: Health) -> None:
    stale = {row["name"]: row for row in done.cluster("stpetersburg")["stale_sources"] if row["namespace"] == "hanging"}
    assert (stale["beat"]["state"], stale["beat"]["evidence"]) == ("stale", "silent")
    assert stale["beat"]["silent_seconds"] > stale["beat"]["threshold_seconds"] == 5
    assert "followed" not in stale, "its interval is ten minutes: nothing is due yet"


def test_an_old_artifact_of_an_unchanged_repository_is_fresh(done: Health) -> None:
    """Older than stale_after, on the cluster whose source-controller goes on fetching it."""
    record = done.record("ottawa", "HelmRepository", "flux-system/charts")
    assert record["fetch"]["state"] == "fresh"
    assert (record["status"], record["flags"]) == ("ready", [])
