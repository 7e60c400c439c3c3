"""Builds and installs the collection the way a user's machine would, with nothing of the checkout in reach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GALAXY = Path(sys.executable).with_name("ansible-galaxy")


def build(tree: Path, folder: Path) -> Path:
    """The tarball, built into `folder`."""
    command = (GALAXY, "collection", "build", "--force", "--output-path", folder, tree)
    subprocess.run(command, cwd=tree, check=True)
    (tarball,) = folder.glob("*.tar.gz")
    return tarball


def install(tarball: Path, folder: Path) -> Path:
    """The collection's folder below `folder`."""
    command = (GALAXY, "collection", "install", "--offline", "--collections-path", folder, tarball)
    subprocess.run(command, cwd=tarball.parent, check=True)
    return folder / "ansible_collections/gitops/flux"
