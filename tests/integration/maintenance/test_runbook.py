"""The runbook, line by line: every command block of it is run, in order, as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from tests.integration.maintenance.conftest import HOST, Window
from tests.integration.playbook import INVENTORY, ROOT, program_path

RUNBOOK = ROOT / "docs/maintenance-window.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)
CHOICES = {
    "INVENTORY": str(INVENTORY),
    "CLUSTERS": HOST,
    "CHANGE": "CHG-50",
    "REASON": "disk swap",
    "TICKET": "OPS-1423",
    "UNTIL": "4h",
    "NAMES": "storage,release",
}
EXPECTED = (
    "health_check",
    "suspensions",
    "maintenance_start",
    "suspensions",
    "maintenance_end",
    "suspensions",
    "health_check",
)


def test_the_first_block_chooses_all_the_words_the_others_use() -> None:
    chosen = dict(line.partition("=")[::2] for line in BLOCKS[0].splitlines())
    assert list(chosen) == list(CHOICES)
    assert {name: shlex.split(value) for name, value in chosen.items() if len(shlex.split(value)) != 1} == {}
    used = {name for block in BLOCKS[1:] for name in re.findall(r"\$(\w+)", block)}
    assert used == set(CHOICES)


def test_every_line_does_what_it_says(window: Window, tmp_path: Path) -> None:
    said = []
    for block in BLOCKS[1:]:
        done = _typed(window, tmp_path, block)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        said.append((block, done.stdout))
        # Between its start and its end, and at no other time, the change has something paused.
        if "gitops.flux.maintenance_" in block and "--check" not in block:
            is_start = "maintenance_start" in block
            assert window.paused() == ({"kustomization/storage", "helmrelease/release"} if is_start else set())
    verbs = [verb for block, _text in said for verb in re.findall(r"gitops\.flux\.(\w+) -i", block)]
    assert tuple(verbs) == EXPECTED
    texts = [text for _block, text in said]
    assert any("change CHG-50 would pause 2 objects" in text for text in texts)
    assert any("change CHG-50 has paused 2 objects" in text for text in texts)
    assert any("## Change CHG-50 (2 objects on 1 cluster)" in text for text in texts)
    assert any("# StPetersburg: change CHG-50 has ended: 2 objects resumed" in text for text in texts)


def _typed(window: Window, folder: Path, block: str) -> subprocess.CompletedProcess[str]:
    """By a shell that stops at the first line that fails."""
    words = "".join(f"{name}={shlex.quote(value)}\n" for name, value in CHOICES.items())
    path = os.pathsep.join((str(program_path("ansible-playbook").parent), os.defpath))
    return subprocess.run(
        ["sh", "-eu", "-c", words + block],
        cwd=folder,
        env=window.ansible.environment() | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
