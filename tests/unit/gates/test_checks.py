"""The small checks of our own: what they find, and what they leave alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.gates import builder, contents, importer, sanity
from tests.gates.interpreters import CORES, SUPPORTED, interpreters, newest_core, path_without_shims
from tests.gates.tree import export, project_files


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    (root / ".gitignore").write_text("ignored\n")
    (root / "ignored").write_text("")
    (root / "kept.py").write_text("x = 1\n")
    return root


def test_markers_and_binaries_are_found(project: Path) -> None:
    (project / "later.py").write_text("x = 1  # TO" + "DO: finish\n")
    (project / "stub.py").write_text("raise NotImplemented" + "Error\n")
    (project / "program").write_bytes(b"\x7fELF\0")
    assert sorted(contents.findings(project)) == [
        "later.py:1: TO" + "DO",
        "program: a binary file",
        "stub.py:1: NotImplemented" + "Error",
    ]


def test_the_exported_tree_has_the_projects_files_and_is_a_work_tree_of_its_own(project: Path, tmp_path: Path) -> None:
    tree = export(tmp_path / "work", project)
    assert tree.parts[-3:] == ("ansible_collections", "gitops", "flux")
    assert [str(name) for name in project_files(tree)] == [".gitignore", "kept.py"]


def test_a_path_with_a_broken_python_is_left_out(tmp_path: Path) -> None:
    shims, good = tmp_path / "shims", tmp_path / "good"
    for folder, code in ((shims, 127), (good, 0)):
        folder.mkdir()
        (folder / "python3.12").write_text(f"#!/bin/sh\nexit {code}\n")
        (folder / "python3.12").chmod(0o755)
    assert path_without_shims(f"{shims}:{good}:{tmp_path / 'none'}") == [str(good), str(tmp_path / "none")]


def test_every_interpreter_that_is_found_answers() -> None:
    for minor, interpreter in interpreters().items():
        said = subprocess.run([interpreter.path, "-V"], check=True, capture_output=True, text=True).stdout
        assert said == f"Python {interpreter.version}\n"
        assert interpreter.version.startswith(f"{minor}.")


def test_every_supported_python_has_a_newest_core() -> None:
    assert [newest_core(python) for python in SUPPORTED] == ["2.17", "2.19", "2.21", "2.21", "2.21"]
    assert {python for pythons in CORES.values() for python in pythons} == set(SUPPORTED)


def test_pip_is_told_the_same_by_file_as_by_environment() -> None:
    listed = ":env:.find-links='/wheels'\nglobal.cert='/etc/ca.crt'\nglobal.index-url='https://index/simple?a=b'\n"
    assert dict(sanity._pip_settings(listed)) == {
        "find-links": "/wheels",
        "cert": "/etc/ca.crt",
        "index-url": "https://index/simple?a=b",
    }


def test_warnings_of_the_importer_count() -> None:
    said = "Loading module flux_info\nWARNING: No changelog found.\n  ERROR: broken\nall good\n"
    assert importer.complaints(said) == ["WARNING: No changelog found.", "ERROR: broken"]


def test_requirements_are_read_without_their_origin() -> None:
    said = "python:\n- 'kubernetes>=24.2.0  # from collection gitops.flux'\nsystem: []\n"
    assert builder.requirements(said) == {"python": ["kubernetes>=24.2.0"], "system": []}
