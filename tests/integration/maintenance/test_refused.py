"""What a start and an end refuse, each in one sentence, before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.integration.maintenance.conftest import HOST, Window
from tests.integration.playbook import HOSTS, INVENTORY


def test_another_change_on_one_cluster_stops_the_start_on_all(window: Window, folder: Path) -> None:
    apps = {
        "maintenance_window_names": "infra-crds",
        "maintenance_window_kinds": "Kustomization",
        "maintenance_window_namespaces": "flux-system",
        "maintenance_window_label_selectors": "",
    }
    assert window.start(folder, "CHG-OLD", **apps).rc == 0
    try:
        marks = {host: window.bed.mark(host) for host in HOSTS}
        done = window.start(folder, "CHG-NEW", limit="all", **apps)
        assert done.rc == 2
        # Others may be at work on the other clusters: only what bears our change counts there.
        assert window.writes(marks[HOST]) == []
        assert _noted(window, "CHG-NEW") == []
        assert {host: done.recap(host)["failed"] for host in HOSTS} == dict.fromkeys(HOSTS, 1)
        said = "Nothing was written on any cluster, because another change is open. "
        named = f"{HOST}: Kustomization/flux-system/infra-crds is suspended by admin under change CHG-OLD (disk swap)."
        assert said + named in done.stdout
        for host in HOSTS:
            assert "change CHG-NEW was NOT started" in done.report(f"CHG-NEW-start-{host}")
    finally:
        assert window.end(folder, "CHG-OLD").rc == 0


def _noted(window: Window, change: str) -> list[str]:
    """Objects of any cluster that bear a note of this change."""
    command = ("get", "kustomizations", "-A", "-o", "yaml")
    return [host for host in HOSTS if change in window.bed.cluster(host).kubectl(*command)]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"maintenance_window_reason": " "}, "maintenance_window_reason is empty"),
        (
            {"maintenance_window_label_selectors": "", "maintenance_window_namespaces": ""},
            "Nothing is selected: at least one of maintenance_window_kinds",
        ),
        ({"maintenance_window_change": ""}, "maintenance_window_change is empty"),
        ({"maintenance_window_names": "bass"}, "is called bass. Near it are: base"),
        ({"maintenance_window_kinds": "Kustomizatoin"}, "Kustomizatoin"),
        ({"maintenance_window_until": "later"}, "until 'later' is no time and no duration"),
        ({"maintenance_window_label_selectors": "team=nobody"}, "No object matches the selection"),
    ],
)
def test_a_start_that_cannot_be_meant(window: Window, folder: Path, extra: dict[str, str], said: str) -> None:
    mark = window.bed.mark(HOST)
    done = window.start(folder, "CHG-5", **extra)
    assert done.rc == 2, done.text
    assert said in done.stdout + done.stderr
    assert window.writes(mark) == []


def test_a_change_that_nobody_knows(window: Window, folder: Path) -> None:
    done = window.end(folder, "CHG-404")
    assert done.rc == 2
    said = f"Nothing is paused under change CHG-404 on {HOST}, and nothing about it is kept on this machine"
    assert said in done.stdout + done.stderr


def test_a_start_takes_no_serial(window: Window, folder: Path, tmp_path: Path) -> None:
    play = {
        "hosts": "flux_clusters",
        "gather_facts": False,
        "serial": 1,
        "tasks": [{"ansible.builtin.import_role": {"name": "gitops.flux.maintenance_window", "tasks_from": "start"}}],
        "vars": {
            "maintenance_window_change": "CHG-6",
            "maintenance_window_reason": "x",
            "maintenance_window_names": "base",
            "maintenance_window_report_dir": str(folder),
        },
    }
    path = tmp_path / "play.yml"
    path.write_text(yaml.safe_dump([play]))
    mark = window.bed.mark(HOST)
    done = window.ansible.run("ansible-playbook", "-i", str(INVENTORY), str(path))
    assert done.rc == 2
    assert "remove serial" in done.stdout + done.stderr
    assert window.writes(mark) == []


def test_a_cluster_that_has_nothing_of_it_hinders_nobody(window: Window, folder: Path) -> None:
    assert window.start(folder, "CHG-8").rc == 0
    done = window.end(folder, "CHG-8", limit=f"{HOST},ottawa")
    assert done.rc == 0, done.text
    assert "nothing of change CHG-8 here" in done.stdout
    assert window.paused() == set()
