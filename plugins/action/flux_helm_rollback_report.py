# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rollback is about to do, and what it has done. See the module of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from getpass import getuser
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH
from ansible_collections.gitops.flux.plugins.plugin_utils._report.awx import awx_user, in_awx_job
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.registered import value_of
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.asking import Asking
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import BEGIN, REPORT
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.refusing import refusal
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.report import Teller, told_beginning, told_end


class ActionModule(ActionBase):
    """Runs entirely on the controller, for one host."""

    # Nothing is executed on the host.
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments, variables = plain(self._task.args), task_vars or {}
        # Connection options may come from module_defaults of the whole group; here they mean nothing.
        unknown = sorted(set(arguments) - set(REPORT) - set(AUTH))
        if unknown:
            raise AnsibleActionFail(f"unsupported options: {', '.join(unknown)}")
        options = own_options(REPORT, arguments)
        host = str(variables["inventory_hostname"])
        teller = Teller(
            options=options,
            asking=Asking(host, _inventory(variables), options["asked"]),
            rehearsal=bool(self._task.check_mode),
            by=_user(variables),
            now=format_time(datetime.now(timezone.utc)),
        )
        if options["stage"] == BEGIN:
            hosts = plain(variables["ansible_play_hosts_all"])
            return told_beginning(teller, refusal(options["step"], options["asked"], hosts, options))
        return told_end(teller, value_of(variables, options["done"]) if options["done"] else None)


def _user(variables: Mapping[str, Any]) -> str | None:
    try:
        return awx_user(variables) or getuser()
    except (KeyError, OSError, ImportError):
        # A user the machine has no name for.
        return None


def _inventory(variables: Mapping[str, Any]) -> str | None:
    """What the play was given with -i, for the commands a person types next; a job runner's own file is no use."""
    sources = plain(variables.get("ansible_inventory_sources")) or []
    if in_awx_job(variables) or len(sources) != 1 or not Path(sources[0]).exists():
        return None
    return str(sources[0])
