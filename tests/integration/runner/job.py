"""Jobs as AWX runs them: a private data folder, ansible-runner around it, and the event stream they leave.

There is no AWX here. What it does to a job before and after ansible-runner is done the same way: extra variables marked
as unsafe, the inventory as a program that prints it, credentials as files and environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.integration.playbook import ROOT, Ansible
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.unit.awx_objects import injected, kubeconfig_type

PROJECT = ROOT / "docs/awx/project"
# Above it AWX keeps an event and drops its result.
MOST_CHARACTERS = 700_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One job that has ended. text: what a person saw of it."""

    artifacts: Path
    text: str

    @property
    def status(self) -> str:
        return (self.artifacts / "status").read_text()

    @property
    def rc(self) -> int:
        return int((self.artifacts / "rc").read_text())

    @cached_property
    def events(self) -> list[Json]:
        """In the order in which they came."""
        files = (self.artifacts / "job_events").glob("*.json")
        return sorted((json.loads(file.read_text()) for file in files), key=lambda event: int(event["counter"]))

    def named(self, *names: str) -> list[Json]:
        return [event for event in self.events if event["event"] in names]

    @property
    def stats(self) -> Json:
        """What set_stats left: extra variables of the next node of a workflow."""
        found: Json = self.named("playbook_on_stats")[0]["event_data"]["artifact_data"]
        return found

    def result(self, host: str, task: str) -> Json:
        """The result of one task of one host."""
        found = [
            event["event_data"]
            for event in self.named("runner_on_ok", "runner_on_failed")
            if (event["event_data"]["host"], event["event_data"]["task"]) == (host, task)
        ]
        assert len(found) == 1, f"{task} of {host} ended {len(found)} times"
        result: Json = found[0]["res"]
        return result

    def progress(self, host: str) -> list[Json]:
        """Lines about a cluster that came while a task was at work on it."""
        return [event for event in self.named("verbose") if event["stdout"].startswith(f"{host} ")]

    def largest_result(self) -> int:
        return max(len(json.dumps(event.get("event_data", {}).get("res", {}))) for event in self.events)

    def everything(self) -> Iterator[str]:
        """Every text the job left where AWX or whoever looks at it would find it.

        All but ansible-runner's own note of the environment it was given, which AWX keeps with its secrets masked.
        """
        yield self.text
        files = (file for file in self.artifacts.rglob("*") if file.is_file() and file.name != "command")
        yield from (file.read_text(errors="replace") for file in files)


def assert_nothing_secret(job: Job, bed: Bed) -> None:
    tokens = [user["user"]["token"] for user in yaml.safe_load(bed.kubeconfig.read_text())["users"]]
    texts = list(job.everything())
    assert len(texts) > 10
    assert [token for token in tokens if any(token in text for text in texts)] == []


def inventory_program(hosts: Mapping[str, Json]) -> str:
    shared = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    variables = {host: shared | own for host, own in hosts.items()}
    printed = {"flux_clusters": {"hosts": list(hosts)}, "_meta": {"hostvars": variables}}
    return f"#!{sys.executable}\nprint({json.dumps(json.dumps(printed))})\n"


def fleet(*hosts: str) -> dict[str, Json]:
    return {host: {"flux_context": f"talos-{host}"} for host in hosts}


def bearer_token(cluster: Cluster) -> dict[str, str]:
    """The environment AWX's own credential type for Kubernetes sets, with "verify" and a certificate."""
    return {
        "K8S_AUTH_HOST": cluster.server,
        "K8S_AUTH_API_KEY": cluster.credentials.token("admin"),
        "K8S_AUTH_VERIFY_SSL": "True",
        "K8S_AUTH_SSL_CA_CERT": str(cluster.certificate),
    }


@dataclass(frozen=True)
class Jobs:
    """Makes private data folders below folder, one for each job, and runs them."""

    ansible: Ansible
    folder: Path

    def prepared(
        self, hosts: Mapping[str, Json], answers: Mapping[str, str], environment: Mapping[str, str] | None = None
    ) -> Path:
        """A job of these hosts with these answers of a survey. environment: of a credential, else of the kubeconfig."""
        private = self.folder / f"job-{len(list(self.folder.iterdir()))}"
        for name in ("env", "inventory"):
            (private / name).mkdir(parents=True)
        shutil.copytree(PROJECT, private / "project")
        program = private / "inventory/hosts"
        program.write_text(inventory_program(hosts))
        program.chmod(0o700)
        if environment is None:
            secret = {"kubeconfig": self.ansible.kubeconfig.read_text()}
            environment = injected(kubeconfig_type(), secret, private / "env", _worker(private) / "env")
        settings = {"suppress_env_files": True, "suppress_output_file": True}
        (private / "env/settings").write_text(json.dumps(settings))
        (private / "env/envvars").write_text(json.dumps(self._own_environment() | dict(environment)))
        lines = [f"!unsafe {json.dumps(name)}: !unsafe {json.dumps(value)}\n" for name, value in answers.items()]
        (private / "env/extravars").write_text("".join(lines) or "{}")
        return private

    def _own_environment(self) -> dict[str, str]:
        """What an execution environment would bring, less what is a path of this machine's users."""
        own = self.ansible.environment()
        return {name: value for name, value in own.items() if name.startswith("ANSIBLE_")}

    def streamed(self, private: Path, playbook: str) -> Job:
        """The pipe transmit, worker, process, as AWX and Receptor have it."""
        worker, out = _worker(private), private.with_name(f"{private.name}-out")
        commands = (
            ("transmit", str(private), "-p", playbook, "--ident", "job"),
            ("worker", "--private-data-dir", str(worker)),
            ("process", str(out)),
        )
        running: list[subprocess.Popen[bytes]] = []
        for command in commands:
            stdin = running[-1].stdout if running else subprocess.DEVNULL
            running.append(self._started(*command, stdin=stdin))
        text = running[-1].communicate(timeout=300)[0].decode()
        for process in running:
            process.wait(timeout=30)
        return Job(out / "artifacts", text)

    def ran(self, private: Path, playbook: str, *arguments: str) -> Job:
        """ansible-runner run."""
        _worker(private).symlink_to(private)
        process = self._started("run", str(private), "-p", playbook, "--ident", "job", *arguments)
        text = process.communicate(timeout=300)[0].decode()
        return Job(private / "artifacts/job", text)

    def cancelled(self, private: Path, playbook: str, when: str) -> Job:
        """Cancelled by ansible-runner's own means as soon as an event's output matches."""
        _worker(private).symlink_to(private)
        command = [sys.executable, "-m", "tests.integration.runner.cancelling", str(private), playbook, when]
        done = subprocess.run(
            command,
            env=self._clean() | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return Job(private / "artifacts/job", done.stdout)

    def _started(self, *command: str, stdin: Any = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        program = str(Path(sys.executable).with_name("ansible-runner"))
        return subprocess.Popen([program, *command], env=self._clean(), stdin=stdin, stdout=subprocess.PIPE)

    def _clean(self) -> dict[str, str]:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.defpath))
        return {"PATH": path, "HOME": str(self.ansible.home), "LANG": "C.UTF-8"}


def _worker(private: Path) -> Path:
    """Where the job runs: its files are named there before it has begun."""
    return private.with_name(f"{private.name}-worker")
