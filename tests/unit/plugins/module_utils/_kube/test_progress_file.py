"""The file through which a module tells how far it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import NAME, ProgressFile


def lines(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / NAME).read_text().splitlines()]


def test_a_line_for_each_change_and_none_without(tmp_path: Path) -> None:
    file = ProgressFile(str(tmp_path))
    for now, done in ((0, 1), (1, 1), (2, 2), (3, 2), (4, 1)):
        file.tell({"done": done}, now)
    assert lines(tmp_path) == [{"done": 1}, {"done": 2}, {"done": 1}]


def test_a_sign_of_life_every_ten_seconds(tmp_path: Path) -> None:
    file = ProgressFile(str(tmp_path))
    for tenth in range(351):
        file.tell({"done": 1}, tenth / 10)
    assert len(lines(tmp_path)) == 4


def test_a_change_starts_the_ten_seconds_anew(tmp_path: Path) -> None:
    file = ProgressFile(str(tmp_path))
    for now, done in ((0, 1), (9, 2), (18, 2), (19, 2)):
        file.tell({"done": done}, now)
    assert [row["done"] for row in lines(tmp_path)] == [1, 2, 2]


def test_another_writer_of_the_same_task_adds_to_it(tmp_path: Path) -> None:
    ProgressFile(str(tmp_path)).tell({"done": 1}, 0)
    ProgressFile(str(tmp_path)).tell({"done": 1}, 0)
    assert len(lines(tmp_path)) == 2


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    ProgressFile(None).tell({"done": 1}, 0)
    assert list(tmp_path.iterdir()) == []
