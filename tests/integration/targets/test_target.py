"""Never the wrong cluster: whatever the environment says, the inventory decides; what is half said is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.playbook import HOSTS, Ansible, Health
from tests.integration.traces import Traces
from tests.testbed.bed import Bed

Reports = Callable[[], Path]


@pytest.fixture(scope="module")
def decoy(bed: Bed) -> dict[str, str]:
    """An environment in which everything names the fourth server, as a credential of a job runner would."""
    fourth = bed.cluster("forbidden")
    return {
        "K8S_AUTH_HOST": fourth.server,
        "K8S_AUTH_API_KEY": fourth.credentials.token("admin"),
        "K8S_AUTH_CONTEXT": fourth.context,
        "K8S_AUTH_VERIFY_SSL": "no",
        "KUBECONFIG": str(fourth.kubeconfig("admin")),
        "K8S_AUTH_KUBECONFIG": "",
    }


def _inventory(folder: Path, hosts: dict[str, dict[str, str]], **common: str) -> Path:
    """An inventory of its own, local as the shipped one."""
    variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"} | common
    file = folder / "inventory.yml"
    file.write_text(yaml.safe_dump({"all": {"children": {"flux_clusters": {"hosts": hosts, "vars": variables}}}}))
    return file


def test_an_environment_full_of_another_server_moves_nobody(
    bed: Bed, ansible: Ansible, reports: Reports, traces: Traces, decoy: dict[str, str]
) -> None:
    done = ansible.health(reports(), extra={"flux_kubeconfig": str(bed.paths.kubeconfig)}, env=decoy)
    assert done.rc == 0, done.text
    assert {host: done.cluster(host)["cluster"]["uid"] for host in HOSTS} == {h: bed.cluster(h).uid() for h in HOSTS}
    assert traces.of("forbidden") == []


def test_a_module_with_a_context_ignores_the_environment(
    bed: Bed, ansible: Ansible, traces: Traces, decoy: dict[str, str]
) -> None:
    kubeconfig = str(bed.paths.kubeconfig)
    by_context, by_host = ansible.infos(
        {"kubeconfig": kubeconfig, "context": "talos-robbinsdale"},
        {
            "host": bed.cluster("ottawa").server,
            "api_key": bed.cluster("ottawa").credentials.token("admin"),
            "ca_cert": str(bed.cluster("ottawa").certificate),
        },
        env=decoy,
    )
    assert by_context["cluster"]["uid"] == bed.cluster("robbinsdale").uid()
    assert by_host["cluster"]["uid"] == bed.cluster("ottawa").uid()
    assert traces.of("forbidden") == []


def test_the_decoy_would_have_worked(bed: Bed, decoy: dict[str, str]) -> None:
    """Otherwise the tests above would prove nothing. Asked as the test bed, so that the audit log stays empty."""
    assert bed.cluster("forbidden").uid() not in {bed.cluster(host).uid() for host in HOSTS}
    assert decoy["K8S_AUTH_HOST"] == bed.cluster("forbidden").server
    assert bed.cluster("forbidden").is_ready()


def test_two_hosts_with_one_context_stop_the_play_before_any_request(
    ansible: Ansible, reports: Reports, traces: Traces
) -> None:
    folder, before = reports(), traces.marks()
    done = ansible.health(folder, extra={"flux_context": "talos-ottawa"})
    assert done.rc == 2
    assert "ottawa, robbinsdale and stpetersburg would reach the same cluster" in done.stdout
    assert traces.everywhere(before) == {}
    assert list(folder.iterdir()) == []


def test_two_names_of_one_cluster_are_found_by_its_uid(
    bed: Bed, ansible: Ansible, reports: Reports, tmp_path: Path
) -> None:
    config = yaml.safe_load(bed.paths.kubeconfig.read_text())
    ottawa = next(each for each in config["contexts"] if each["name"] == "talos-ottawa")
    config["contexts"].append({"name": "also-ottawa", "context": ottawa["context"]})
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    hosts = {name: {"flux_context": name} for name in ("talos-ottawa", "also-ottawa", "talos-robbinsdale")}
    inventory = _inventory(tmp_path, hosts, flux_kubeconfig=str(tmp_path / "kubeconfig"))
    done = ansible.health(reports(), inventory=inventory)
    assert done.rc == 2
    assert done.verdicts() == {"talos-ottawa": "degraded", "also-ottawa": "degraded", "talos-robbinsdale": "healthy"}
    assert "also-ottawa is the same cluster as talos-ottawa" in done.cluster("also-ottawa")["reasons"][0]
    assert "the same cluster" in done.report("talos-ottawa")
    assert done.recap("talos-robbinsdale")["failed"] == 0


HALVES: dict[str, tuple[dict[str, Any], str]] = {
    "a host without credentials": ({"host": "@SERVER@"}, "is given without credentials"),
    "a token without a host": ({"api_key": "@TOKEN@"}, "api_key is given without the cluster"),
    "a kubeconfig without a context": ({"kubeconfig": "@KUBECONFIG@"}, "kubeconfig is given without a context"),
    "a context and a token": ({"context": "talos-ottawa", "api_key": "@TOKEN@"}, "together with a context"),
    "a context and a host": ({"context": "talos-ottawa", "host": "@SERVER@"}, "together with host"),
    "a certificate without its key": (
        {"host": "@SERVER@", "client_cert": "/nowhere/client.crt"},
        "client_cert and client_key are only usable together",
    ),
    "nothing at all": ({}, "No cluster is named"),
    "a context that does not exist": ({"context": "talos-otawa"}, "Contexts there: forbidden, nobody-ottawa,"),
    "a kubeconfig that does not exist": (
        {"kubeconfig": "/nowhere/kubeconfig", "context": "talos-ottawa"},
        "There is no kubeconfig at /nowhere/kubeconfig",
    ),
    "in_cluster outside of a cluster": ({"in_cluster": True}, "in_cluster is asked for, but this is no pod"),
    "in_cluster and a context": ({"in_cluster": True, "context": "talos-ottawa"}, "together with in_cluster"),
}


@pytest.fixture(scope="module")
def refusals(bed: Bed, ansible: Ansible, traces: Traces) -> dict[str, dict[str, Any]]:
    """The results of all half-specified calls, which together may not send a single request."""
    fourth = bed.cluster("forbidden")
    words = {
        "@SERVER@": fourth.server,
        "@TOKEN@": fourth.credentials.token("admin"),
        "@KUBECONFIG@": str(bed.paths.kubeconfig),
    }
    calls = [{key: words.get(str(value), value) for key, value in given.items()} for given, _problem in HALVES.values()]
    before = traces.marks()
    # What a pod would have in its environment must not be enough to be taken for one.
    address, port = fourth.server.removeprefix("https://").split(":")
    env = {"KUBERNETES_SERVICE_HOST": address, "KUBERNETES_SERVICE_PORT": port}
    results = ansible.infos(*calls, env=env)
    assert traces.everywhere(before) == {}
    return dict(zip(HALVES, results, strict=True))


@pytest.mark.parametrize("half", HALVES)
def test_half_a_target_is_refused(refusals: dict[str, dict[str, Any]], half: str) -> None:
    assert refusals[half]["failed"]
    assert HALVES[half][1] in refusals[half]["msg"]


def test_a_missing_context_lists_those_there_are(refusals: dict[str, dict[str, Any]]) -> None:
    assert "talos-ottawa, talos-robbinsdale, talos-stpetersburg" in refusals["a context that does not exist"]["msg"]


def test_another_uid_than_expected_is_read_and_degrades(bed: Bed, ansible: Ansible, reports: Reports) -> None:
    extra = {"flux_cluster_uid": bed.cluster("robbinsdale").uid()}
    done = ansible.health(reports(), "--limit", "ottawa", extra=extra)
    entry = done.cluster("ottawa")
    assert (done.rc, entry["verdict"]) == (2, "degraded")
    assert entry["cluster"]["uid_mismatch"]
    assert entry["cluster"]["uid"] == bed.cluster("ottawa").uid()
    assert len(entry["objects"]) > 10
    assert any("has another UID than expected" in reason for reason in entry["reasons"])
    assert "is not the cluster that is meant" in "".join([done.text, *entry["warnings"]])
    assert "another UID than expected" in done.report("ottawa")


def test_the_right_uid_is_no_finding(bed: Bed, ansible: Ansible) -> None:
    found = ansible.info(context="talos-ottawa", expected_cluster_uid=bed.cluster("ottawa").uid())
    assert not found["cluster"]["uid_mismatch"]
    assert "warnings" not in found


@pytest.fixture(scope="module")
def credential(bed: Bed) -> dict[str, str]:
    """What AWX's own Kubernetes credential puts into the environment."""
    ottawa = bed.cluster("ottawa")
    return {
        "K8S_AUTH_HOST": ottawa.server,
        "K8S_AUTH_API_KEY": ottawa.credentials.token("admin"),
        "K8S_AUTH_VERIFY_SSL": "True",
        "K8S_AUTH_SSL_CA_CERT": str(ottawa.certificate),
    }


def test_a_host_may_take_everything_from_the_environment(
    bed: Bed, ansible: Ansible, reports: Reports, tmp_path: Path, credential: dict[str, str], traces: Traces
) -> None:
    host = {"flux_auth": "environment", "flux_cluster_uid": bed.cluster("ottawa").uid()}
    before = traces.marks()
    done = ansible.health(reports(), inventory=_inventory(tmp_path, {"awx": host}), env=credential)
    assert done.rc == 0, done.text
    assert done.cluster("awx")["cluster"]["uid"] == bed.cluster("ottawa").uid()
    assert set(traces.everywhere(before)) == {"ottawa"}


def test_from_the_environment_but_without_a_uid_nothing_is_asked(
    ansible: Ansible, reports: Reports, tmp_path: Path, credential: dict[str, str], traces: Traces
) -> None:
    inventory, before = _inventory(tmp_path, {"awx": {"flux_auth": "environment"}}), traces.marks()
    done = ansible.health(reports(), inventory=inventory, env=credential)
    assert done.rc == 2
    assert done.cluster("awx")["verdict"] == "unreachable"
    assert "needs flux_cluster_uid" in done.report("awx")
    assert traces.everywhere(before) == {}


def test_a_typo_in_the_inventory_is_a_finding_about_that_cluster_alone(
    bed: Bed, ansible: Ansible, reports: Reports, tmp_path: Path
) -> None:
    kubeconfig = str(bed.paths.kubeconfig)
    hosts = {
        "good": {"flux_context": "talos-ottawa", "flux_kubeconfig": kubeconfig},
        "typo": {"flux_context": "talos-robinsdale", "flux_kubeconfig": kubeconfig},
        "nowhere": {"flux_context": "talos-ottawa", "flux_kubeconfig": "/nowhere/config"},
        "nothing": {"flux_kubeconfig": kubeconfig},
    }
    done = ansible.health(reports(), inventory=_inventory(tmp_path, hosts))
    assert done.verdicts() == {"good": "healthy"} | dict.fromkeys(("typo", "nowhere", "nothing"), "unreachable")
    assert "talos-robbinsdale" in done.cluster("typo")["reason"]
    assert "/nowhere/config" in done.cluster("nowhere")["reason"]
    assert "flux_context" in done.cluster("nothing")["reason"]
    assert {host: done.recap(host)["failed"] for host in hosts} == {"good": 0, "typo": 1, "nowhere": 1, "nothing": 1}


@pytest.fixture(scope="module")
def without_library(ansible: Ansible, reports: Reports, tmp_path_factory: pytest.TempPathFactory) -> Health:
    """A run on a Python that has no `kubernetes`."""
    bare = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    extra = {"ansible_python_interpreter": str(bare / "bin" / "python")}
    return ansible.health(reports(), "--limit", "ottawa", extra=extra)


def test_a_missing_library_is_named(without_library: Health) -> None:
    entry = without_library.cluster("ottawa")
    assert (without_library.rc, entry["verdict"]) == (2, "unreachable")
    assert "Failed to import the required Python library (kubernetes)" in entry["reason"]
    assert "kubernetes" in without_library.report("ottawa")
