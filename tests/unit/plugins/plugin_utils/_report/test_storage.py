"""Reports are whole files, and a folder that cannot be used is one sentence."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    ReportNotWritten,
    fleet_text,
    read_earlier,
    report_path,
    write_atomically,
)

from tests.unit.recorded_fleet import FLEET


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous_umask")
def test_a_report_and_its_folder_are_for_the_group_at_most(tmp_path: Path) -> None:
    path = tmp_path / "made" / "flux-status-ottawa.md"
    write_atomically(path, "# Ottawa\n")
    assert path.read_text(encoding="utf-8") == "# Ottawa\n"
    assert (mode_of(path), mode_of(path.parent)) == (0o640, 0o750)


def test_a_reader_keeps_the_old_file_and_nothing_is_left_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_atomically(path, "old")
    with path.open(encoding="utf-8") as reader:
        write_atomically(path, "new and longer")
        assert reader.read() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["report.md"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_atomically(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "half \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["report.md"]


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "outputs"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(ReportNotWritten, match=f"^reports cannot be written to {blocked}: it is no folder$"):
        write_atomically(blocked / "report.md", "text")


def test_a_folder_that_refuses_is_one_sentence() -> None:
    with pytest.raises(ReportNotWritten, match=r"^reports cannot be written to /proc/outputs: [A-Z][a-z ]+$"):
        write_atomically(Path("/proc/outputs/report.md"), "text")


def test_a_relative_folder_is_below_the_one_the_program_was_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ops")
    assert report_path("outputs", "flux-status", "ottawa", "md") == tmp_path / "outputs/flux-status-ottawa.md"
    assert report_path("~/out", "flux", "fleet", "json") == Path("/home/ops/out/flux-fleet.json")


def test_a_host_name_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    assert report_path(str(tmp_path), "flux-status", "../../etc/x", "md").parent == tmp_path


def test_the_fleet_has_one_cluster_a_line_and_reads_back_the_same() -> None:
    text = fleet_text(FLEET)
    assert json.loads(text) == FLEET
    assert [line[:6] for line in text.splitlines()[1:-1]] == [f'"{host}'[:6] for host in FLEET["clusters"]]


def test_a_fleet_without_clusters_is_still_json() -> None:
    assert json.loads(fleet_text({"verdict": "unreachable", "clusters": {}})) == {
        "verdict": "unreachable",
        "clusters": {},
    }


def test_no_earlier_run_is_nothing_to_speak_of(tmp_path: Path) -> None:
    earlier = read_earlier(tmp_path / "flux-status-fleet.json")
    assert (earlier.fleet, earlier.note) == (None, None)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("{", "cannot be read"),
        ("[]", "schema version None"),
        ('{"schema_version": 2, "clusters": {}}', "schema version 2, not 1"),
        ('{"schema_version": 1, "clusters": []}', "schema version 1"),
    ],
)
def test_an_earlier_file_that_cannot_be_compared_with_is_said(tmp_path: Path, text: str, note: str) -> None:
    path = tmp_path / "flux-status-fleet.json"
    path.write_text(text, encoding="utf-8")
    earlier = read_earlier(path)
    assert earlier.fleet is None
    assert note in str(earlier.note)


def test_binary_rubbish_is_said_too(tmp_path: Path) -> None:
    path = tmp_path / "flux-status-fleet.json"
    path.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in str(read_earlier(path).note)


def test_the_earlier_fleet_is_the_one_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "flux-status-fleet.json"
    write_atomically(path, fleet_text(FLEET))
    assert read_earlier(path).fleet == FLEET
