# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run on one cluster, done, judged and written down at once. See the module of the same name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFileNotFound
from ansible.plugins.action import ActionBase
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import format_time
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.showing import shown_progress
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.options import CLUSTER, asking_arguments
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.outcome import keep, reported
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Asker, Run, run_of, unasked
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import health_settings, own_options
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.reading import private_folder
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import report_path
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import from_here, target_problem


class ActionModule(ActionBase):
    """Runs flux_reconcile on the host, once; everything else happens here, on the controller."""

    # Makes the temporary folder before the module runs: its progress and its pictures travel through files in it.
    TRANSFERS_FILES = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        arguments, variables = plain(self._task.args), task_vars or {}
        host = str(variables["inventory_hostname"])
        options, asked = own_options(CLUSTER, arguments), asking_arguments(arguments)
        settings = health_settings({"flux_namespace": arguments.get("flux_namespace")})
        check = bool(self._task.check_mode)
        asker = Asker(host, options["display_name"], options["mode"], check, asked.get("context"), settings)
        run = self._run_of(asker, options["failure"] or target_problem(options, asked), asked, variables)
        path = report_path(options["report_dir"], options["report_prefix"], host, "md")
        kubeconfig = asked.get("kubeconfig")
        # The content of a kubeconfig is a secret; only the path of a file is ever shown.
        shown = kubeconfig if isinstance(kubeconfig, str) and "\n" not in kubeconfig else None
        outcome, problem = reported(run, options["template"], str(path), shown)
        # Shown by ansible-core itself since 2.19, and before that when they stand in the result of this task.
        warned = {"warnings": list(run.warnings)} if run.warnings else {}
        return warned | {
            "changed": run.changed,
            "verdict": outcome.verdict,
            "reachable": outcome.reachable,
            "message": f"{outcome.word}: {outcome.message}",
            "numbers": outcome.numbers,
            "report": outcome.report,
            "report_problem": problem,
            "outcome_path": str(keep(outcome, private_folder())),
        }

    def _run_of(
        self, asker: Asker, problem: str | None, arguments: dict[str, Any], variables: Mapping[str, Any]
    ) -> Run:
        """Whatever goes wrong is a run too, one that came to nothing."""
        if problem:
            return unasked(asker, problem, _now())
        if self._connection.transport == "local" and "kubeconfig" in arguments:
            arguments["kubeconfig"] = from_here(arguments["kubeconfig"])
        remote = self._connection._shell.join_path(self._connection._shell.tmpdir, "flux-pictures.json")  # noqa: SLF001
        with shown_progress(self, variables):
            result = self._execute_module(
                module_name="gitops.flux.flux_reconcile",
                module_args=arguments | {"pictures_path": remote},
                task_vars=variables,
            )
        pictures = self._pictures(remote, asker.host) if "verdicts" in result else {}
        return run_of(asker, plain(result), pictures, _now())

    def _pictures(self, remote: str, host: str) -> dict[str, Any]:
        """Before and after, through the connection: the module may have run on another machine."""
        local = private_folder() / f"{host.replace('/', '_')}.pictures.json"
        local.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            self._connection.fetch_file(remote, str(local))
            found: dict[str, Any] = json.loads(local.read_text(encoding="utf-8"))
        except AnsibleFileNotFound:
            return {}
        finally:
            local.unlink(missing_ok=True)
        return found


def _now() -> str:
    return format_time(datetime.now(timezone.utc))
