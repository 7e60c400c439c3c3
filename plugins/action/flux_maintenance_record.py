# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change found on one cluster: kept at its start, compared at its end. See the module of the same name."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.keeping import kept, told_after
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.options import RECORD
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options, reading_arguments
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.reading import read_records
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import target_problem


class ActionModule(ActionBase):
    """Runs flux_info on the host; the file is kept here, on the controller."""

    # Makes the temporary folder before the module runs: all records travel through a file in it.
    TRANSFERS_FILES = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        variables = task_vars or {}
        options = own_options(RECORD, arguments)
        connection = reading_arguments(arguments, RECORD) | {"gather": ["events", "controllers"]}
        picture, records = read_records(self, target_problem(options, connection), connection, variables)
        if not picture["reachable"]:
            return {"failed": True, "msg": picture["reason"], "reachable": False, "reason": picture["reason"]}
        host, is_rehearsal = str(variables["inventory_hostname"]), bool(self._task.check_mode)
        tell = told_after if options["step"] == "after_end" else kept
        try:
            return tell(options, host, picture, records, is_rehearsal=is_rehearsal)
        except ReportNotWritten as error:
            return {"failed": True, "msg": str(error), "reachable": True, "reason": str(error)}
