"""A marker in every Secret, in Git credentials and in values: everything is run at -vvv, and it is found nowhere."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.integration.objects import applied, wait_for
from tests.integration.playbook import Ansible, Finished, Health
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

MARKER = f"planted{secrets.token_hex(12)}"
ENCODED = base64.b64encode(MARKER.encode()).decode().rstrip("=")
OBJECTS = f"""\
apiVersion: v1
kind: Namespace
metadata: {{name: planted}}
---
apiVersion: v1
kind: Secret
metadata: {{name: git-auth, namespace: planted}}
stringData: {{username: git, password: {MARKER}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: in-the-url, namespace: planted}}
spec: {{interval: 10m, timeout: 5s, url: "http://git:{MARKER}@127.0.0.1:9/fleet.git", ref: {{branch: main}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: in-a-secret, namespace: planted}}
spec: {{interval: 10m, timeout: 5s, url: "http://127.0.0.1:9/fleet.git", secretRef: {{name: git-auth}}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: in-its-values, namespace: planted}}
spec:
  interval: 10m
  chart:
    spec:
      chart: demo-web
      version: 1.0.0
      sourceRef: {{kind: HelmRepository, name: charts, namespace: flux-system}}
  values: {{host: [{MARKER}], password: {MARKER}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: in-its-substitutions, namespace: planted}}
spec:
  interval: 10m
  prune: false
  path: ./nowhere
  postBuild: {{substitute: {{password: {MARKER}}}}}
  sourceRef: {{kind: GitRepository, name: flux-system, namespace: flux-system}}
"""
FAILING = (("gitrepository", "in-the-url"), ("gitrepository", "in-a-secret"), ("helmrelease", "in-its-values"))


@contextmanager
def marked(cluster: Cluster) -> Iterator[int]:
    """One more key in every Secret there is: their number."""
    items = json.loads(cluster.kubectl("get", "secrets", "-A", "-o", "json"))["items"]
    names = [(item["metadata"]["namespace"], item["metadata"]["name"]) for item in items]

    def patch(content: dict[str, object]) -> None:
        for namespace, name in names:
            cluster.kubectl("-n", namespace, "patch", "secret", name, "--type=merge", "-p", json.dumps(content))

    try:
        patch({"stringData": {"planted": MARKER}})
        yield len(names)
    finally:
        patch({"data": {"planted": None}})


@pytest.fixture(scope="module")
def planted(bed: Bed, settled: Callable[[], None]) -> Iterator[Cluster]:
    settled()
    cluster = bed.cluster("robbinsdale")
    with applied(cluster, OBJECTS), marked(cluster) as number:
        assert number >= 4, "Helm's own, Git's and the webhook's"
        for resource, name in FAILING:
            wait_for(cluster, resource, f"planted/{name}", "Ready", "False")
        yield cluster


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "ansible.log"


@pytest.fixture(scope="module")
def inventory(planted: Cluster, bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """With the whole kubeconfig as a variable."""
    file = tmp_path_factory.mktemp("inventory") / "inventory-with-content.yml"
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "flux_kubeconfig": yaml.safe_load(bed.kubeconfig.read_text()),
    }
    group = {"hosts": {planted.name: {"flux_context": planted.context}}, "vars": variables}
    file.write_text(yaml.safe_dump({"all": {"children": {"flux_clusters": group}}}))
    yield file
    file.unlink()


@pytest.fixture(scope="module")
def talkative(inventory: Path, ansible: Ansible, reports: Callable[[], Path], log: Path) -> Health:
    """The health check at -vvv."""
    return ansible.health(reports(), "-vvv", inventory=inventory, env={"ANSIBLE_LOG_PATH": str(log)})


@pytest.fixture(scope="module")
def acting(inventory: Path, ansible: Ansible, reports: Callable[[], Path]) -> dict[str, str]:
    """What the plays that act print at -vvv, log and leave: everything is asked, then paused and resumed."""
    folder = reports()
    change = {
        "maintenance_window_change": "CHG-1",
        "maintenance_window_timeout": "40",
        "maintenance_window_report_dir": str(folder),
    }
    plays: dict[str, dict[str, str]] = {
        "reconcile_all": {
            "reconcile_all_namespaces": "planted",
            "reconcile_all_timeout": "40",
            "reconcile_all_report_dir": str(folder),
        },
        "maintenance_start": change
        | {"maintenance_window_reason": "a test", "maintenance_window_namespaces": "planted"},
        "maintenance_end": change,
    }
    texts = {}
    for name, extra in plays.items():
        command = (f"gitops.flux.{name}", "-i", str(inventory), "-vvv", "--diff", "-e", json.dumps(extra))
        texts[name] = ansible.run("ansible-playbook", *command, env={"ANSIBLE_LOG_PATH": f"{folder}/{name}.log"}).text
    return texts | {file.name: file.read_text() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def module(planted: Cluster, ansible: Ansible, log: Path) -> Finished:
    """flux_info at -vvv with a token of its own and everything gathered: ad hoc, whose result is printed."""
    arguments = {
        "host": planted.server,
        "api_key": planted.credentials.token("admin"),
        "ca_cert": str(planted.certificate),
        "gather": ["events", "controllers", "logs", "helm_history", "operator", "settings"],
        "log_scope": "all",
        "log_lines": 500,
    }
    python = "ansible_python_interpreter={{ ansible_playbook_python }}"
    where = ["localhost", "-i", "localhost,", "-c", "local", "-e", python]
    what = ["-m", "gitops.flux.flux_info", "-a", json.dumps(arguments), "-vvv"]
    return ansible.run("ansible", *where, *what, env={"ANSIBLE_LOG_PATH": str(log)})


def test_everything_with_a_marker_was_read(talkative: Health, module: Finished) -> None:
    """Otherwise the tests below would prove nothing."""
    assert talkative.rc == 2
    failed = {record["name"] for record in talkative.cluster("robbinsdale")["objects"] if record["status"] == "failed"}
    assert {name for _rest, name in FAILING} <= failed
    assert module.rc == 0, module.text
    assert "in-the-url" in module.stdout


def test_the_marker_is_in_no_output_report_or_log(talkative: Health, module: Finished, log: Path) -> None:
    texts = {"play": talkative.text, "module": module.text, "log": log.read_text()}
    texts |= {file.name: file.read_text() for file in talkative.folder.iterdir()}
    assert len(texts) == 6
    assert [name for name, text in texts.items() if MARKER in text or ENCODED in text] == []


def test_nor_is_any_token_of_a_kubeconfig_or_a_task(talkative: Health, module: Finished, bed: Bed, log: Path) -> None:
    tokens = [user["user"]["token"] for user in yaml.safe_load(bed.kubeconfig.read_text())["users"]]
    files = "".join(file.read_text() for file in talkative.folder.iterdir())
    everything = talkative.text + module.text + log.read_text() + files
    assert len(tokens) > 9
    assert [token for token in tokens if token in everything] == []


def test_plays_that_act_tell_no_secret_either(acting: dict[str, str], bed: Bed) -> None:
    """That they failed, and on what, shows that everything with a marker was in their hands."""
    assert "in-a-secret" in acting["reconcile_all"] and "in-its-values" in acting["flux-reconcile-robbinsdale.md"]
    assert "CHG-1" in acting["maintenance_start"] and "CHG-1" in acting["maintenance_end"]
    tokens = [user["user"]["token"] for user in yaml.safe_load(bed.kubeconfig.read_text())["users"]]
    assert [
        (name, secret) for secret in (MARKER, ENCODED, *tokens) for name, text in acting.items() if secret in text
    ] == []


def test_nothing_stays_in_the_home_of_whoever_ran_it(talkative: Health, module: Finished, ansible: Ansible) -> None:
    assert (talkative.rc, module.rc) == (2, 0)
    left = [file for file in ansible.home.rglob("*") if file.is_file() and "collections" not in file.parts]
    assert [file for file in left if MARKER in file.read_text(errors="replace")] == []
