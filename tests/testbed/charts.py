"""Charts, and the folder they are published in."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .errors import TestbedError
from .paths import SEED, Paths


class Charts:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def publish(self, chart: str, version: str, files: Mapping[str, str] | None = None) -> None:
        """A version of a chart of seed/charts, with some of its files replaced, listed in the index."""
        with tempfile.TemporaryDirectory() as scratch:
            source = Path(scratch) / chart
            shutil.copytree(SEED / "charts" / chart, source)
            for name, text in (files or {}).items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_text(text)
            # App version and chart version are told apart: 1.2.3 of the chart carries 1.2 of the application.
            folder = str(self._paths.charts)
            app = ".".join(version.split(".")[:2])
            self._helm("package", str(source), "--version", version, "--app-version", app, "-d", folder)
        self.index()

    def unpublish(self, chart: str, version: str) -> None:
        (self._paths.charts / f"{chart}-{version}.tgz").unlink(missing_ok=True)
        self.index()

    def push(self, chart: str, version: str, registry: str) -> None:
        """Puts a published version into an OCI registry as well."""
        self._helm("push", str(self._paths.charts / f"{chart}-{version}.tgz"), registry, "--plain-http")

    def publish_seed(self) -> None:
        if not (self._paths.charts / "index.yaml").exists():
            for chart in ("demo-config", "demo-web"):
                for version in ("1.0.0", "1.1.0"):
                    self.publish(chart, version)

    def index(self) -> None:
        self._helm("repo", "index", str(self._paths.charts))

    def _helm(self, *args: str) -> None:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self._paths.run)}
        command = [str(self._paths.bin / "helm"), *args]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise TestbedError(f"helm {' '.join(args)}: {done.stderr.strip()}")
