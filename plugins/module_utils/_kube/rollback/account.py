# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account of what was done, in order, with times; the same sentences are shown while it runs."""

from __future__ import annotations

import time
from datetime import datetime, timezone

from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._kube.progress_file import ProgressFile


class Account:
    """steps: how many there are, as far as it is known."""

    def __init__(self, progress: ProgressFile, steps: int) -> None:
        self.progress = progress
        self.rows: list[dict[str, str]] = []
        self._steps = steps
        self._done: set[str] = set()

    def tell(self, step: str, text: str) -> None:
        """A step is done, or has come to something."""
        self.rows.append({"at": format_time(datetime.now(timezone.utc)), "step": step, "text": text})
        self._done.add(step)
        self.note(text)

    def note(self, text: str) -> None:
        """What goes on at the moment; not kept."""
        done = len(self._done)
        # Not all of it is foreseen: records to bring home, an owner to keep away.
        counts = {"done": done, "total": max(self._steps, done + 1), "bad": {}, "running": 0, "waiting": {}}
        self.progress.tell({**counts, "note": text}, time.monotonic())
