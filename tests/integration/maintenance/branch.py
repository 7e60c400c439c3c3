"""A branch of the fleet's repository of its own: what moves there moves no cluster but the one that follows it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.testbed.paths import Paths

CONFIG_MAP = """apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: window}}
data: {{text: "{text}"}}
"""


class Branch:
    """A clone of its own. `publish` makes what is written in it the newest commit of the branch."""

    def __init__(self, name: str, folder: Path, paths: Paths) -> None:
        self.name = name
        self.folder = folder
        self._repository = paths.repository
        self._git("init", "--quiet", "--initial-branch", name)
        for key, value in (("user.name", "Window"), ("user.email", "window@example.invalid")):
            self._git("config", key, value)

    def publish(self, files: Mapping[str, str], message: str = "A change") -> str:
        """The files by path, replaced or new; the commit."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", message)
        # By path, so that no server is needed.
        self._git("push", "--quiet", "--force", str(self._repository), f"HEAD:{self.name}")
        return self._git("rev-parse", "HEAD")

    def delete(self) -> None:
        self._git("push", "--quiet", str(self._repository), f":{self.name}")

    def _git(self, *arguments: str) -> str:
        command = ("git", *arguments)
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()


def config_maps(text: str, *names: str) -> dict[str, str]:
    """A folder with a ConfigMap for each name."""
    return {f"{name}/configmap.yaml": CONFIG_MAP.format(name=name, text=text) for name in names}
