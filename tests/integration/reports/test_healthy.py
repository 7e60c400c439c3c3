"""A healthy fleet: what the play says, what it leaves behind, and under which circumstances it runs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.playbook import HEALTH_CHECK, HOSTS, INVENTORY, ROOT, Ansible, Health, program_path
from tests.testbed.bed import Bed

Reports = Callable[[], Path]
FILES = {f"flux-status-{name}" for name in ("ottawa.md", "robbinsdale.md", "stpetersburg.md", "fleet.md", "fleet.json")}


@pytest.fixture(scope="module")
def healthy(ansible: Ansible, reports: Reports, settled: Callable[[], None]) -> Health:
    settled()
    return ansible.health(reports(), env={"ANSIBLE_SHOW_CUSTOM_STATS": "1"})


def test_every_cluster_is_healthy(healthy: Health) -> None:
    assert healthy.rc == 0, healthy.text
    assert healthy.verdicts() == dict.fromkeys(HOSTS, "healthy")
    assert (healthy.fleet["verdict"], healthy.fleet["selected"], healthy.fleet["total"]) == ("healthy", 3, 3)
    for host in HOSTS:
        entry = healthy.cluster(host)
        assert (entry["reasons"], entry["root_causes"], entry["stale_sources"]) == ([], [], [])
        assert {row["state"] for row in entry["controllers"]} == {"ready"}
        assert "clusters selected" not in healthy.stdout


def test_the_reports_are_whole_files_for_the_owner_and_the_group(healthy: Health) -> None:
    assert {file.name for file in healthy.folder.iterdir()} == FILES
    assert {file.stat().st_mode & 0o777 for file in healthy.folder.iterdir()} == {0o640}


def test_the_reports_begin_with_the_verdict(healthy: Health) -> None:
    assert healthy.report("ottawa").startswith("# Ottawa: healthy · 1")
    assert "talos-ottawa · https://127.0.0.1:" in healthy.report("ottawa")
    assert healthy.report("fleet").startswith("# Fleet: 3 healthy")
    for name in ("Ottawa", "Robbinsdale", "StPetersburg"):
        assert f"[{name}](flux-status-{name.lower()}.md)" in healthy.report("fleet")


def test_every_object_stands_in_the_json(healthy: Health) -> None:
    assert healthy.is_whole("ottawa")
    assert len(healthy.cluster("ottawa")["objects"]) == healthy.cluster("ottawa")["summary"]["total"]
    assert healthy.cluster("ottawa")["summary"]["by_kind"]["HelmRelease"] == {"ready": 2}


def test_set_stats_hands_on_a_small_summary(healthy: Health) -> None:
    printed = healthy.stdout.partition("CUSTOM STATS")[2]
    stats = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])["gitops_flux_health"]
    assert (stats["verdict"], stats["selected"], stats["total"]) == ("healthy", 3, 3)
    assert {host: entry["verdict"] for host, entry in stats["clusters"].items()} == dict.fromkeys(HOSTS, "healthy")
    assert len(json.dumps(stats)) < 2000


def test_a_limit_is_said_everywhere(ansible: Ansible, reports: Reports) -> None:
    done = ansible.health(reports(), "--limit", "robbinsdale")
    assert done.rc == 0
    assert "1 of 3 clusters selected" in done.stdout
    assert "1 of 3 clusters selected" in done.report("fleet")
    assert (done.fleet["selected"], done.fleet["total"], list(done.fleet["clusters"])) == (1, 3, ["robbinsdale"])
    assert not (done.folder / "flux-status-ottawa.md").exists()


def test_check_mode_does_the_same(ansible: Ansible, reports: Reports) -> None:
    done = ansible.health(reports(), "--check")
    assert done.rc == 0
    assert done.verdicts() == dict.fromkeys(HOSTS, "healthy")
    assert {file.name for file in done.folder.iterdir()} == FILES


def test_a_relative_folder_is_where_the_command_was_started(ansible: Ansible, tmp_path: Path) -> None:
    """Not where the inventory, the playbook or the collection is."""
    done = ansible.run("ansible-playbook", HEALTH_CHECK, "-i", str(INVENTORY), cwd=tmp_path)
    assert done.rc == 0, done.text
    assert {file.name for file in (tmp_path / "outputs").iterdir()} == FILES
    assert not list(tmp_path.glob("*.*"))


def test_from_the_checkout_with_nothing_but_a_home(bed: Bed, ansible: Ansible, tmp_path: Path) -> None:
    """What other tools rely on: ansible.cfg of the checkout finds the collection. No PATH, no terminal, no locale."""
    variables = {"health_check_report_dir": str(tmp_path / "reports"), "flux_kubeconfig": str(bed.paths.kubeconfig)}
    command = [str(program_path("ansible-playbook")), HEALTH_CHECK, "-i", "inventory/fleet.yml"]
    done = subprocess.run(
        [*command, "-e", json.dumps(variables)],
        cwd=ROOT,
        env={"HOME": str(ansible.home)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {file.name for file in (tmp_path / "reports").iterdir()} == FILES


def test_a_folder_that_cannot_be_written_fails_every_cluster(ansible: Ansible, tmp_path: Path) -> None:
    """A file stands where the folder should be; modes would not stop a superuser."""
    (tmp_path / "reports").write_text("")
    done = ansible.health(tmp_path / "reports", extra={"health_check_fail_on": []})
    assert done.rc == 2
    assert "reports cannot be written to" in done.stdout
    assert {host: done.recap(host)["failed"] for host in HOSTS} == dict.fromkeys(HOSTS, 1)


def test_a_second_run_replaces_the_first(ansible: Ansible, healthy: Health) -> None:
    before = {file.name: file.stat().st_ino for file in healthy.folder.iterdir()}
    again = ansible.health(healthy.folder)
    assert again.rc == 0
    assert {file.name for file in again.folder.iterdir()} == FILES
    assert all(file.stat().st_ino != before[file.name] for file in again.folder.iterdir())
    assert "since the last run" in again.report("ottawa")
