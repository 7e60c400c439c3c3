"""The files of the collection as somebody else would have them: a copy of what Git knows or would add."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = Path("ansible_collections/gitops/flux")


def project_files(root: Path = ROOT) -> list[Path]:
    """Tracked files and new ones that are not ignored, relative to `root`; without those deleted from the work tree."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name and (root / name).is_file()]


def export(folder: Path, root: Path = ROOT) -> Path:
    """Copies the project below `folder` to ansible_collections/gitops/flux, a Git work tree of its own."""
    tree = folder / COLLECTION
    for name in project_files(root):
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target, follow_symlinks=False)
    for arguments in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *arguments], cwd=tree, check=True)
    return tree
