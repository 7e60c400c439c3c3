# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report about everything that is paused on a fleet. See the module of the same name."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.registered import registered
from ansible_collections.gitops.flux.plugins.plugin_utils._suspensions.report import REPORT, reported


class ActionModule(ActionBase):
    """Runs entirely on the controller, once for all hosts of the play."""

    # Nothing is executed on the host.
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        # Connection options may come from module_defaults of the whole group; here they mean nothing.
        unknown = sorted(set(arguments) - set(REPORT) - set(AUTH))
        if unknown:
            raise AnsibleActionFail(f"unsupported options: {', '.join(unknown)}")
        options = own_options(REPORT, arguments)
        found = registered(task_vars or {}, {"results": options["results"]})
        return reported(found, options, format_time(datetime.now(timezone.utc)))
