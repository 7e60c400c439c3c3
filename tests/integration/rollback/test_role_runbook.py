"""The runbook, line by line: every command block of it is run, in order, as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from tests.integration.playbook import INVENTORY, ROOT, program_path
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import BAD, CHART, FIXED, GOOD, Scene

RUNBOOK = ROOT / "docs/helm-rollback.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)
HOST = "robbinsdale"
CHOICES = {
    "INVENTORY": str(INVENTORY),
    "CLUSTER": HOST,
    "NAMESPACE": "role-book-apps",
    "RELEASE": "shop",
    "REASON": "2.1.0 does not start",
    "TICKET": "INC-7",
    "UNTIL": "12h",
    "FORCE": "true",
}
EXPECTED = (
    "explain",
    "helm_rollback",
    "helm_rollback",
    "health_check",
    "helm_rollback_finish",
    "helm_rollback_finish",
    "health_check",
)


def test_the_first_block_chooses_all_the_words_the_others_use() -> None:
    chosen = dict(line.partition("=")[::2] for line in BLOCKS[0].splitlines())
    assert list(chosen) == list(CHOICES)
    assert {name: shlex.split(value) for name, value in chosen.items() if len(shlex.split(value)) != 1} == {}
    used = {name for block in BLOCKS[1:] for name in re.findall(r"\$(\w+)", block)}
    assert used == set(CHOICES)


def test_it_is_one_page() -> None:
    assert len(RUNBOOK.read_text().splitlines()) <= 110


def test_every_line_does_what_it_says(make_scene: MakeScene, tmp_path: Path) -> None:
    scene = make_scene(HOST, "role-book")
    namespace = scene.namespace("apps")
    scene.good_then_bad(namespace, "shop")
    said = []
    for block in BLOCKS[1:]:
        if "helm_rollback_finish" in block:
            # Section 5, which is the reader's.
            scene.release(namespace, "shop", FIXED)
        done = _typed(scene, tmp_path, block)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
        if "gitops.flux.helm_rollback -i" in block:
            scene.is_good(namespace, "shop")
    verbs = [verb for block in BLOCKS[1:] for verb in re.findall(r"gitops\.flux\.(\w+) (?:--check )?-i", block)]
    assert tuple(verbs) == EXPECTED
    title = f"HelmRelease {namespace}/shop"
    for text in (
        f"# Robbinsdale: {title} would be rolled back from {CHART} {BAD} (revision 2) to {CHART} {GOOD}",
        f"{title} is rolled back to {CHART} {GOOD} (revision 1) and held",
        f"{title} would be let go",
        f"# Robbinsdale: {title} is let go: Flux runs what Git asks for",
    ):
        assert any(text in each for each in said), [
            line for each in said for line in each.splitlines() if title in line
        ]
    scene.wait_deployed(namespace, "shop", FIXED)


def _typed(scene: Scene, folder: Path, block: str) -> subprocess.CompletedProcess[str]:
    """By a shell that stops at the first line that fails, with helm on its PATH."""
    words = "".join(f"{name}={shlex.quote(value)}\n" for name, value in CHOICES.items())
    path = os.pathsep.join((str(program_path("ansible-playbook").parent), str(scene.bed.paths.bin), os.defpath))
    return subprocess.run(
        ["sh", "-eu", "-c", words + block],
        cwd=folder,
        env=scene.ansible.environment() | {"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
