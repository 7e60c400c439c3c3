"""One object's story as a whole: complete for every kind, and small whatever the cluster holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import Entry
from ansible_collections.gitops.flux.plugins.module_utils._flux.look import LOGS, Workload
from ansible_collections.gitops.flux.plugins.module_utils._flux.pods import pod_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.story import MOST_LINES, Limits

from tests.gates.tree import ROOT
from tests.unit.flux_objects import (
    Item,
    ago,
    condition,
    event,
    git_repository,
    helm_release,
    kustomization,
    ready,
    release,
)
from tests.unit.stories import crashing_pod, recorded, story

RECORDED = sorted(path.relative_to(ROOT / "tests/fixtures") for path in ROOT.glob("tests/fixtures/*/*__*.yaml"))
WEB = Ref("Deployment", "apps", "web")
BROKEN = git_repository("fleet", ready("False", "GitOperationFailed", "connection refused"), artifact=None)
WAITING = ready("False", "DependencyNotReady", "dependency 'flux-system/infra' is not ready")
BEHIND_INFRA = {"dependsOn": [{"name": "infra"}]}


@pytest.mark.parametrize("path", RECORDED, ids=str)
def test_every_recorded_object_has_a_story(path: Path) -> None:
    item, others, now = recorded(str(path.with_suffix("")))
    told = story(item, *others, now=now)
    assert told["object"]["status"] == path.name.partition("__")[0]
    assert told["message"].startswith(f"{item['kind']} {item['metadata']['namespace']}/{item['metadata']['name']} is ")
    assert json.loads(json.dumps(told)) == told


def test_the_causes_are_those_it_hangs_on_and_no_others() -> None:
    infra = kustomization("infra", ready("False", "BuildFailed", "kustomize build failed"))
    waiting = kustomization("apps", WAITING, spec=BEHIND_INFRA)
    unrelated = kustomization("other", ready("False", "BuildFailed", "something else"))
    told = story(waiting, infra, unrelated, git_repository())
    assert [(cause["name"], cause["relation"], cause["victims_count"]) for cause in told["causes"]] == [
        ("infra", "victim", 1)
    ]
    assert told["causes"][0]["commands"][0]["writes"] is False
    assert [(c["name"], c["relation"]) for c in story(infra, waiting, git_repository())["causes"]] == [
        ("infra", "itself")
    ]
    assert story(git_repository(), infra)["causes"] == []


def test_a_cause_with_thousands_of_victims_stays_small() -> None:
    infra = kustomization("infra", ready("False", "BuildFailed", "kustomize build failed"))
    waiting = [kustomization(f"app-{number:04}", WAITING, spec=BEHIND_INFRA) for number in range(1500)]
    (cause,) = story(infra, *waiting, git_repository())["causes"]
    assert (cause["victims_count"], len(cause["victims"])) == (1500, 20)


def test_three_revisions_that_differ() -> None:
    item, others, now = recorded("helmrelease/stalled__retries_exceeded")
    told = story(item, *others, now=now)
    revisions = told["object"]["revisions"]
    assert revisions["asked_for"] == "chart demo-config 2.0.0"
    assert (revisions["attempted"], revisions["running"]) == ("2.0.0", "1.0.0")
    assert [(row["revision"], row["status"]) for row in told["release"]["revisions"]] == [
        (2, "failed"),
        (1, "deployed"),
    ]


def test_a_kustomization_that_lags_behind_its_source() -> None:
    item, others, now = recorded("kustomization/ready__behind")
    revisions = story(item, *others, now=now)["object"]["revisions"]
    assert revisions["offered"] != revisions["running"]


def test_children_that_are_not_well() -> None:
    ids = [
        "apps_web_helm.toolkit.fluxcd.io_HelmRelease",
        "apps_gone_helm.toolkit.fluxcd.io_HelmRelease",
        "apps_web_apps_Deployment",
    ]
    parent = kustomization(status={"inventory": {"entries": [{"id": each, "v": "v1"} for each in ids]}})
    child = helm_release(
        "web", ready("False", "UpgradeFailed", "no"), status={"history": [release(2, "1.3.0", "failed")]}
    )
    inventory = story(parent, child)["inventory"]
    assert (inventory["total"], inventory["children"], inventory["children_not_well"]) == (3, 2, 2)
    assert [(row["name"], row["status"]) for row in inventory["not_well"]] == [("web", "failed"), ("gone", "missing")]


def test_what_lives_on_another_cluster_is_not_judged_by_this_one() -> None:
    ids = [{"id": "apps_web_helm.toolkit.fluxcd.io_HelmRelease", "v": "v1"}]
    remote = kustomization(
        spec={"kubeConfig": {"secretRef": {"name": "there"}}}, status={"inventory": {"entries": ids}}
    )
    told = story(remote)
    assert (told["inventory"]["remote"], told["inventory"]["not_well"]) == (True, [])


def test_events_about_the_object_and_then_about_its_workloads() -> None:
    item = kustomization()
    of_pod = event(item, "FailedScheduling", last=10)
    of_pod["involvedObject"] = {"kind": "Pod", "namespace": "apps", "name": "web-1", "apiVersion": "v1"}
    raw = [event(item, "ReconciliationSucceeded", warning=False, last=500), of_pod, event(item, "BuildFailed", last=20)]
    told = story(item, look={"events": events_of(raw)})
    assert [row["reason"] for row in told["events"]] == ["BuildFailed", "ReconciliationSucceeded", "FailedScheduling"]


def test_only_log_lines_about_the_object_are_kept() -> None:
    about = {
        "kind": "Kustomization",
        "namespace": "flux-system",
        "at": None,
        "level": "error",
        "controller": "k",
        "pod": "k",
    }
    lines = [about | {"name": name, "message": f"{name} {number}"} for number in range(30) for name in ("app", "other")]
    told = story(kustomization(), logs=lines)
    assert [line["message"] for line in told["controller_logs"]] == [f"app {number}" for number in range(10, 30)]


def test_what_could_not_be_seen_is_said() -> None:
    gap = {"what": "pods of Deployment/apps/web", "state": "forbidden", "message": "no"}
    told = story(
        kustomization(), coverage={"HelmRelease": {"state": "forbidden", "message": "no"}}, look={"gaps": [gap]}
    )
    assert [row["what"] for row in told["not_seen"]] == ["HelmRelease", "pods of Deployment/apps/web"]


def huge() -> Item:
    """The largest story there can be: long messages, a full inventory, every workload broken."""
    long = "x" * 3_000
    item = kustomization(
        "app",
        ready("False", "HealthCheckFailed", long),
        *(condition(f"T{each}", "False", "R", long) for each in range(5)),
    )
    entries = [Entry("apps", "Deployment", f"namespace-{each % 40}", f"deployment-{each:05}") for each in range(20_000)]
    troubled = [Workload(entry.ref, long[:600], "app=web") for entry in entries[:2000]]
    container = crashing_pod()["status"]["containerStatuses"][0]
    container |= {"state": {"waiting": {"reason": "R", "message": long}}, "image": long}
    pod = crashing_pod(message=long, containerStatuses=[container] * 30)
    pods = {each.ref: pod_rows([pod] * 50) for each in troubled[:10]}
    log = {"namespace": "apps", "pod": "web", "container": "app", "previous": False, "lines": ["y" * 302] * MOST_LINES}
    raw = [event(item, f"Reason{each}", message=long) for each in range(500)]
    line = {"kind": "Kustomization", "namespace": "flux-system", "name": "app", "at": ago(0), "message": long}
    look = {"entries": entries, "troubled": troubled, "pods": pods, "logs": [log] * LOGS, "events": events_of(raw)}
    return story(item, BROKEN, look=look, logs=[line] * 500, limits=Limits(MOST_LINES, MOST_LINES))


def test_the_largest_story_still_fits_a_task_of_awx() -> None:
    told = huge()
    assert told["inventory"]["total"] == 20_000
    assert told["inventory"]["workloads_not_well"] == 2000
    assert len(json.dumps(told)) < 700_000
