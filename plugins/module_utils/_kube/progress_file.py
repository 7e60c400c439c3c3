# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells how far a module is, in a file that the action plugin of the same name reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "flux-progress.jsonl"
HEARTBEAT_SECONDS = 10.0


class ProgressFile:
    """One line for each change, and one for each ten seconds without any. folder None: nothing is written."""

    def __init__(self, folder: str | None) -> None:
        self._file = Path(folder) / NAME if folder else None
        self._last: str | None = None
        self._written = 0.0

    def tell(self, progress: Mapping[str, Any], now: float) -> None:
        """Appends what is new. now: seconds of any clock."""
        line = json.dumps(progress)
        if self._file is None or (line == self._last and now - self._written < HEARTBEAT_SECONDS):
            return
        try:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:  # a full disk must cost the lines, not what the run has come to
            self._file = None
        self._last, self._written = line, now
