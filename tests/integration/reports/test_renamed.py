"""Every fixed name is a variable: the namespace, the root source, ConfigMaps, the operator, controllers and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from tests.integration.objects import applied, read, wait_for
from tests.integration.playbook import Ansible, Json
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.seeding import filled

CONTROLLERS = ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")
DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: gitops-system, labels: {{app.kubernetes.io/part-of: flux}}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: manager, image: "ghcr.io/fluxcd/{name}:v1.9.5"}}]}}
"""
OBJECTS = Path(__file__).with_name("renamed.yaml").read_text() + "".join(
    DEPLOYMENT.format(name=name) for name in (*CONTROLLERS, "flux-operator")
)
NAMES = {
    "flux_hosts": "my_clusters",
    "health_check_fleet_group": "my_clusters",
    "health_check_report_prefix": "state-of-flux",
    "health_check_root_source": "platform",
    "health_check_flux_namespace": "gitops-system",
    "health_check_settings_config_maps": ["our-settings"],
    "health_check_operator_instance": "flux",  # the API server takes no other
    "health_check_operator_service": "our-operator",
    "health_check_operator_port": 9999,
    "health_check_expected_controllers": ["source-controller"],
    "health_check_required_kinds": ["GitRepository"],
}


@pytest.fixture(scope="module")
def cluster(bed: Bed, settled: Callable[[], None]) -> Iterator[Cluster]:
    settled()
    cluster = bed.cluster("stpetersburg")
    with applied(cluster, filled(OBJECTS, bed.values(cluster.name))):
        wait_for(cluster, "gitrepository", "gitops-system/platform", "Ready", "True")
        _report_ready(cluster)
        path = "/apis/discovery.k8s.io/v1/namespaces/gitops-system/endpointslices"
        bed.wait(lambda: any(item["endpoints"] for item in cluster.get(path)["items"]), 30, "endpoints")
        bed.wait(lambda: all(_available(cluster, name) for name in (*CONTROLLERS, "flux-operator")))
        yield cluster


def _report_ready(cluster: Cluster) -> None:
    """The operator's own status: its program does not run here."""
    now = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    ready = {"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded", "observedGeneration": 1}
    status = {"conditions": [ready | {"message": "Reconciliation finished in 1s", "lastTransitionTime": now}]}
    patch = ("patch", "fluxinstance", "flux", "--subresource=status", "--type=merge", "-p")
    cluster.kubectl("-n", "gitops-system", *patch, json.dumps({"status": status}))


def _available(cluster: Cluster, name: str) -> bool:
    return bool(read(cluster, "deployment", "gitops-system", name).get("status", {}).get("availableReplicas") == 1)


@pytest.fixture(scope="module")
def folder(
    cluster: Cluster, bed: Bed, ansible: Ansible, reports: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The reports of a run in which nothing has its usual name."""
    variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    variables |= {"flux_kubeconfig": str(bed.kubeconfig), "flux_context": cluster.context}
    inventory = tmp_path_factory.mktemp("inventory") / "inventory.yml"
    group = {"hosts": {"st-pete": {}, "elsewhere": {}}, "vars": variables}
    inventory.write_text(yaml.safe_dump({"all": {"children": {"my_clusters": group}}}))
    folder = reports()
    done = ansible.health(folder, "--limit", "st-pete", extra=NAMES, inventory=inventory)
    assert done.rc == 0, done.text
    assert "1 of 2 clusters selected" in done.stdout
    return folder


@pytest.fixture(scope="module")
def entry(folder: Path) -> Json:
    entry: Json = json.loads((folder / "state-of-flux-fleet.json").read_text())["clusters"]["st-pete"]
    return entry


def test_the_reports_have_the_other_prefix(folder: Path) -> None:
    expected = {"state-of-flux-st-pete.md", "state-of-flux-fleet.md", "state-of-flux-fleet.json"}
    assert {file.name for file in folder.iterdir()} == expected
    assert "revision of platform" in (folder / "state-of-flux-fleet.md").read_text()


def test_controllers_and_settings_are_those_of_the_other_namespace(entry: Json) -> None:
    controllers = {(row["namespace"], row["name"]): row["state"] for row in entry["controllers"]}
    assert controllers == {("gitops-system", name): "ready" for name in (*CONTROLLERS, "flux-operator")}
    assert [(row["namespace"], row["name"], row["keys"]) for row in entry["settings"]] == [
        ("gitops-system", "our-settings", ["colour", "size"])
    ]


def test_the_operator_is_found_with_the_command_that_opens_its_page(entry: Json, cluster: Cluster, bed: Bed) -> None:
    operator = entry["operator"]
    assert operator["installed"]
    assert (operator["instance"]["name"], operator["instance"]["status"]) == ("flux", "ready")
    assert operator["service"] == {"exists": True, "port": 9999, "ready": True}
    aim = f"--kubeconfig {bed.kubeconfig} --context {cluster.context}"
    forward = f"kubectl {aim} -n gitops-system port-forward svc/our-operator 9999:9999"
    assert operator["command"] == forward


def test_an_instance_without_its_operator_is_not_healthy(
    cluster: Cluster, bed: Bed, ansible: Ansible, tmp_path: Path
) -> None:
    cluster.kubectl("-n", "gitops-system", "delete", "deployment", "flux-operator")
    bed.wait(lambda: "flux-operator" not in cluster.kubectl("-n", "gitops-system", "get", "pods", "-o", "name"))
    extra = {"health_check_flux_namespace": "gitops-system", "health_check_expected_controllers": ["source-controller"]}
    done = ansible.health(tmp_path, "--limit", "stpetersburg", extra=extra)
    assert done.rc == 2
    assert "Deployment/gitops-system/flux-operator" in done.causes("stpetersburg")


def test_without_an_instance_the_operator_is_not_missed(ansible: Ansible) -> None:
    found = ansible.info(context="talos-ottawa", gather=["operator"])
    assert (found["operator"]["installed"], found["operator"]["instance"]) == (False, None)
    assert found["operator"]["service"] == {"exists": False, "port": None, "ready": False}
