"""Runs Ansible as an operator or a job runner would: a process of its own, a clean environment, no terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = ROOT / "inventory" / "fleet.yml"
SCHEMA = ROOT / "docs" / "flux-status-fleet.schema.json"
HOSTS = ("ottawa", "robbinsdale", "stpetersburg")
HEALTH_CHECK = "gitops.flux.health_check"
Json = dict[str, Any]


@dataclass(frozen=True)
class Finished:
    """A process that has ended. started: seconds since the epoch."""

    rc: int
    stdout: str
    stderr: str
    started: float
    seconds: float

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    def recap(self, host: str) -> dict[str, int]:
        """The numbers of one host in the recap; empty when the play never knew it."""
        line = re.search(rf"^{host}\s+: (.*)$", self.stdout, re.MULTILINE)
        return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", line[1])} if line else {}


@dataclass(frozen=True)
class Health(Finished):
    """One run of the health check, with the reports it left."""

    folder: Path

    @cached_property
    def fleet(self) -> Json:
        """flux-status-fleet.json, which has to keep its documented contract in every run."""
        fleet: Json = json.loads((self.folder / "flux-status-fleet.json").read_text())
        validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
        broken = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(fleet)]
        assert not broken, f"against the schema: {broken}"
        return fleet

    def cluster(self, host: str) -> Json:
        entry: Json = self.fleet["clusters"][host]
        return entry

    def verdicts(self) -> dict[str, str]:
        return {host: entry["verdict"] for host, entry in self.fleet["clusters"].items()}

    def is_whole(self, host: str) -> bool:
        """Everything of the seed was read and is well; objects may just run, or wait their turn for another's run."""
        entry = self.cluster(host)
        summary = entry["summary"]
        applied = {kind: sum(summary["by_kind"].get(kind, {}).values()) for kind in ("Kustomization", "HelmRelease")}
        well = set(summary["by_status"]) <= {"ready", "progressing", "blocked"}
        return well and not entry["root_causes"] and applied == {"Kustomization": 4, "HelmRelease": 2}

    def report(self, name: str) -> str:
        """The Markdown of a host, or of the fleet."""
        return (self.folder / f"flux-status-{name}.md").read_text()

    def record(self, host: str, kind: str, name: str) -> Json:
        """One object of one cluster by namespace/name."""
        found = [
            each
            for each in self.cluster(host)["objects"]
            if (each["kind"], f"{each['namespace']}/{each['name']}") == (kind, name)
        ]
        assert len(found) == 1, f"{kind} {name} stands {len(found)} times in the objects of {host}"
        record: Json = found[0]
        return record

    def causes(self, host: str) -> dict[str, Json]:
        """Root causes by Kind/namespace/name."""
        return {title(cause): cause for cause in self.cluster(host)["root_causes"]}


def title(item: Mapping[str, Any]) -> str:
    return f"{item['kind']}/{item['namespace']}/{item['name']}"


@dataclass(frozen=True)
class Ansible:
    """ansible-core of the interpreter these tests run in, and this checkout as the installed collection.

    home holds everything such a process may leave behind. kubeconfig is the one of the test bed, whose current
    context is the server that nobody may touch.
    """

    home: Path
    kubeconfig: Path

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_NOCOLOR": "1",
            # By default below the home the user database knows, whatever HOME says.
            "ANSIBLE_REMOTE_TEMP": str(self.home / ".ansible" / "tmp"),
            "ANSIBLE_ASYNC_DIR": str(self.home / ".ansible_async"),
            "ANSIBLE_COLLECTIONS_PATH": str(self._collections()),
            "KUBECONFIG": str(self.kubeconfig),
        }

    def _collections(self) -> Path:
        link = self.home / "collections/ansible_collections/gitops/flux"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(ROOT)
        return self.home / "collections"

    def run(
        self, program: str, *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Finished:
        """One of ansible's programs. env is added to the clean environment."""
        command = [str(program_path(program)), *arguments]
        started, clock = time.time(), time.monotonic()
        done = subprocess.run(
            command,
            env=self.environment() | dict(env or {}),
            cwd=cwd or self.home,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        return Finished(done.returncode, done.stdout, done.stderr, started, time.monotonic() - clock)

    def health(
        self,
        folder: Path,
        *arguments: str,
        extra: Mapping[str, Any] | None = None,
        inventory: Path = INVENTORY,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Health:
        """Runs the health check with reports in folder."""
        variables = {"health_check_report_dir": str(folder)} | dict(extra or {})
        command = [HEALTH_CHECK, "-i", str(inventory), "-e", json.dumps(variables), *arguments]
        done = self.run("ansible-playbook", *command, env=env, cwd=cwd)
        return Health(**vars(done), folder=folder)

    def info(self, *, env: Mapping[str, str] | None = None, **parameters: Any) -> Json:
        """The result of one flux_info task."""
        return self.infos(parameters, env=env)[0]

    def infos(self, *calls: Mapping[str, Any], env: Mapping[str, str] | None = None) -> list[Json]:
        """The results of several flux_info tasks of one play; failed ones too."""
        return self.tasks([{"gitops.flux.flux_info": dict(call)} for call in calls], env=env)

    def tasks(self, tasks: list[Json], env: Mapping[str, str] | None = None) -> list[Json]:
        """What each of the tasks registers, in one play on localhost."""
        results = self.home / f"results-{time.monotonic_ns()}.json"
        play = self.home / f"{results.stem}.yml"
        play.write_text(yaml.safe_dump(_play(tasks, results)))
        done = self.run("ansible-playbook", "-i", "localhost,", "-c", "local", str(play), env=env)
        assert results.exists(), done.text
        found: list[Json] = json.loads(results.read_text())
        play.unlink()
        results.unlink()
        return found


def _play(tasks: list[Json], results: Path) -> list[Json]:
    """A play whose last task writes down what the others registered."""
    names = [f"result_{number}" for number in range(len(tasks))]
    registering = [task | {"register": name, "ignore_errors": True} for task, name in zip(tasks, names, strict=True)]
    copy = {"content": f"{{{{ [{', '.join(names)}] | to_json }}}}", "dest": str(results)}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "tasks": [*registering, {"ansible.builtin.copy": copy, "check_mode": False}],
    }
    return [play]


def program_path(name: str) -> Path:
    """The program beside the interpreter of these tests."""
    return Path(sys.executable).with_name(name)
