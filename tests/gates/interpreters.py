"""The Pythons this machine really has, and what ansible-core supports on each."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

# Pythons an ansible-core controller runs on, of those the collection supports.
CORES = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
SUPPORTED = ("3.10", "3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True)
class Interpreter:
    minor: str
    version: str
    path: Path


def interpreters() -> dict[str, Interpreter]:
    """By minor version, newest first."""
    printed = subprocess.run(["sh", HERE / "pythons.sh"], check=True, capture_output=True, text=True).stdout
    rows = (line.split(" ", 1) for line in printed.splitlines())
    found = (Interpreter(version.rpartition(".")[0], version, Path(path)) for version, path in rows)
    return {each.minor: each for each in found}


def newest_core(minor: str) -> str:
    return max((core for core, pythons in CORES.items() if minor in pythons), key=version_key)


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def path_without_shims(path: str) -> list[str]:
    """The folders of a PATH, without those whose `python3.N` exists but does not run."""
    return [folder for folder in path.split(os.pathsep) if folder and not _has_broken_python(Path(folder))]


def _has_broken_python(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    return any(not _runs(candidate) for candidate in sorted(folder.glob("python3.[0-9]*")) if _is_python(candidate))


def _is_python(candidate: Path) -> bool:
    minor = candidate.name.removeprefix("python3.")
    return minor.isdigit() and os.access(candidate, os.X_OK)


def _runs(candidate: Path) -> bool:
    try:
        return subprocess.run([candidate, "-c", ""], check=False, capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False
