# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet's report out of the entries of its clusters. See the module of the same name."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH
from ansible_collections.gitops.flux.plugins.plugin_utils._report.fleet_report import reported
from ansible_collections.gitops.flux.plugins.plugin_utils._report.gathering import Run
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import FLEET, own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.reading import private_folder


class ActionModule(ActionBase):
    """Runs entirely on the controller, once for all hosts of the play."""

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
        run = Run(
            hosts=plain(variables["ansible_play_hosts_all"]),
            host=str(variables["inventory_hostname"]),
            results=_results(variables, options["results"]),
            folder=private_folder(),
            now=format_time(datetime.now(timezone.utc)),
        )
        with _one_at_a_time():
            return reported(run, options)


def _results(variables: dict[str, Any], name: str) -> dict[str, Any]:
    """What the cluster's report registered for each host; None when its task never ran."""
    return {host: plain(variables["hostvars"][host].get(name)) for host in variables["ansible_play_hosts_all"]}


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """With strategy free, run_once means every host: the last one to come reads what all before it have left."""
    folder = private_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
