"""A rollback as a workflow of AWX has it: the plan as a check, exactly that plan, and the finish when Git is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.integration.playbook import Ansible
from tests.integration.rollback.scene import BAD, FIXED, GOOD, Scene, publish_charts
from tests.integration.runner.job import MOST_CHARACTERS, Job, Jobs, Json, assert_nothing_secret, fleet
from tests.testbed.bed import Bed

HOST = "robbinsdale"


@pytest.fixture(scope="module")
def scene(bed: Bed, ansible: Ansible) -> Iterator[Scene]:
    publish_charts(bed)
    scene = Scene(bed, ansible, bed.cluster(HOST), "role-jobs")
    try:
        scene.good_then_bad(scene.namespace("apps"), "shop")
        yield scene
    finally:
        scene.remove()


@pytest.fixture(scope="module")
def answers(scene: Scene) -> dict[str, str]:
    """As a survey sends them, and what AWX adds by itself. helm stands for what the execution environment brings."""
    asked = {
        "namespace": scene.namespaces[0],
        "name": "shop",
        "confirm": "shop",
        "reason": "2.1.0 is bad",
        "ticket": "",
        "until": "12h",
        "revision": "",
        "strategy": "helm",
        "force": "true",
        "allow_delete": "",
        "allow_multiple": "false",
        "helm": scene.helm,
    }
    given = {f"helm_rollback_{name}": value for name, value in asked.items()}
    return given | {"awx_user_name": "ops-user", "awx_job_id": "41"}


def handed_on(jobs: Jobs, answers: Mapping[str, str], artifacts: Json, playbook: str, *arguments: str) -> Job:
    """A job that gets what an earlier one of its workflow has left: what was asked of the workflow wins."""
    private = jobs.prepared(fleet(HOST), answers)
    extra = private / "env/extravars"
    lines = [f"!unsafe {json.dumps(name)}: {json.dumps(value)}\n" for name, value in artifacts.items()]
    extra.write_text("".join(lines) + extra.read_text())
    return jobs.ran(private, playbook, *arguments)


def assert_well(job: Job, bed: Bed) -> None:
    assert (job.status, job.rc) == ("successful", 0), job.text
    assert job.largest_result() < MOST_CHARACTERS / 10
    assert_nothing_secret(job, bed)


def noted(scene: Scene) -> dict[str, str]:
    found: dict[str, str] = scene.read(scene.namespaces[0], "shop")["metadata"].get("annotations", {})
    return {key: value for key, value in found.items() if key.startswith("gitops.flux/")}


def test_a_workflow_carries_out_the_plan_that_was_approved(
    scene: Scene, jobs: Jobs, answers: dict[str, str], bed: Bed
) -> None:
    planned = handed_on(jobs, answers, {}, "helm_rollback.yml", "--cmdline=--check")
    assert_well(planned, bed)
    assert noted(scene) == {}
    plan = planned.stats["gitops_flux_helm_rollback"][HOST]
    assert (plan["check"], plan["ok"], plan["phase"]) == (True, True, "planned")
    assert (plan["source"]["chart_version"], plan["target"]["chart_version"]) == (BAD, GOOD)
    assert plan["deletes"] == [f"ConfigMap/{scene.namespaces[0]}/shop-added"]
    assert planned.stats["helm_rollback_plan_digest"] == {HOST: plan["plan_digest"]}

    other = planned.stats | {"helm_rollback_plan_digest": {HOST: "sha256:0000"}}
    refused = handed_on(jobs, answers, other, "helm_rollback.yml")
    assert (refused.status, refused.rc) == ("failed", 2), refused.text
    assert noted(scene) == {}

    done = handed_on(jobs, answers, planned.stats, "helm_rollback.yml")
    assert_well(done, bed)
    scene.is_good(scene.namespaces[0], "shop")
    assert noted(scene)["gitops.flux/suspended-by"] == "ops-user"
    # The inventory of a job is nothing to type.
    (typed,) = [line for line in done.text.splitlines() if "next, " in line]
    assert " --limit robbinsdale " in typed
    assert " -i " not in typed
    # The digest of the rollback is none of the finish.
    assert done.stats["helm_rollback_plan_digest"] == {HOST: ""}

    early = handed_on(jobs, answers, done.stats, "helm_rollback_finish.yml")
    assert (early.status, early.rc) == ("failed", 2), early.text
    assert "gitops.flux/rollback" in noted(scene)
    scene.release(scene.namespaces[0], "shop", FIXED)
    ended = handed_on(jobs, answers, done.stats, "helm_rollback_finish.yml")
    assert_well(ended, bed)
    assert ended.stats["gitops_flux_helm_rollback"][HOST]["phase"] == "finished"
    assert noted(scene) == {}
    scene.wait_deployed(scene.namespaces[0], "shop", FIXED)


def test_an_answer_that_is_no_name_is_refused_before_anything_is_asked(
    scene: Scene, jobs: Jobs, answers: dict[str, str]
) -> None:
    wrong = answers | {"helm_rollback_confirm": "shopp"}
    mark = scene.bed.mark(HOST)
    job = handed_on(jobs, wrong, {}, "helm_rollback.yml")
    assert (job.status, job.rc) == ("failed", 2)
    assert "helm_rollback_confirm is 'shopp'" in job.text
    assert [each for each in scene.bed.audit(HOST, mark) if each.namespace == scene.namespaces[0]] == []
