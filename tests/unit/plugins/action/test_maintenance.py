"""Both ends of a maintenance window as whole processes, on clusters nobody can reach: each host gets its sentence."""

from __future__ import annotations

import socket
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.playbook import Ansible
from tests.unit.dead_clusters import MARKER, played

CHANGE = {"maintenance_window_change": "CHG-7"}
START = CHANGE | {"maintenance_window_reason": "disk swap", "maintenance_window_names": "app"}

HOSTS: dict[str, dict[str, Any]] = {
    "refused": {"flux_context": "dead", "flux_display_name": "Refused"},
    "nameless": {},
    "broken": {"flux_context": "{{ 1 / 0 }}"},
    "typo": {"flux_context": "deadd"},
    "half": {"flux_auth": "environment"},
}
REASONS = {"refused": "connection refused by 127.0.0.1:", "typo": "deadd", "half": "needs flux_cluster_uid"}


@pytest.mark.parametrize(("name", "extra"), [("maintenance_start", START), ("maintenance_end", CHANGE)])
def test_whatever_keeps_a_cluster_from_being_asked_is_written_down(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, name: str, extra: dict[str, Any]
) -> None:
    done = played(ansible, tmp_path, name, extra, "-vvv", **HOSTS)
    assert done.rc == 2, done.text
    phase = name.removeprefix("maintenance_")
    found = {path.name: path for path in (tmp_path / "outputs").iterdir()}
    assert set(found) == {f"flux-maintenance-CHG-7-{phase}-{host}.md" for host in (*HOSTS, "fleet")}
    for host in HOSTS:
        assert done.recap(host)["failed"] == 1
        text = found[f"flux-maintenance-CHG-7-{phase}-{host}.md"].read_text()
        assert f"change CHG-7 was NOT {phase}ed\n" in text
        assert REASONS.get(host, "").lower() in text.lower().replace("\\", "")
    assert found[f"flux-maintenance-CHG-7-{phase}-refused.md"].read_text().startswith("# Refused: ")
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.values()} == {0o640}
    assert MARKER not in done.text
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_what_is_paused_on_a_cluster_that_is_down_nobody_knows(ansible: Ansible, tmp_path: Path) -> None:
    done = played(ansible, tmp_path, "suspensions", {}, "--check", **HOSTS)
    assert done.rc == 2, done.text
    page = (tmp_path / "outputs/flux-suspensions-fleet.md").read_text()
    assert page.startswith("# Paused: 0 objects on 0 clusters\n")
    assert "> **Refused was not reached: connection refused by 127.0.0.1:" in page
    assert {done.recap(host)["failed"] for host in HOSTS} == {1}


@pytest.mark.parametrize("name", ["maintenance_start", "maintenance_end", "suspensions"])
def test_two_hosts_that_name_one_cluster_stop_the_play(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, name: str
) -> None:
    done = played(
        ansible, tmp_path, name, START, first={"flux_context": "listening"}, second={"flux_context": "listening"}
    )
    assert done.rc == 2
    assert "first and second would reach the same cluster" in done.stdout
    assert not (tmp_path / "outputs").exists()
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_role_alone_asks_which_end_is_meant(ansible: Ansible, tmp_path: Path) -> None:
    play = [{"hosts": "localhost", "gather_facts": False, "roles": ["gitops.flux.maintenance_window"]}]
    path = tmp_path / "play.yml"
    path.write_text(yaml.safe_dump(play), encoding="utf-8")
    done = ansible.run("ansible-playbook", "-i", "localhost,", "-c", "local", str(path))
    assert done.rc == 2
    assert "tasks_from=start or tasks_from=end" in done.stdout
