# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that is paused on one cluster. See the module of the same name."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.findings import suspensions_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_time
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import (
    own_options,
    reading_arguments,
    seconds,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.reading import read_records
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import target_problem
from ansible_collections.gitops.flux.plugins.plugin_utils._suspensions.report import READING


class ActionModule(ActionBase):
    """Runs flux_info on the host, and keeps of its records only what is paused."""

    # Makes the temporary folder before the module runs: all records travel through a file in it.
    TRANSFERS_FILES = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        options = own_options(READING, arguments)
        max_age = seconds("max_age", options["max_age"])
        connection = reading_arguments(arguments, READING) | {"gather": []}
        picture, records = read_records(self, target_problem(options, connection), connection, task_vars or {})
        if not picture["reachable"]:
            return {"failed": True, "msg": picture["reason"], "reachable": False}
        return {
            "changed": False,
            "reachable": True,
            "read_at": picture["read_at"],
            "cluster": picture["cluster"],
            "coverage": picture["coverage"],
            "suspensions": suspensions_of(records, parse_time(picture["read_at"]), max_age),
        }
