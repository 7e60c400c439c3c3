# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the report about one object: its own ones here, all others are flux_explain's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.subject import subject_of
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import own_options, seconds
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import words
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import report_path
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import ENVIRONMENT, target_problem

OBJECT_REPORT: dict[str, Any] = {
    "report_dir": {"type": "str", "default": "outputs"},
    "report_prefix": {"type": "str", "default": "flux-explain"},
    "template": {"type": "path", "required": True},
    "display_name": {"type": "str"},
    "auth": {"type": "str", "default": "context", "choices": ["context", "environment"]},
    "failure": {"type": "str"},
    "kind": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
}
_MEANT = ("kind", "namespace", "name")


def object_options(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The action's own options, validated, with the object under the name Flux gives its kind."""
    options = own_options(OBJECT_REPORT, arguments)
    return options | {part: options[part].strip() for part in _MEANT}


def object_problem(options: Mapping[str, Any], connection: Mapping[str, Any]) -> str | None:
    """Why no request may be sent, in one sentence; None when object and cluster are both named."""
    try:
        subject_of(*(options[part] for part in _MEANT))
    except InvalidInput as error:
        return error.message
    return target_problem(options, connection)


def named_subject(options: Mapping[str, Any]) -> Ref:
    """The object as Flux writes it, or as it was given where that is no object."""
    try:
        return subject_of(*(options[part] for part in _MEANT))
    except InvalidInput:
        return Ref(*(options[part] for part in _MEANT))


def explaining_arguments(arguments: Mapping[str, Any], subject: Ref) -> dict[str, Any]:
    """The arguments for flux_explain."""
    passed = {name: value for name, value in arguments.items() if name not in OBJECT_REPORT and value is not None}
    if arguments.get("auth") == ENVIRONMENT:
        # The group's kubeconfig must not be mixed with a token of the environment.
        passed.pop("kubeconfig", None)
    if "request_timeout" in passed:
        passed["request_timeout"] = seconds("request_timeout", passed["request_timeout"])
    if "impersonate_groups" in passed:
        passed["impersonate_groups"] = words(passed["impersonate_groups"])
    return passed | subject.as_dict() | {"fail_on_unreachable": False}


def report_paths(options: Mapping[str, Any], host: str, subject: Ref) -> tuple[str, str]:
    """Where the Markdown and the JSON go."""
    name = "-".join((host, subject.kind.lower(), subject.namespace, subject.name))
    folder, prefix = options["report_dir"], options["report_prefix"]
    found = [str(report_path(folder, prefix, name, suffix)) for suffix in ("md", "json")]
    return found[0], found[1]
