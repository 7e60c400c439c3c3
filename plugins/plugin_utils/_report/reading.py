# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a whole cluster for an action plugin: flux_info runs on the host, all records come back through a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import picture_from, records_of, unreadable
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import from_here

Picture = dict[str, Any]
Records = list[dict[str, Any]]


def read_records(
    action: ActionBase, problem: str | None, arguments: Mapping[str, Any], variables: Mapping[str, Any]
) -> tuple[Picture, Records]:
    """The picture of the cluster and all its records. Whatever goes wrong is a picture too.

    problem: why nothing may be asked. arguments: for flux_info. The action needs TRANSFERS_FILES = True.
    """
    now = format_time(datetime.now(timezone.utc))
    context = arguments.get("context")
    if problem:
        return unreadable(problem, context, now), []
    asked = dict(arguments)
    if action._connection.transport == "local" and "kubeconfig" in asked:  # noqa: SLF001
        asked["kubeconfig"] = from_here(asked["kubeconfig"])
    shell = action._connection._shell  # noqa: SLF001
    remote = shell.join_path(shell.tmpdir, "flux-records.json")
    result = action._execute_module(  # noqa: SLF001
        module_name="gitops.flux.flux_info",
        module_args=asked | {"fail_on_unreachable": False, "records_path": remote},
        task_vars=variables,
    )
    picture = picture_from(result, context, now)
    return picture, _fetched(action, remote, str(variables["inventory_hostname"])) if picture["reachable"] else []


def private_folder() -> Path:
    """Ansible's own temporary folder on the controller: it is gone when the play ends."""
    return Path(C.DEFAULT_LOCAL_TMP) / "gitops.flux"


def _fetched(action: ActionBase, remote: str, host: str) -> Records:
    """The records, through the connection: the module may have run on another machine."""
    local = private_folder() / f"{host.replace('/', '_')}.records.json"
    local.parent.mkdir(mode=0o700, exist_ok=True)
    action._connection.fetch_file(remote, str(local))  # noqa: SLF001
    try:
        return records_of(local)
    finally:
        local.unlink()
