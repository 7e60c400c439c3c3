# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health of one cluster, read, judged and written down at once. See the module of the same name."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import Handover, keep, write_report
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import entry_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import (
    CLUSTER,
    health_settings,
    own_options,
    reading_arguments,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.printing import printing_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.reading import private_folder, read_records
from ansible_collections.gitops.flux.plugins.plugin_utils._report.results import cluster_result
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import target_problem


class ActionModule(ActionBase):
    """Runs flux_info on the host; everything else happens here, on the controller."""

    # Makes the temporary folder before the module runs: all records travel through a file in it.
    TRANSFERS_FILES = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        variables = task_vars or {}
        host = str(variables["inventory_hostname"])
        options = own_options(CLUSTER, arguments)
        settings = health_settings(options["settings"] | {"flux_namespace": arguments.get("flux_namespace")})
        connection = reading_arguments(arguments)
        problem = options["failure"] or target_problem(options, connection)
        picture, records = read_records(self, problem, connection, variables)
        # Shown by ansible-core itself since 2.19, and before that when they stand in the result of this task.
        warnings = picture.pop("warnings", None) or []
        entry = entry_of(host, options["display_name"], picture, records, settings)
        result = self._reported(Handover(entry, printing_of(options, arguments.get("kubeconfig"), entry)))
        return result | ({"warnings": warnings} if warnings else {})

    def _reported(self, handover: Handover) -> dict[str, Any]:
        """The task's result. A folder that cannot be written spoils no verdict; the fleet's report says so again."""
        problem = None
        try:
            write_report(handover)
        except ReportNotWritten as error:
            problem = str(error)
        return cluster_result(handover, keep(handover, private_folder()), problem)
