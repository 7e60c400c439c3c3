"""What flux_info gathers beside the objects."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.integration.playbook import Ansible, Json, title
from tests.integration.reading.names import LONG_NAME, OTTAWA, PARTS, names_of
from tests.testbed.cluster import Cluster


@pytest.fixture(scope="module")
def parts(ottawa: Cluster, ansible: Ansible) -> dict[str, Json]:
    """Results with one part each, and one with none."""
    assert ottawa
    results = ansible.infos(OTTAWA, *(OTTAWA | {"gather": [part]} for part in PARTS))
    return dict(zip(("nothing", *PARTS), results, strict=True))


@pytest.mark.parametrize("part", ["nothing", *PARTS])
def test_only_what_is_gathered_is_returned(parts: dict[str, Json], part: str) -> None:
    assert set(PARTS) & set(parts[part]) == {part} - {"nothing"}


def test_helm_history_is_what_helm_itself_says(whole: Json, ottawa: Cluster) -> None:
    assert len(whole["helm_history"]) == 4
    for release in whole["helm_history"]:
        found = [
            (row["revision"], row["status"], f"{row['chart']}-{row['chart_version']}", row["app_version"])
            for row in reversed(release["revisions"])
        ]
        assert found == _helm_history(ottawa, release["storage_namespace"], release["release_name"])


def _helm_history(cluster: Cluster, namespace: str, release: str) -> list[tuple[int, str, str, str]]:
    """As the test bed, so that reading Helm's Secrets leaves nothing in the audit log."""
    command = [
        str(cluster.paths.bin / "helm"), "--kubeconfig", str(cluster.kubeconfig("testbed")),
        "history", release, "--namespace", namespace, "--output", "json",
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [(row["revision"], row["status"], row["chart"], row["app_version"]) for row in json.loads(done.stdout)]


def test_release_names_follow_helm_controllers_rules(whole: Json) -> None:
    by_name = {row["name"]: row for row in whole["helm_history"]}
    elsewhere, long = by_name["elsewhere"], by_name[LONG_NAME]
    assert elsewhere["release_name"] == "monitoring-elsewhere"
    assert (elsewhere["storage_namespace"], elsewhere["release_namespace"]) == ("apps", "monitoring")
    assert (long["storage_namespace"], long["release_namespace"]) == ("monitoring", "monitoring")
    assert len(long["release_name"]) == 53


def test_settings_are_keys_and_never_values(whole: Json, ansible: Ansible) -> None:
    assert [(row["name"], row["exists"], row["keys"]) for row in whole["settings"]] == [
        ("cluster-settings", True, ["cluster", "replicas"]),
        ("common-settings", True, ["domain", "timezone"]),
    ]
    assert "example.internal" not in json.dumps(whole["settings"])
    other = ansible.info(**OTTAWA, gather=["settings"], settings_config_maps=["none-of-that-name"])
    assert [(row["name"], row["exists"], row["keys"]) for row in other["settings"]] == [
        ("none-of-that-name", False, [])
    ]


def test_controllers_are_the_deployments_and_their_pods(whole: Json, ottawa: Cluster) -> None:
    listed = json.loads(ottawa.kubectl("get", "deployment", "-n", "flux-system", "-o", "json"))["items"]
    assert {row["name"] for row in whole["controllers"]} == {item["metadata"]["name"] for item in listed}
    for row in whole["controllers"]:
        assert (row["state"], row["ready"], row["desired"], row["available"]) == ("ready", 1, 1, 1)
        assert row["version"]
        assert row["image"].endswith(row["version"])
        assert [(pod["phase"], pod["ready"], pod["restarts"]) for pod in row["pods"]] == [("Running", True, 0)]
        assert row["started_at"] < whole["read_at"]


def test_logs_are_the_controllers_own_lines(whole: Json) -> None:
    assert whole["coverage"]["Log"]["state"] == "ok", whole["coverage"]["Log"]
    assert {"source-controller", "kustomize-controller", "helm-controller"} <= {r["controller"] for r in whole["logs"]}
    about = {title(row) for row in whole["logs"] if row["kind"]}
    assert "GitRepository/flux-system/flux-system" in about
    counts = [
        sum(row["controller"] == name for row in whole["logs"]) for name in {r["controller"] for r in whole["logs"]}
    ]
    assert max(counts) <= 50


def test_logs_are_about_unhealthy_objects_unless_all_are_wanted(parts: dict[str, Json]) -> None:
    bad = {title(record) for record in parts["logs"]["objects"] if record["status"] != "ready"}
    assert {title(row) for row in parts["logs"]["logs"]} <= bad


def test_events_are_the_newest_about_flux_objects(whole: Json) -> None:
    times = [event["last_at"] for event in whole["events"]]
    assert times == sorted(times, reverse=True)
    seen = {(title(event), event["component"]) for event in whole["events"]}
    assert ("GitRepository/flux-system/flux-system", "source-controller") in seen


def test_check_mode_is_the_same_reading(whole: Json, ansible: Ansible) -> None:
    (found,) = ansible.tasks([{"gitops.flux.flux_info": OTTAWA, "check_mode": True}])
    assert names_of(found) == names_of(whole)
    assert not found["changed"]
