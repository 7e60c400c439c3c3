# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet's report on a run, out of what its clusters' tasks left. See the module of the same name."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.fleet_report import Play, fleet_reported
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.options import FLEET
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain


class ActionModule(ActionBase):
    """Runs entirely on the controller, once after every batch."""

    # Nothing is executed on the host.
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        # Connection options may come from module_defaults of the whole group; here they mean nothing.
        unknown = sorted(set(arguments) - set(FLEET) - set(AUTH))
        if unknown:
            raise AnsibleActionFail(f"unsupported options: {', '.join(unknown)}")
        options = own_options(FLEET, arguments)
        variables = task_vars or {}
        play = Play(
            hosts=plain(variables["ansible_play_hosts_all"]),
            batch=plain(variables["ansible_play_batch"]),
            results=_results(variables, options["results"]),
            now=format_time(datetime.now(timezone.utc)),
        )
        return fleet_reported(play, options)


def _results(variables: dict[str, Any], name: str) -> dict[str, Any]:
    """What the cluster's report registered for each host; None when its task never ran."""
    return {host: plain(variables["hostvars"][host].get(name)) for host in variables["ansible_play_hosts_all"]}
