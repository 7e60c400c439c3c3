"""Jobs that wait: what AWX sees of it while they do, and what it knows afterwards."""

from __future__ import annotations

from datetime import datetime

from tests.integration.playbook import HOSTS
from tests.integration.runner.job import MOST_CHARACTERS, Job, Jobs, assert_nothing_secret, bearer_token, fleet
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

TASK = "Wait until it is applied and healthy"
# Two letters and five digits: no commit, and nothing a number could be made of.
NEVER = {"wait_revision": "ab12345", "wait_namespace": "flux-system", "wait_timeout": "8", "wait_kinds": ""}


def head(cluster: Cluster) -> str:
    """The commit the cluster has fetched."""
    path = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/flux-system"
    revision: str = cluster.get(path)["status"]["artifact"]["revision"]
    return revision.partition("sha1:")[2]


def moment(event: dict[str, str]) -> float:
    return datetime.fromisoformat(event["created"]).timestamp()


def assert_live(job: Job, host: str, task: str) -> None:
    """The lines of a cluster came one by one and before the result; where the event has a parent, it is the task."""
    lines = job.progress(host)
    assert len(lines) >= 2, [line["stdout"] for line in lines]
    result = next(
        event
        for event in job.named("runner_on_ok", "runner_on_failed")
        if (event["event_data"]["host"], event["event_data"]["task"]) == (host, task)
    )
    assert all(line["counter"] < result["counter"] for line in lines)
    assert moment(result) - moment(lines[0]) > 2.0, "live, not all at the end"
    # With ansible-core 2.16, lines of a worker have none.
    assert {line.get("parent_uuid") for line in lines} <= {result["parent_uuid"], None}


def test_lines_come_live_and_belong_to_their_task(jobs: Jobs, bed: Bed) -> None:
    job = jobs.streamed(jobs.prepared(fleet(*HOSTS), NEVER), "wait.yml")
    assert (job.status, job.rc) == ("failed", 2), job.text
    for host in HOSTS:
        assert_live(job, host, TASK)
        assert "waiting for flux-system" in job.progress(host)[0]["stdout"]
        assert "5/5 done" in job.progress(host)[-1]["stdout"]
        assert job.result(host, TASK)["summary"]["bad"] > 0
    assert job.largest_result() < MOST_CHARACTERS / 10
    assert_nothing_secret(job, bed)


def test_a_commit_that_is_there_ends_the_wait_at_once(jobs: Jobs, bed: Bed) -> None:
    """With AWX's own credential, one cluster a job."""
    cluster = bed.cluster("robbinsdale")
    hosts = {"robbinsdale": {"flux_auth": "environment", "flux_cluster_uid": cluster.uid()}}
    answers = NEVER | {"wait_revision": head(cluster), "wait_timeout": "60"}
    job = jobs.streamed(jobs.prepared(hosts, answers, bearer_token(cluster)), "wait.yml")
    assert (job.status, job.rc) == ("successful", 0), job.text
    waited = job.stats["gitops_flux_wait"]["robbinsdale"]
    assert waited["objects"] >= 5
    assert waited["seconds"] < 60
    assert_nothing_secret(job, bed)
