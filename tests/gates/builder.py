"""What ansible-builder would put into an execution environment for the collection: the client, nothing else.

python -m tests.gates.builder COLLECTIONS_PATH
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

EXPECTED = {"python": ["kubernetes>=24.2.0"], "system": []}


def requirements(introspection: str) -> dict[str, list[str]]:
    """Requirements without the comments that say where they come from."""
    found = yaml.safe_load(introspection) or {}
    return {kind: [_without_comment(each) for each in found.get(kind) or []] for kind in EXPECTED}


def _without_comment(requirement: str) -> str:
    return requirement.partition("#")[0].strip()


def main() -> int:
    collections = Path(sys.argv[1])
    command = (Path(sys.executable).with_name("ansible-builder"), "introspect", collections)
    introspection = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(introspection)
    found = requirements(introspection)
    print(f"found    {found}\nexpected {EXPECTED}")
    return 0 if found == EXPECTED else 1


if __name__ == "__main__":
    sys.exit(main())
