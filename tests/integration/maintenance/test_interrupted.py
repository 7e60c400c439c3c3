"""A start and an end that are killed in the middle, and then run again: by the same person, or from another machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.maintenance.branch import config_maps
from tests.integration.maintenance.conftest import HOST, START, STORAGE, Window
from tests.integration.maintenance.killing import killed
from tests.integration.objects import applied
from tests.testbed.readiness import wait_until

MANY = 40
CROWD = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: crowd-{number:02}, namespace: window, labels: {{team: crowd}}}}
spec:
  interval: 1h
  path: ./spare
  prune: false
  sourceRef: {{kind: GitRepository, name: window}}
"""
SELECTION = {"maintenance_window_label_selectors": "team=crowd", "maintenance_window_namespaces": "window"}


@pytest.fixture(scope="module")
def crowd(window: Window) -> Iterator[set[str]]:
    """So many that something can happen between the first and the last."""
    manifests = "---".join(CROWD.format(number=number) for number in range(MANY))
    with applied(window.cluster, manifests):
        names = {f"kustomization/crowd-{number:02}" for number in range(MANY)}
        wait_until(lambda: _ready(window) >= MANY, 120, "the crowd being ready")
        yield names


def _ready(window: Window) -> int:
    path = "{range .items[*]}{.status.conditions[?(@.type=='Ready')].status} {end}"
    text = window.cluster.kubectl("get", "ks", "-n", "window", "-l", "team=crowd", "-o", f"jsonpath={path}")
    return text.split().count("True")


def _crowded(window: Window) -> set[str]:
    return {name for name in window.paused() if name.startswith("kustomization/crowd-")}


def test_a_killed_start_is_finished_by_the_next(window: Window, crowd: set[str], folder: Path) -> None:
    extra = START | SELECTION | {"maintenance_window_change": "CHG-20"}
    killed(window.ansible, window.command("maintenance_start", folder, extra), lambda: bool(_crowded(window)))
    begun = _crowded(window)
    mark = window.bed.mark(HOST)
    again = window.start(folder, "CHG-20", **SELECTION)
    assert again.rc == 0, again.text
    assert _crowded(window) == crowd
    # Changed only for what was missing.
    assert {f"kustomization/{write.name}" for write in window.writes(mark)} == crowd - begun
    assert again.recap(HOST)["changed"] == (1 if begun != crowd else 0)
    assert again.report(f"CHG-20-start-{HOST}").count("| reached |") == MANY

    before = window.bed.mark(HOST)
    killed(
        window.ansible,
        window.command("maintenance_end", folder, {"maintenance_window_change": "CHG-20"}),
        lambda: len(_crowded(window)) < MANY,
    )
    left = _crowded(window)
    mark = window.bed.mark(HOST)
    ended = window.end(folder, "CHG-20")
    assert ended.rc == 0, ended.text
    assert _crowded(window) == set()
    assert {f"kustomization/{write.name}" for write in window.writes(mark)} == left
    assert len({write.name for write in window.writes(before)}) == MANY
    # All of them are compared, also those the killed run has resumed.
    kept = json.loads(ended.files[f"flux-maintenance-CHG-20-{HOST}.json"])
    assert {f"{name.split('/')[0].lower()}/{name.split('/')[2]}" for name in kept["objects"]} == crowd
    assert kept["taken"] == "start"
    assert kept["ended_at"]


def test_an_end_that_is_killed_while_it_waits_still_tells_what_became_of_it(window: Window, folder: Path) -> None:
    assert window.start(folder, "CHG-21").rc == 0
    wrong = window.branch.publish({"storage/broken.yaml": "kind: Nothing\n"}, "Break what is paused")
    try:
        killed(
            window.ansible,
            window.command("maintenance_end", folder, {"maintenance_window_change": "CHG-21"}),
            lambda: not window.paused(),
        )
        mark = window.bed.mark(HOST)
        ended = window.end(folder, "CHG-21")
        assert window.writes(mark) == []
        assert ended.rc == 2
        report = ended.report(f"CHG-21-end-{HOST}")
        assert report.startswith(
            "# StPetersburg: change CHG-21 has ended: nothing was left to resume, 2 newly failing\n"
        )
        assert "| Kustomization window/storage " in report
        assert wrong[:7] in report
    finally:
        (window.branch.folder / "storage/broken.yaml").unlink()
        window.branch.publish(config_maps("again", "storage"), "Repair it")
        window.settled()


def test_the_end_runs_on_another_machine(window: Window, folder: Path, tmp_path: Path) -> None:
    assert window.start(folder, "CHG-22").rc == 0
    moved = window.branch.publish(config_maps("moved", "base", "storage", "web", "spare"), "Move during the window")
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    env = {"HOME": str(home), "ANSIBLE_REMOTE_TEMP": str(home / "tmp")}
    ended = window.end(elsewhere, "CHG-22", env=env)
    assert ended.rc == 0, ended.text
    assert window.paused() == set()
    report = ended.report(f"CHG-22-end-{HOST}")
    assert report.startswith(f"# StPetersburg: change CHG-22 has ended: {len(STORAGE)} objects resumed")
    assert "Nothing about the start is kept on this machine." in report
    assert "## Revisions moved" in report
    assert f"window@sha1:{moved[:7]}" in report
    row = next(line for line in report.splitlines() if line.startswith("| window@sha1:"))
    assert {"window/base", "window/storage", "window/spare"} <= set(re.findall(r"window/\w+", row))
