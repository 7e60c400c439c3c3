"""Writes the fragments into the changelog of the version in galaxy.yml.

In a copy of the project's own files: antsibull-changelog copies the whole folder to look for plugins, and this one
has a virtual environment with a link to itself in it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.gates.tree import ROOT, export

WRITTEN = ("CHANGELOG.md", "changelogs/changelog.yaml")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        tree = export(Path(folder))
        tool = Path(sys.executable).with_name("antsibull-changelog")
        options = ("--refresh", "--reload-plugins", "--update-existing")
        subprocess.run((tool, "release", *options), cwd=tree, check=True)
        for name in WRITTEN:
            shutil.copyfile(tree / name, ROOT / name)
            print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
