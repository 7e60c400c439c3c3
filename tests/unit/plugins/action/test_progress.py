"""A play whose module counts: what a person sees of it, when, and on which stream."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.playbook import Ansible, Finished, program_path

COUNTING = Path(__file__).with_name("counting")
HOSTS = ("ottawa", "robbinsdale")
LINE = re.compile(r"^(ottawa|robbinsdale) (\d+)/\d+ done$", re.MULTILINE)


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    (tmp_path / "home").mkdir()
    shutil.copytree(COUNTING, tmp_path / "play")
    return Ansible(tmp_path / "home", tmp_path / "kubeconfig")


def written(folder: Path, *tasks: dict[str, Any], **keywords: Any) -> list[str]:
    """A play with these tasks, as the arguments of ansible-playbook."""
    variables = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {"all": {"hosts": {host: {} for host in HOSTS}, "vars": variables}}
    (folder / "inventory.yml").write_text(yaml.safe_dump(hosts), encoding="utf-8")
    play = {"hosts": "all", "gather_facts": False, "tasks": list(tasks)} | keywords
    (folder / "play/play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    return ["-i", str(folder / "inventory.yml"), str(folder / "play/play.yml")]


def played(ansible: Ansible, tmp_path: Path, *tasks: dict[str, Any], **keywords: Any) -> Finished:
    return ansible.run("ansible-playbook", *written(tmp_path, *tasks, **keywords), cwd=tmp_path)


def test_lines_come_while_the_task_runs_and_only_on_stderr(ansible: Ansible, tmp_path: Path) -> None:
    arguments = written(tmp_path, {"counting": {"steps": 20, "every": 0.3}})
    command = [str(program_path("ansible-playbook")), *arguments]
    process = subprocess.Popen(
        command, env=ansible.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    moments = [(line, time.monotonic()) for line in process.stderr if LINE.match(line)]
    stdout = process.communicate(timeout=30)[0]
    ended = time.monotonic()
    assert process.returncode == 0, stdout
    assert LINE.search(stdout) is None
    for host in HOSTS:
        own = [(line, moment) for line, moment in moments if line.startswith(host)]
        assert 3 <= len(own) <= 5, "about every two seconds of six"
        assert ended - own[0][1] > 2.5, "live"
        assert own[-1][0] == f"{host} 20/20 done\n"


def test_of_a_short_task_only_the_end_is_told(ansible: Ansible, tmp_path: Path) -> None:
    done = played(ansible, tmp_path, {"counting": {}})
    assert sorted(LINE.findall(done.stderr)) == [(host, "3") for host in HOSTS], done.text


@pytest.mark.parametrize(
    ("task", "play"),
    [
        ({"counting": {"progress": False}}, {}),
        ({"counting": {"progress": "no"}}, {}),
        ({"counting": {}}, {"vars": {"silent": "true", "flux_progress": "{{ not (silent | bool) }}"}}),
        ({"counting": {}, "no_log": True}, {}),
        ({"counting": {}}, {"vars": {"ansible_connection": "elsewhere"}}),
    ],
    ids=["option", "text", "variable", "no_log", "connection"],
)
def test_where_nobody_wants_or_can_have_lines_there_are_none(
    ansible: Ansible, tmp_path: Path, task: dict[str, Any], play: dict[str, Any]
) -> None:
    quiet = played(ansible, tmp_path, task, **play)
    assert quiet.rc == 0, quiet.text
    assert LINE.search(quiet.text) is None
    assert {quiet.recap(host)["ok"] for host in HOSTS} == {1}


def test_in_the_background_the_module_does_its_work_in_silence(ansible: Ansible, tmp_path: Path) -> None:
    checks = {"ansible.builtin.assert": {"that": ["collected.counted == 5", "begun.started | int == 1"]}}
    done = played(
        ansible,
        tmp_path,
        {"counting": {"steps": 5}, "async": 60, "poll": 0, "register": "begun"},
        {
            "ansible.builtin.async_status": {"jid": "{{ begun.ansible_job_id }}"},
            "register": "collected",
            "until": "collected is finished",
            "retries": 60,
            "delay": 1,
        },
        checks,
        {"counting": {"steps": 5}, "async": 60, "poll": 1, "register": "collected"},
        checks,
    )
    assert done.rc == 0, done.text
    assert LINE.search(done.text) is None


def test_a_task_that_is_cut_off_takes_its_lines_with_it(ansible: Ansible, tmp_path: Path) -> None:
    done = played(ansible, tmp_path, {"counting": {"steps": 600, "every": 0.1}, "timeout": 4})
    assert done.rc == 2, done.text
    assert done.seconds < 25
    assert LINE.search(done.stderr), "it was shown until then"
    last = {host: int(number) for host, number in LINE.findall(done.stderr)}
    assert max(last.values()) < 100


def test_a_kubeconfig_is_meant_from_where_the_program_was_started(ansible: Ansible, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    copy = {"content": "{{ counted | to_json }}", "dest": str(path)}
    done = played(
        ansible,
        tmp_path,
        {"counting": {"kubeconfig": "here/config", "steps": 0}, "register": "counted"},
        {"ansible.builtin.copy": copy, "run_once": True},
    )
    assert done.rc == 0, done.text
    assert json.loads(path.read_text(encoding="utf-8"))["kubeconfig"] == str(tmp_path / "here/config")


def test_what_a_program_reads_on_stdout_stays_readable(ansible: Ansible, tmp_path: Path) -> None:
    """Ad hoc commands print the result as JSON behind an arrow."""
    inventory = written(tmp_path, {"counting": {}})[:2]
    where = [*inventory, "ottawa", "--playbook-dir", str(tmp_path / "play")]
    done = ansible.run("ansible", *where, "-m", "counting", "-a", "steps=8 every=0.3", cwd=tmp_path)
    assert done.rc == 0, done.text
    assert json.loads(done.stdout.partition("=>")[2])["counted"] == 8
    assert "ottawa 8/8 done" in done.stderr
