"""The health check as a whole process, on clusters nobody can reach: what goes wrong is a finding, not an abort."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.playbook import Ansible, Health

MARKER = "s3cr3t-marker-0d1f"


class Silent:
    """Servers that count who calls: one refuses every connection, the other never gets one."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        with socket.create_server(("127.0.0.1", 0)) as closed:
            self.closed_port = closed.getsockname()[1]

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def was_called(self) -> bool:
        try:
            self.listener.accept()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def silent() -> Iterator[Silent]:
    found = Silent()
    yield found
    found.listener.close()


@pytest.fixture
def ansible(tmp_path: Path, silent: Silent) -> Ansible:
    """Contexts dead-a and dead-b are refused; listening is the current context, which nothing may touch."""
    ports = {"dead-a": silent.closed_port, "dead-b": silent.closed_port, "listening": silent.port}
    named = [
        ({"name": name, "cluster": {"server": f"https://127.0.0.1:{port}"}}, {"name": name, "user": {"token": MARKER}})
        for name, port in ports.items()
    ]
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [cluster for cluster, _user in named],
        "users": [user for _cluster, user in named],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in ports],
        "current-context": "listening",
    }
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(kubeconfig), encoding="utf-8")
    return Ansible(home=tmp_path / "home", kubeconfig=path)


def inventory(folder: Path, **hosts: dict[str, Any]) -> Path:
    path = folder / "inventory.yml"
    shared = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    path.write_text(yaml.safe_dump({"flux_clusters": {"hosts": hosts, "vars": shared}}), encoding="utf-8")
    return path


def checked(ansible: Ansible, tmp_path: Path, *arguments: str, **hosts: dict[str, Any]) -> Health:
    (tmp_path / "home").mkdir(exist_ok=True)
    return ansible.health(tmp_path / "outputs", *arguments, inventory=inventory(tmp_path, **hosts))


def test_what_goes_wrong_for_one_host_is_its_own_finding(ansible: Ansible, silent: Silent, tmp_path: Path) -> None:
    done = checked(
        ansible,
        tmp_path,
        "-vvv",
        refused={"flux_context": "dead-a", "flux_display_name": "Refused"},
        broken={"flux_context": "{{ 1 / 0 }}"},
        undefined={"flux_context": "{{ nobody_set_this }}"},
        nameless={},
        half={"flux_auth": "environment"},
        typo={"flux_context": "dead-aa"},
        pythonless={"flux_context": "dead-b", "ansible_python_interpreter": "/nowhere/python"},
    )
    assert done.rc == 2
    assert set(done.verdicts().values()) == {"unreachable"}
    reasons = {host: entry["reason"] for host, entry in done.fleet["clusters"].items()}
    assert reasons["refused"] == f"connection refused by 127.0.0.1:{silent.closed_port}"
    assert "could not be checked" in reasons["broken"]
    assert "division by zero" in reasons["broken"]
    assert "it names no cluster" in reasons["undefined"]
    assert "it names no cluster" in reasons["nameless"]
    assert "needs flux_cluster_uid" in reasons["half"]
    assert "dead-aa" in reasons["typo"]
    assert "/nowhere/python" in reasons["pythonless"]
    for host, reason in reasons.items():
        assert done.recap(host)["failed"] == 1
        assert reason[:30] in done.report(host).splitlines()[0].replace("\\", "")
        assert "Traceback" not in done.report(host)
    assert not silent.was_called()
    assert MARKER not in done.text + json.dumps(done.fleet)


def test_two_hosts_that_name_one_cluster_stop_the_play_before_any_request(
    ansible: Ansible, silent: Silent, tmp_path: Path
) -> None:
    hosts = {host: {"flux_context": "listening"} for host in ("first", "second")}
    done = checked(ansible, tmp_path, **hosts)
    assert done.rc == 2
    assert "first and second would reach the same cluster: all of them name context listening." in done.stdout
    assert not silent.was_called()
    assert not done.folder.exists()


def test_a_mistake_in_the_settings_is_said_before_anything_is_read(
    ansible: Ansible, silent: Silent, tmp_path: Path
) -> None:
    done = checked(ansible, tmp_path, "-e", "health_check_fail_on=unreachble", host={"flux_context": "listening"})
    assert done.rc == 2
    assert "fail_on does not know 'unreachble'" in done.stdout
    assert not silent.was_called()


def test_another_play_of_the_same_run_starts_from_nothing(ansible: Ansible, tmp_path: Path) -> None:
    """A result of the first play must not stand in for a host the second one could not check."""
    (tmp_path / "home").mkdir()
    settings = {"health_check_report_dir": str(tmp_path / "outputs"), "health_check_fail_on": []}
    header = {"hosts": "flux_clusters", "gather_facts": False, "roles": [{"role": "gitops.flux.health_check"}]}
    plays = [header | {"vars": settings | {"flux_context": context}} for context in ("dead-a", "{{ 1 / 0 }}")]
    (tmp_path / "plays.yml").write_text(yaml.safe_dump(plays), encoding="utf-8")
    done = ansible.run("ansible-playbook", "-i", str(inventory(tmp_path, host={})), str(tmp_path / "plays.yml"))
    fleet = json.loads((tmp_path / "outputs/flux-status-fleet.json").read_text(encoding="utf-8"))
    assert "division by zero" in fleet["clusters"]["host"]["reason"], done.text
