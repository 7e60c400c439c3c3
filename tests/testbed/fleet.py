"""The Git repository of the fleet: served over HTTP, and a clone to publish from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .errors import TestbedError
from .paths import CHECKOUT, Paths
from .ports import Ports
from .processes import Spec

_AUTHOR = {"user.name": "Test bed", "user.email": "testbed@example.invalid", "commit.gpgsign": "false"}


def git_spec(paths: Paths, ports: Ports) -> Spec:
    argv = [
        sys.executable, "-m", "tests.testbed.gitserver", str(ports.port("git")), str(paths.repository.parent),
        str(paths.git_rules),
    ]  # fmt: skip
    return Spec("git", argv, paths.log("git"), CHECKOUT)


def charts_spec(paths: Paths, ports: Ports) -> Spec:
    argv = [
        sys.executable, "-m", "http.server", str(ports.port("charts")), "--bind", "127.0.0.1",
        "--directory", str(paths.charts),
    ]  # fmt: skip
    paths.charts.mkdir(parents=True, exist_ok=True)
    return Spec("charts", argv, paths.log("charts"), CHECKOUT)


def registry_spec(paths: Paths, ports: Ports) -> Spec:
    argv = [str(paths.bin / "registry"), "-port", str(ports.port("registry"))]
    return Spec("registry", argv, paths.log("registry"), paths.run)


class Fleet:
    """The clone. `publish` commits what is in it and pushes, which is what makes it visible to the clusters."""

    def __init__(self, paths: Paths) -> None:
        self.clone = paths.clone
        self._repository = paths.repository

    def create(self) -> None:
        if self.clone.exists():
            return
        self._repository.mkdir(parents=True, exist_ok=True)
        self._git("init", "--quiet", "--bare", "--initial-branch", "main", folder=self._repository)
        self._git("config", "http.receivepack", "true", folder=self._repository)
        self._git("config", "http.uploadpack", "true", folder=self._repository)
        self.clone.parent.mkdir(parents=True, exist_ok=True)
        # By path, so that publishing works while a fault holds the server up.
        self._git("clone", "--quiet", str(self._repository), str(self.clone), folder=self.clone.parent)
        for name, value in _AUTHOR.items():
            self._git("config", name, value)

    def write(self, files: Mapping[str, str]) -> None:
        """Files by their path in the repository; not yet published."""
        for name, text in files.items():
            file = self.clone / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def remove(self, folder: str) -> None:
        shutil.rmtree(self.clone / folder, ignore_errors=True)

    def remove_file(self, name: str) -> None:
        (self.clone / name).unlink(missing_ok=True)

    def publish(self, message: str) -> str:
        """Commits everything in the clone, pushes it, and says the commit; no commit where nothing changed."""
        self._git("add", "--all")
        if self._git("status", "--porcelain"):
            self._git("commit", "--quiet", "--message", message)
            self._git("push", "--quiet", "origin", "HEAD:main")
        return self.head()

    def head(self) -> str:
        return self._git("rev-parse", "HEAD")

    def _git(self, *args: str, folder: Path | None = None) -> str:
        env = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *args], cwd=folder or self.clone, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise TestbedError(f"git {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout.strip()
