"""galaxy-importer on the collection's tarball, warnings counted as errors.

python -m tests.gates.importer TREE
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.gates.tarball import build

SETTINGS = {"CHECK_REQUIRED_TAGS": "true", "CHECK_CHANGELOG": "true", "OFFLINE_ANSIBLE_LINT": "true"}


def complaints(output: str) -> list[str]:
    lines = (line.strip() for line in output.splitlines())
    return [line for line in lines if re.match(r"(WARNING|ERROR|CRITICAL):", line)]


def main() -> int:
    tree = Path(sys.argv[1])
    tarball = build(tree, tree.parents[2] / "importer")
    environment = {**os.environ, **{f"GALAXY_IMPORTER_{name}": value for name, value in SETTINGS.items()}}
    command = (sys.executable, "-m", "galaxy_importer.main", tarball)
    done = subprocess.run(
        command,
        cwd=tarball.parent,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(done.stdout)
    found = complaints(done.stdout)
    print("\n".join(["", f"{len(found)} complaints, exit code {done.returncode}", *found]))
    return 1 if found or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
