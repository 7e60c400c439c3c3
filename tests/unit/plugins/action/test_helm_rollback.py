"""A rollback and its finish as whole processes, on clusters nobody can reach, or that are not to be asked at all."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.gates.tree import ROOT
from tests.integration.playbook import Ansible
from tests.unit.dead_clusters import MARKER, played

ASKED = {
    "helm_rollback_namespace": "apps",
    "helm_rollback_name": "shop",
    "helm_rollback_confirm": "shop",
    "helm_rollback_reason": "1.3.0 does not start",
}
ALL = ASKED | {"helm_rollback_allow_multiple": "true"}
PLAYBOOKS = ("helm_rollback", "helm_rollback_finish")

HOSTS: dict[str, dict[str, Any]] = {
    "refused": {"flux_context": "dead", "flux_display_name": "Refused"},
    "nameless": {},
    "broken": {"flux_context": "{{ 1 / 0 }}"},
    "typo": {"flux_context": "deadd"},
    "half": {"flux_auth": "environment"},
}
REASONS = {"refused": "unreachable: connection refused by 127.0.0.1:", "typo": "deadd", "half": "flux_cluster_uid"}
LISTENING = {"flux_context": "listening"}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_whatever_keeps_a_cluster_from_being_asked_is_written_down(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, name: str
) -> None:
    done = played(ansible, tmp_path, name, ALL, "-vvv", **HOSTS)
    assert done.rc == 2, done.text
    found = {path.name: path for path in (tmp_path / "outputs").iterdir()}
    assert set(found) == {f"flux-rollback-{host}-apps-shop.{kind}" for host in HOSTS for kind in ("md", "json")}
    for host in HOSTS:
        assert done.recap(host)["failed"] == 1
        text = found[f"flux-rollback-{host}-apps-shop.md"].read_text()
        title = text.splitlines()[0]
        assert "HelmRelease apps/shop " in title
        assert "NOT" in title or host == "broken"
        assert REASONS.get(host, "").lower() in text.lower().replace("\\", "")
    assert found["flux-rollback-refused-apps-shop.md"].read_text().startswith("# Refused: ")
    assert {stat.S_IMODE(path.stat().st_mode) for path in found.values()} == {0o640}
    assert MARKER not in done.text
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("check", [(), ("--check",)])
@pytest.mark.parametrize("name", PLAYBOOKS)
@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"helm_rollback_confirm": "shopp"}, "helm_rollback_confirm is 'shopp'"),
        ({"helm_rollback_name": ["shop", "web"], "helm_rollback_confirm": ["shop", "web"]}, "of one HelmRelease"),
        ({"helm_rollback_name": "shop,web", "helm_rollback_confirm": "shop,web"}, "of one HelmRelease"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    ansible: Ansible,
    listener: socket.socket,
    tmp_path: Path,
    name: str,
    extra: dict[str, Any],
    said: str,
    check: tuple[str, ...],
) -> None:
    done = played(ansible, tmp_path, name, ASKED | extra, *check, ottawa=LISTENING)
    assert done.rc == 2, done.text
    assert said in done.stdout.replace('\\"', '"')
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("missing", ["namespace", "name", "confirm", "reason"])
def test_what_is_required_is_missed_before_anything_is_sent(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, missing: str
) -> None:
    given = {key: value for key, value in ASKED.items() if key != f"helm_rollback_{missing}"}
    done = played(ansible, tmp_path, "helm_rollback", given, ottawa=LISTENING)
    assert done.rc == 2
    assert f"missing required arguments: helm_rollback_{missing}" in done.text
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_more_than_one_cluster_has_to_be_meant(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, name: str
) -> None:
    done = played(ansible, tmp_path, name, ASKED, first=LISTENING, second={"flux_context": "dead"})
    assert done.rc == 2
    assert "2 clusters are selected (first, second): choose one with --limit" in done.stdout
    assert [done.recap(host)["failed"] for host in ("first", "second")] == [1, 1]
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_two_hosts_that_name_one_cluster_stop_the_play(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, name: str
) -> None:
    done = played(ansible, tmp_path, name, ALL, first=LISTENING, second=LISTENING)
    assert done.rc == 2
    assert "first and second would reach the same cluster" in done.stdout
    assert not (tmp_path / "outputs").exists()
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_finish_needs_no_reason(ansible: Ansible, tmp_path: Path) -> None:
    given = {key: value for key, value in ASKED.items() if key != "helm_rollback_reason"}
    done = played(ansible, tmp_path, "helm_rollback_finish", given, ottawa={"flux_context": "dead"})
    assert "UNREACHABLE: connection refused by 127.0.0.1:" in done.stdout


def test_a_host_whose_plan_nobody_has_seen_has_none(ansible: Ansible) -> None:
    """What a check hands on is by host; a host that is not among them must not go on with any."""
    variables = ROOT / "roles/helm_rollback/vars/main.yml"
    given: dict[str, Any] = {"sha256:2": {"other": "sha256:1", "localhost": "sha256:2"}, "none": {"other": "sha256:1"}}
    for wanted, digests in (given | {"sha256:3": "sha256:3", "": ""}).items():
        shown = ansible.run(
            "ansible", "localhost", "-m", "ansible.builtin.debug", "-a", "var=__helm_rollback_plan_digest",
            "-e", f"@{variables}", "-e", json.dumps({"helm_rollback_plan_digest": digests}),
        )  # fmt: skip
        assert f'"__helm_rollback_plan_digest": "{wanted}"' in shown.stdout, shown.text
