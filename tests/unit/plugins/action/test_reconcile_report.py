"""The reconciling playbook as a whole process, on clusters nobody can reach: each host gets a sentence and a report."""

from __future__ import annotations

import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbook import Ansible, Finished
from tests.unit.dead_clusters import MARKER, played


def reconciled(
    ansible: Ansible, tmp_path: Path, *arguments: str, extra: dict[str, Any] | None = None, **hosts: dict[str, Any]
) -> Finished:
    return played(ansible, tmp_path, "reconcile_all", extra or {}, *arguments, **hosts)


def files(tmp_path: Path) -> dict[str, str]:
    found = (tmp_path / "outputs").glob("flux-reconcile-*.md")
    return {path.stem.removeprefix("flux-reconcile-"): path.read_text(encoding="utf-8") for path in found}


def test_whatever_keeps_a_cluster_from_being_asked_is_written_down(
    ansible: Ansible, listener: socket.socket, tmp_path: Path
) -> None:
    done = reconciled(
        ansible,
        tmp_path,
        "-vvv",
        refused={"flux_context": "dead", "flux_display_name": "Refused"},
        nameless={},
        broken={"flux_context": "{{ 1 / 0 }}"},
        typo={"flux_context": "deadd"},
        half={"flux_auth": "environment"},
    )
    assert done.rc == 2, done.text
    reasons = {
        "refused": "connection refused by 127.0.0.1:",
        "nameless": "it names no cluster",
        "broken": "could not be reconciled",
        "typo": "deadd",
        "half": "needs flux_cluster_uid",
    }
    found = files(tmp_path)
    assert set(found) == {*reasons, "fleet"}
    for host, reason in reasons.items():
        assert done.recap(host)["failed"] == 1
        assert reason.lower() in found[host].lower().replace("\\", "")
        assert stat.S_IMODE((tmp_path / f"outputs/flux-reconcile-{host}.md").stat().st_mode) == 0o640
    assert found["refused"].startswith("# Refused: UNREACHABLE · connection refused")
    assert found["fleet"].startswith("# Fleet reconciled: 5 bad — ")
    assert MARKER not in done.text + "".join(found.values())
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_in_batches_a_cluster_out_of_reach_does_not_stop_the_next(
    ansible: Ansible, tmp_path: Path, check: tuple[str, ...]
) -> None:
    hosts = {"first": {"flux_context": "dead"}, "second": {"flux_context": "gone"}, "third": {"flux_context": "away"}}
    serial = {"reconcile_all_serial": "1\n50%, 100%"}
    done = reconciled(ansible, tmp_path, *check, extra=serial, **hosts)
    assert done.rc == 2
    assert [done.recap(host)["failed"] for host in hosts] == [1, 1, 1]
    assert "third   not started yet" in done.stdout
    assert set(files(tmp_path)) == {*hosts, "fleet"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reconcile_all_mode": "some"}, "value of reconcile_all_mode must be one of: all, failed, root, got: some"),
        ({"reconcile_all_kinds": "Kustomization,Pod"}, "Pod"),
        ({"reconcile_all_request_timeout": "soon"}, "request_timeout: 'soon' is not a duration"),
    ],
)
def test_a_mistake_is_said_before_anything_is_asked(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    done = reconciled(ansible, tmp_path, extra=change, host={"flux_context": "listening"})
    assert done.rc == 2
    assert said in done.stdout
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_two_hosts_that_name_one_cluster_stop_the_play(
    ansible: Ansible, listener: socket.socket, tmp_path: Path
) -> None:
    done = reconciled(
        ansible,
        tmp_path,
        extra={"reconcile_all_serial": "1"},
        first={"flux_context": "listening"},
        second={"flux_context": "listening"},
    )
    assert done.rc == 2
    assert "first and second would reach the same cluster" in done.stdout
    assert not (tmp_path / "outputs").exists()
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_reports_that_cannot_be_written_fail_the_host(ansible: Ansible, tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("in the way", encoding="utf-8")
    done = reconciled(ansible, tmp_path, host={"flux_context": "dead"})
    assert done.rc == 2
    assert "reports cannot be written to" in done.stdout
