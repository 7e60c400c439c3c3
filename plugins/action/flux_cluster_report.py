# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health of one cluster, read, judged and written down at once. See the module of the same name."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.plugin_utils._report.handover import Handover, keep, write_report
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import (
    entry_of,
    picture_from,
    records_of,
    unreadable,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import (
    CLUSTER,
    health_settings,
    own_options,
    reading_arguments,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.printing import printing_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.results import cluster_result
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import from_here, target_problem


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
        picture, records = self._reading(host, options, reading_arguments(arguments), variables)
        # Shown by ansible-core itself since 2.19, and before that when they stand in the result of this task.
        warnings = picture.pop("warnings", None) or []
        entry = entry_of(host, options["display_name"], picture, records, settings)
        result = self._reported(Handover(entry, printing_of(options, arguments.get("kubeconfig"), entry)))
        return result | ({"warnings": warnings} if warnings else {})

    def _reading(
        self, host: str, options: dict[str, Any], arguments: dict[str, Any], variables: dict[str, Any]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The picture of the cluster and all its records. Whatever goes wrong is a picture too."""
        now = format_time(datetime.now(timezone.utc))
        context = arguments.get("context")
        problem = options["failure"] or target_problem(options, arguments)
        if problem:
            return unreadable(problem, context, now), []
        if self._connection.transport == "local" and "kubeconfig" in arguments:
            arguments["kubeconfig"] = from_here(arguments["kubeconfig"])
        remote = self._connection._shell.join_path(self._connection._shell.tmpdir, "flux-records.json")  # noqa: SLF001
        result = self._execute_module(
            module_name="gitops.flux.flux_info",
            module_args=arguments | {"fail_on_unreachable": False, "records_path": remote},
            task_vars=variables,
        )
        picture = picture_from(result, context, now)
        return picture, self._fetched(remote, host) if picture["reachable"] else []

    def _fetched(self, remote: str, host: str) -> list[dict[str, Any]]:
        """The records, through the connection: the module may have run on another machine."""
        local = _folder() / f"{host.replace('/', '_')}.records.json"
        local.parent.mkdir(mode=0o700, exist_ok=True)
        self._connection.fetch_file(remote, str(local))
        try:
            return records_of(local)
        finally:
            local.unlink()

    def _reported(self, handover: Handover) -> dict[str, Any]:
        """The task's result. A folder that cannot be written spoils no verdict; the fleet's report says so again."""
        problem = None
        try:
            write_report(handover)
        except ReportNotWritten as error:
            problem = str(error)
        return cluster_result(handover, keep(handover, _folder()), problem)


def _folder() -> Path:
    return Path(C.DEFAULT_LOCAL_TMP) / "gitops.flux"
