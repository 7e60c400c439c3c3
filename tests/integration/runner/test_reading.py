"""The playbooks that only read, as jobs: credentials, answers, artifacts, exit status, and no secret anywhere."""

from __future__ import annotations

from tests.integration.playbook import HOSTS
from tests.integration.runner.job import MOST_CHARACTERS, Jobs, assert_nothing_secret, bearer_token, fleet
from tests.testbed.bed import Bed

# As a survey sends them: texts only, lists with commas or line breaks, and what was left empty as nothing.
HEALTH_CHECK = {
    "health_check_report_dir": "reports",
    "health_check_required_kinds": "GitRepository, Kustomization\nHelmRelease",
    "health_check_fail_on": "degraded\nunreachable",
    "health_check_event_count": "5",
    "health_check_settle_time": "900",
    "health_check_kinds": "",
    "health_check_operator_port": "9080",
}
EXPLAIN = {
    "explain_kind": "ks",
    "explain_namespace": "flux-system",
    "explain_name": "apps",
    "explain_log_lines": "3",
    "explain_event_count": "4",
    "explain_expected_revision": "",
}


def test_one_job_for_many_clusters(jobs: Jobs, bed: Bed) -> None:
    job = jobs.streamed(jobs.prepared(fleet(*HOSTS), HEALTH_CHECK), "health_check.yml")
    assert (job.status, job.rc) == ("successful", 0), job.text
    health = job.stats["gitops_flux_health"]
    assert {host: cluster["verdict"] for host, cluster in health["clusters"].items()} == dict.fromkeys(HOSTS, "healthy")
    assert job.largest_result() < MOST_CHARACTERS / 10
    assert_nothing_secret(job, bed)


def test_one_cluster_with_the_bearer_token_of_awx(jobs: Jobs, bed: Bed) -> None:
    cluster = bed.cluster("ottawa")
    hosts = {"ottawa": {"flux_auth": "environment", "flux_cluster_uid": cluster.uid()}}
    job = jobs.streamed(jobs.prepared(hosts, HEALTH_CHECK, bearer_token(cluster)), "health_check.yml")
    assert (job.status, job.rc) == ("successful", 0), job.text
    assert job.stats["gitops_flux_health"]["clusters"]["ottawa"]["verdict"] == "healthy"
    assert_nothing_secret(job, bed)


def test_a_cluster_that_is_not_healthy_fails_the_job_and_is_named(jobs: Jobs, bed: Bed) -> None:
    hosts = fleet("ottawa") | {"robbinsdale": {"flux_context": "nobody-robbinsdale"}}
    job = jobs.ran(jobs.prepared(hosts, HEALTH_CHECK), "health_check.yml")
    assert (job.status, job.rc) == ("failed", 2), job.text
    failed = {event["event_data"]["host"] for event in job.named("runner_on_failed")}
    assert failed == {"robbinsdale"}
    assert job.stats["gitops_flux_health"]["clusters"]["robbinsdale"]["verdict"] != "healthy"
    assert_nothing_secret(job, bed)


def test_the_story_of_an_object(jobs: Jobs, bed: Bed) -> None:
    job = jobs.streamed(jobs.prepared(fleet("ottawa"), EXPLAIN), "explain.yml")
    assert (job.status, job.rc) == ("successful", 0), job.text
    story = job.result("ottawa", "Write down the story of the object")
    assert story["message"].startswith("Kustomization flux-system/apps is ready")
    assert job.largest_result() < MOST_CHARACTERS / 10
    assert_nothing_secret(job, bed)


def test_a_mistake_in_an_answer_fails_the_job_with_one_sentence(jobs: Jobs) -> None:
    answers = HEALTH_CHECK | {"health_check_settle_time": "soon"}
    job = jobs.streamed(jobs.prepared(fleet("ottawa"), answers), "health_check.yml")
    assert (job.status, job.rc) == ("failed", 2)
    assert "'soon' is not a duration" in job.text
