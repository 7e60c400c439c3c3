"""shellcheck over every shell script of the project, whatever its name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.gates.tree import ROOT, project_files

SHEBANG = re.compile(rb"^#!\s*/(?:usr/)?bin/(?:env\s+)?(?:ba|da)?sh\b")


def shell_scripts() -> list[Path]:
    return [name for name in project_files() if name.suffix == ".sh" or SHEBANG.match((ROOT / name).read_bytes()[:40])]


def main() -> int:
    scripts = shell_scripts()
    print("\n".join(str(name) for name in scripts))
    shellcheck = Path(sys.executable).with_name("shellcheck")
    return subprocess.run([shellcheck, *scripts], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
