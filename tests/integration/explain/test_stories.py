"""Stories of objects that are broken for real, from the commit to the log lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.explain.conftest import MARKER, Explain, Explained
from tests.integration.playbook import Json
from tests.integration.traces import Traces
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

NAME = "ottawa-kustomization-explained-never-ready"
RELEASE = "ottawa-helmrelease-explained-out-of-retries"
HERE = ("--limit", "ottawa")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "ansible.log"


@pytest.fixture(scope="module")
def asked(ottawa: Cluster, explain: Explain, traces: Traces, log: Path) -> tuple[Explained, Json]:
    """The run at -vvv, and how many requests each server got of it."""
    assert ottawa
    before = traces.marks()
    done = explain("Kustomization", "explained", "never-ready", *HERE, "-vvv", env={"ANSIBLE_LOG_PATH": str(log)})
    return done, {server: len(found) for server, found in traces.everywhere(before).items()}


@pytest.fixture(scope="module")
def done(asked: tuple[Explained, Json]) -> Explained:
    return asked[0]


@pytest.fixture(scope="module")
def story(done: Explained) -> Json:
    assert done.rc == 0, done.text
    return done.story(NAME)


def test_a_story_of_something_broken_is_no_failure(done: Explained, story: Json) -> None:
    assert done.recap("ottawa")["failed"] == 0
    assert (story["found"], story["object"]["status"]) == (True, "failed")
    assert story["object"]["reason"] == "HealthCheckFailed"
    assert f"report: {done.folder}" in done.stdout


def test_from_the_commit_to_the_object(bed: Bed, story: Json) -> None:
    assert (story["commit"]["commit"], story["commit"]["ref"]) == (bed.repository.head(), "main")
    assert [(row["kind"], row["status"]) for row in story["sources"]] == [("GitRepository", "ready")]
    assert story["sources"][0]["wanted"] == "branch main"
    revisions = story["object"]["revisions"]
    assert revisions["offered"] == revisions["attempted"]
    assert revisions["running"] is None


def test_its_inventory_and_the_workloads_that_are_not_well(story: Json) -> None:
    inventory = story["inventory"]
    assert {row["kind"]: row["count"] for row in inventory["kinds"]} == {"ConfigMap": 1, "Deployment": 2}
    assert (inventory["workloads_looked_at"], inventory["workloads_not_well"]) == (2, 2)
    assert {row["name"]: row["message"] for row in story["workloads"]} == {
        "crashing": "0 of 1 available",
        "unschedulable": "0 of 1 available",
    }


def workload(story: Json, name: str) -> Json:
    found: Json = next(row for row in story["workloads"] if row["name"] == name)
    return found


def test_a_pod_without_a_node(story: Json) -> None:
    (pod,) = workload(story, "unschedulable")["pods"]
    assert pod["phase"] == "Pending"
    assert "Unschedulable" in pod["message"]
    events = [row for row in story["events"] if row["kind"] == "Pod" and row["name"] == pod["name"]]
    assert {row["reason"] for row in events} == {"FailedScheduling"}


def test_a_container_that_ends_again_and_again_with_both_of_its_logs(story: Json) -> None:
    (pod,) = workload(story, "crashing")["pods"]
    (container,) = pod["containers"]
    assert (container["reason"], container["restarts"]) == ("CrashLoopBackOff", 4)
    assert (container["last"]["exit_code"], container["last"]["message"]) == (3, "token: ***")
    logs = {row["previous"]: row for row in story["logs"] if row["pod"] == pod["name"]}
    assert logs[False]["lines"][-1].endswith("fatal: no such table")
    assert logs[True]["lines"][-1].endswith("fatal: no such column")


def test_the_causes_it_hangs_on(story: Json, explain: Explain) -> None:
    (cause,) = story["causes"]
    assert (cause["relation"], cause["class"], cause["name"]) == ("itself", "health_check", "never-ready")
    assert cause["victims"] == ["Kustomization/explained/waits"]
    waiting = explain("ks", "explained", "waits", *HERE)
    (other,) = waiting.story("ottawa-kustomization-explained-waits")["causes"]
    assert (waiting.rc, other["relation"], other["name"]) == (0, "victim", "never-ready")


def test_the_printed_command_is_a_command(bed: Bed, done: Explained, story: Json) -> None:
    command = story["causes"][0]["commands"][0]["command"]
    assert "--context talos-ottawa" in command
    assert f"`{command}`" in done.report(NAME)
    assert str(bed.kubeconfig) in command


def test_the_report_reads_from_top_to_bottom(done: Explained) -> None:
    text = done.report(NAME)
    assert text.startswith("# Ottawa: Kustomization explained/never-ready FAILED")
    titles = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert titles == [
        "Why",
        "From the commit to the object",
        "The object",
        "What it has put on the cluster (3 objects)",
        "Workloads that are not well",
        "Events",
        "Last log lines",
    ]


def test_it_asks_little_and_only_its_own_cluster(asked: tuple[Explained, Json]) -> None:
    assert set(asked[1]) == {"ottawa"}
    assert asked[1]["ottawa"] < 19 + 40


@pytest.fixture(scope="module")
def release(ottawa: Cluster, explain: Explain, log: Path) -> Explained:
    assert ottawa
    return explain("hr", "explained", "out-of-retries", *HERE, "-vvv", env={"ANSIBLE_LOG_PATH": str(log)})


def test_a_release_out_of_retries(release: Explained) -> None:
    assert release.rc == 0, release.text
    told = release.story(RELEASE)
    assert (told["object"]["status"], told["object"]["reason"]) == ("stalled", "RetriesExceeded")
    assert [(row["revision"], row["status"]) for row in told["release"]["revisions"]] == [
        (2, "failed"),
        (1, "deployed"),
    ]
    assert told["object"]["running"]["chart_version"] == "1.0.0"
    assert [row["kind"] for row in told["sources"]] == ["HelmChart", "HelmRepository"]
    assert {row["class"] for row in told["causes"]} == {"retries_exceeded"}
    assert told["inventory"]["total"] >= 1
    text = release.report(RELEASE)
    assert "## Helm release" in text
    assert "| 2        | failed" in text


def test_no_secret_of_any_kind_is_told(done: Explained, release: Explained, log: Path) -> None:
    """In a Secret, in substitutions, in values, in a pod's environment, its log, and in how it ended."""
    texts = {"play": done.text + release.text, "log": log.read_text(), **done.files, **release.files}
    assert len(texts) == 6
    assert "crashing" in texts["log"]
    assert [name for name, text in texts.items() if MARKER in text] == []
    assert any("***" in text for text in done.files.values())


def test_no_write_no_secret_and_no_config_map(traces: Traces, done: Explained, release: Explained) -> None:
    assert (done.rc, release.rc) == (0, 0)
    requests = traces.of("ottawa")
    assert len(requests) > 40
    assert {request.verb for request in requests if request.resource != "selfsubjectreviews"} <= {"get", "list"}
    assert [request.uri for request in requests if request.resource == "secrets"] == []
    assert [request.uri for request in requests if "/namespaces/explained/configmaps" in request.uri] == []
    assert traces.of("forbidden") == []
