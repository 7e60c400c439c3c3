# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where reports are kept: whole files only, never a half-written one, and one sentence when a folder cannot be used."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_MODE = 0o640
FOLDER_MODE = 0o750
SCHEMA_VERSION = 1


class ReportNotWritten(Exception):
    """The one sentence an operator needs when a report could not be stored."""


@dataclass(frozen=True)
class Earlier:
    """The fleet JSON of the run before. fleet is None when there is none to compare with; note says why."""

    fleet: dict[str, Any] | None
    note: str | None = None


def report_folder(report_dir: str) -> Path:
    """A relative folder means the one ansible-playbook was started in, wherever the playbook itself is installed."""
    return Path.cwd() / Path(report_dir).expanduser()


def report_path(report_dir: str, prefix: str, name: str, suffix: str) -> Path:
    """<report_dir>/<prefix>-<name>.<suffix>; a host name never leads out of the folder."""
    return report_folder(report_dir) / f"{prefix}-{name.replace(os.sep, '_')}.{suffix}"


def write_atomically(path: Path, text: str, mode: int = FILE_MODE) -> None:
    """Put text at path: a reader sees the old file or the new one, never a part."""
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        _replace(path, text, mode)
    except OSError as error:
        problem = "it is no folder" if isinstance(error, (FileExistsError, NotADirectoryError)) else error.strerror
        raise ReportNotWritten(f"reports cannot be written to {path.parent}: {problem}") from error


def _replace(path: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def fleet_text(fleet: Mapping[str, Any]) -> str:
    """The fleet as JSON, one cluster a line: diffs stay readable, and the fast encoder is used."""
    head = json.dumps({key: value for key, value in fleet.items() if key != "clusters"}, ensure_ascii=False)
    clusters = ",\n".join(
        f"{json.dumps(host, ensure_ascii=False)}: {json.dumps(entry, ensure_ascii=False)}"
        for host, entry in fleet["clusters"].items()
    )
    return f'{head[:-1]}, "clusters": {{\n{clusters}\n}}}}\n'


def read_earlier(path: Path) -> Earlier:
    """The fleet JSON an earlier run left at path, if it can be compared with."""
    try:
        fleet = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Earlier(None)
    except (OSError, ValueError) as error:
        return Earlier(None, f"the earlier {path.name} cannot be read, so nothing is compared: {error}")
    return _comparable(fleet, path.name)


def _comparable(fleet: object, name: str) -> Earlier:
    version = fleet.get("schema_version") if isinstance(fleet, dict) else None
    if isinstance(fleet, dict) and version == SCHEMA_VERSION and isinstance(fleet.get("clusters"), dict):
        return Earlier(fleet)
    return Earlier(None, f"the earlier {name} has schema version {version}, not {SCHEMA_VERSION}: nothing is compared")
