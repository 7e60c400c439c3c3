# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a class of causes is."""

from __future__ import annotations

from typing import NamedTuple

GIT, ESCALATE, WORKLOAD = "pull request", "escalate", "workload"


class CauseClass(NamedTuple):
    name: str
    meaning: str
    remedy: str
    # Whose work it is, where it is not this collection's: GIT, ESCALATE or WORKLOAD.
    to: str | None = None
    task: str = ""

    @property
    def handoff(self) -> str | None:
        return f"{self.to}: {self.task}" if self.to else None
