"""No unfinished work, no binaries: what no linter of one language looks for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.gates.tree import ROOT, project_files

# Put together here so that this file is not its own finding.
MARKERS = re.compile("|".join(rf"\b{first}{second}\b" for first, second in (("TO", "DO"), ("FIX", "ME"), ("XX", "X"))))
UNFINISHED = re.compile(r"\bNotImplemented" + "Error|@pytest.mark." + r"xfail\b")
LARGEST = 1_000_000  # bytes; the recorded objects are the largest files


def findings(root: Path = ROOT) -> Iterator[str]:
    for name in project_files(root):
        content = (root / name).read_bytes()
        if len(content) > LARGEST:
            yield f"{name}: {len(content)} bytes, more than {LARGEST}"
        if b"\0" in content:
            yield f"{name}: a binary file"
        else:
            yield from _unfinished(name, content.decode("utf-8", errors="replace"))


def _unfinished(name: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        if found := MARKERS.search(line) or UNFINISHED.search(line):
            yield f"{name}:{number}: {found[0]}"


def main() -> int:
    found = list(findings())
    print("\n".join(found) or "no markers, no binaries")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
