# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of a task as Ansible itself would, and shows how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.showing import shown_progress
from ansible_collections.gitops.flux.plugins.plugin_utils._report.awx import awx_user
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import from_here


def run_shown_by_user(action: ActionBase, variables: Mapping[str, Any]) -> dict[str, Any]:
    """As run_shown, for a module that notes who acts: without its option by, that is the user of AWX."""
    arguments = action._task.args  # noqa: SLF001
    user = awx_user(variables)
    if user is not None and not arguments.get("by"):
        arguments["by"] = user
    return run_shown(action, variables)


def run_shown(action: ActionBase, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The result of the module the task names, with its arguments; in the background when the task is async."""
    task = action._task  # noqa: SLF001
    arguments = dict(task.args)
    if action._connection.transport == "local" and "kubeconfig" in arguments:  # noqa: SLF001
        arguments["kubeconfig"] = from_here(arguments["kubeconfig"])
    with shown_progress(action, variables):
        result: dict[str, Any] = action._execute_module(  # noqa: SLF001
            module_args=arguments, task_vars=variables, wrap_async=task.async_val
        )
    return result
