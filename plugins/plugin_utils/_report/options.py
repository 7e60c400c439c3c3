# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the two report actions: their own ones here, all others are flux_info's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings, settings_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_duration
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import words
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import ENVIRONMENT

REPORTING: dict[str, Any] = {
    "report_dir": {"type": "str", "default": "outputs"},
    "report_prefix": {"type": "str", "default": "flux-status"},
}

CLUSTER: dict[str, Any] = REPORTING | {
    "template": {"type": "path", "required": True},
    "display_name": {"type": "str"},
    "auth": {"type": "str", "default": "context", "choices": ["context", "environment"]},
    "failure": {"type": "str"},
    "event_count": {"type": "int", "default": 30},
    "log_count": {"type": "int", "default": 20},
    "narrow": {"type": "dict", "options": {name: {"type": "raw"} for name in ("kinds", "namespaces", "names")}},
    "settings": {
        "type": "dict",
        "default": {},
        "options": {
            "required_kinds": {"type": "raw"},
            "expected_controllers": {"type": "raw"},
            "settle_time": {"type": "str"},
            "suspension_max_age": {"type": "str"},
            "known_failures": {"type": "list", "elements": "dict"},
            "handoffs": {"type": "dict"},
            "fail_on": {"type": "raw"},
        },
    },
}

FLEET: dict[str, Any] = REPORTING | {
    "template": {"type": "path", "required": True},
    "cluster_template": {"type": "path", "required": True},
    "results": {"type": "str", "required": True},
    "fleet": {"type": "list", "elements": "str", "default": []},
    "root_source": {"type": "str", "default": "flux-system"},
    "fail_on": {"type": "raw", "default": ["degraded", "unreachable"]},
}

EVERYTHING = ["events", "controllers", "logs", "helm_history", "operator", "settings"]

# flux_info wants seconds; people write 10m.
DURATIONS = ("stale_after", "unobserved_after", "stuck_after", "request_timeout")
HEALTH_LISTS = ("required_kinds", "expected_controllers", "fail_on")
LISTS = ("settings_config_maps", "gather", "impersonate_groups")


def own_options(spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The action's own options, validated, with their defaults."""
    given = {name: value for name, value in arguments.items() if name in spec}
    checked = ArgumentSpecValidator(dict(spec)).validate(given)
    if checked.error_messages:
        raise AnsibleActionFail("; ".join(checked.error_messages))
    options: dict[str, Any] = checked.validated_parameters
    return options


def reading_arguments(arguments: Mapping[str, Any], own: Mapping[str, Any] = CLUSTER) -> dict[str, Any]:
    """The arguments for flux_info, with durations in seconds and lists as lists. own: the action's own options."""
    passed: dict[str, Any] = {"gather": EVERYTHING}
    passed |= {name: value for name, value in arguments.items() if name not in own and value is not None}
    if arguments.get("auth") == ENVIRONMENT:
        # The group's kubeconfig must not be mixed with a token of the environment.
        passed.pop("kubeconfig", None)
    passed |= {name: seconds(name, passed[name]) for name in DURATIONS if name in passed}
    return passed | {name: words(passed[name]) for name in LISTS if name in passed}


def health_settings(given: Mapping[str, Any]) -> HealthSettings:
    """What counts as healthy; whatever is not given keeps its default."""
    chosen = {
        name: words(value) if name in HEALTH_LISTS else value for name, value in given.items() if value is not None
    }
    try:
        return settings_of(chosen)
    except InvalidInput as error:
        raise AnsibleActionFail(error.message) from None


def seconds(name: str, value: Any) -> float:
    """'10m' or 600 as seconds; a mistake names the option."""
    try:
        return parse_duration(value)
    except ValueError as error:
        raise AnsibleActionFail(f"{name}: {error}.") from None
