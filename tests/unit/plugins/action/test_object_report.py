"""The explaining playbook as a whole process, on clusters nobody can reach: each host gets a sentence and its files."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbook import Ansible, Finished
from tests.unit.dead_clusters import MARKER, played

OBJECT = {"explain_kind": "ks", "explain_namespace": "apps", "explain_name": "web"}


def explained(
    ansible: Ansible, tmp_path: Path, *arguments: str, extra: dict[str, Any] | None = None, **hosts: dict[str, Any]
) -> Finished:
    return played(ansible, tmp_path, "explain", OBJECT if extra is None else extra, *arguments, **hosts)


def files(tmp_path: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "outputs").iterdir()}


def test_whatever_keeps_a_story_from_being_told_is_written_down(
    ansible: Ansible, listener: socket.socket, tmp_path: Path
) -> None:
    done = explained(
        ansible,
        tmp_path,
        "-vvv",
        "--check",
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
        "broken": "could not be asked",
        "typo": "deadd",
        "half": "needs flux_cluster_uid",
    }
    found = files(tmp_path)
    assert len(found) == 2 * len(reasons)
    for host, reason in reasons.items():
        assert done.recap(host)["failed"] == 1
        name = f"flux-explain-{host}-kustomization-apps-web"
        assert json.loads(found[f"{name}.json"])["found"] is False
        assert reason.lower() in found[f"{name}.md"].lower().replace("\\", "")
        assert stat.S_IMODE((tmp_path / "outputs" / f"{name}.md").stat().st_mode) == 0o640
    assert found["flux-explain-refused-kustomization-apps-web.md"].startswith(
        "# Refused: Kustomization apps/web cannot be explained"
    )
    assert MARKER not in done.text + "".join(found.values())
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"explain_kind": "Deployment"}, "There is no Flux kind 'Deployment'; there are GitRepository, "),
        ({"explain_name": ""}, "The name of the object to explain is empty."),
        ({"explain_request_timeout": "soon"}, "request_timeout: 'soon' is not a duration"),
    ],
)
def test_a_mistake_is_said_before_anything_is_read(
    ansible: Ansible, listener: socket.socket, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    done = explained(ansible, tmp_path, extra=OBJECT | change, host={"flux_context": "listening"})
    assert done.rc == 2
    assert said in done.stdout
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_an_object_nobody_named_is_asked_for_by_the_name_of_its_variable(ansible: Ansible, tmp_path: Path) -> None:
    done = explained(ansible, tmp_path, extra={"explain_kind": "ks"}, host={"flux_context": "dead"})
    assert done.rc == 2
    assert "explain_name" in done.stdout
    assert "explain_namespace" in done.stdout


def test_two_hosts_that_name_one_cluster_stop_the_play(
    ansible: Ansible, listener: socket.socket, tmp_path: Path
) -> None:
    hosts = {host: {"flux_context": "listening"} for host in ("first", "second")}
    done = explained(ansible, tmp_path, **hosts)
    assert done.rc == 2
    assert "first and second would reach the same cluster" in done.stdout
    assert not (tmp_path / "outputs").exists()
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_reports_that_cannot_be_written_fail_the_host(ansible: Ansible, tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("in the way", encoding="utf-8")
    done = explained(ansible, tmp_path, host={"flux_context": "dead"})
    assert done.rc == 2
    assert "reports cannot be written to" in done.stdout
