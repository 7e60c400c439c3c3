# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suspends or resumes, and shows how far it is. See the module of the same name."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.running import run_shown_by_user


class ActionModule(ActionBase):
    """Runs the module; only the lines on the way are this plugin's."""

    # Makes the temporary folder before the module runs: the file it counts in is there.
    TRANSFERS_FILES = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        begun: dict[str, Any] = super().run(tmp, task_vars)
        return begun | run_shown_by_user(self, task_vars or {})
