# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that knows AnsibleModule: what a module's work returns or raises becomes its result here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError
from ansible_collections.gitops.flux.plugins.module_utils._kube.configuration import kubeconfig_of
from ansible_collections.gitops.flux.plugins.module_utils._kube.library import KUBERNETES_IMPORT_ERROR

SECRET_KEYS = {
    "token",
    "client-key-data",
    "password",
    "id-token",
    "refresh-token",
    "access-token",
    "client-secret",
    "value",  # of an exec plugin's env
}


class FluxModule(AnsibleModule):
    """AnsibleModule that also keeps the secrets inside a kubeconfig given as content out of logs and results."""

    def _log_invocation(self) -> None:
        self.no_log_values.update(_secrets_of(self.params.get("kubeconfig")))
        super()._log_invocation()


def run_module(argument_spec: Mapping[str, Any], work: Callable[[Mapping[str, Any], str], dict[str, Any]]) -> None:
    """Parse the parameters, do the work(params, scratch folder), and exit with its result or with its one sentence.

    The parameters also hold _check_mode and _diff, which are the task's. A result with a key "failure" has failed,
    with that sentence, and is returned whole all the same.
    """
    module = FluxModule(argument_spec=dict(argument_spec), supports_check_mode=True)
    if KUBERNETES_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("kubernetes"), exception=KUBERNETES_IMPORT_ERROR)
    try:
        task = {"_check_mode": module.check_mode, "_diff": module._diff}  # noqa: SLF001 (ansible-core has no other name)
        result = work(module.params | task, module.tmpdir)
    except FluxError as error:
        module.fail_json(**failure_of(error))
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    failure = result.pop("failure", None)
    if failure:
        module.fail_json(msg=failure, **result)
    module.exit_json(**result)


def failure_of(error: FluxError) -> dict[str, Any]:
    """The failed result of an error: msg for people, error for programs."""
    return {
        "msg": error.sentence,
        "error": {"type": type(error).__name__, "message": error.message, "hint": error.hint, **error.details},
    }


def _secrets_of(kubeconfig: Any) -> Iterator[str]:
    """The secret values in a kubeconfig that is given as content; a path holds none."""
    if isinstance(kubeconfig, str) and "\n" in kubeconfig:
        yield kubeconfig
        try:
            kubeconfig = kubeconfig_of(kubeconfig)[0]
        except FluxError:  # said later, when the target is decided
            return
    yield from _secrets(kubeconfig)


def _secrets(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _secrets(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner, key)
    elif isinstance(value, str) and key in SECRET_KEYS and value:
        yield value
