# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object's story, read and written down at once. See the module of the same name."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import picture_from, unreadable
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import rendered
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_options import (
    explaining_arguments,
    named_subject,
    object_options,
    object_problem,
    report_paths,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import ReportNotWritten, write_atomically
from ansible_collections.gitops.flux.plugins.plugin_utils._report.story_view import closing_line, story_view
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import from_here


class ActionModule(ActionBase):
    """Runs flux_explain on the host; the reports are written here, on the controller."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments = plain(self._task.args)
        variables = task_vars or {}
        host = str(variables["inventory_hostname"])
        options = object_options(arguments)
        subject = named_subject(options)
        story = self._story(options, subject, arguments, variables)
        # Shown by ansible-core itself since 2.19, and before that when they stand in the result of this task.
        warnings = story.pop("warnings", None) or []
        story |= {"host": host, "display_name": options["display_name"] or host, "subject": subject.as_dict()}
        return _reported(story, options, report_paths(options, host, subject)) | (
            {"warnings": warnings} if warnings else {}
        )

    def _story(
        self, options: dict[str, Any], subject: Ref, arguments: dict[str, Any], variables: dict[str, Any]
    ) -> dict[str, Any]:
        """What flux_explain tells. Whatever goes wrong is told too."""
        now = format_time(datetime.now(timezone.utc))
        passed = explaining_arguments(arguments, subject)
        context = passed.get("context")
        problem = options["failure"] or object_problem(options, passed)
        if problem:
            return _untold(unreadable(problem, context, now))
        if self._connection.transport == "local" and "kubeconfig" in passed:
            passed["kubeconfig"] = from_here(passed["kubeconfig"])
        result = self._execute_module(module_name="gitops.flux.flux_explain", module_args=passed, task_vars=variables)
        picture = picture_from(result, context, now)
        return picture if "found" in picture else _untold(picture)


def _untold(picture: dict[str, Any]) -> dict[str, Any]:
    return picture | {"found": False, "message": picture["reason"]}


def _reported(story: dict[str, Any], options: dict[str, Any], paths: tuple[str, str]) -> dict[str, Any]:
    """Both files, and the task's result: small, because AWX drops the result of a task that is large."""
    problem = None
    try:
        write_atomically(Path(paths[0]), rendered(Path(options["template"]), story_view(story)))
        write_atomically(Path(paths[1]), json.dumps(story, ensure_ascii=False, indent=1) + "\n")
    except ReportNotWritten as error:
        problem = str(error)
    return {
        "changed": False,
        "reachable": story["reachable"],
        "found": story["found"],
        "message": closing_line(story),
        "status": story["object"]["status"] if story["found"] else None,
        "report": paths[0],
        "json": paths[1],
        "report_problem": problem,
    }
