# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the two report actions of a run: their own ones here, all others are flux_reconcile's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import seconds
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import words
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import ENVIRONMENT

REPORTING: dict[str, Any] = {
    "report_dir": {"type": "str", "default": "outputs"},
    "report_prefix": {"type": "str", "default": "flux-reconcile"},
    "template": {"type": "path", "required": True},
}

CLUSTER: dict[str, Any] = REPORTING | {
    "display_name": {"type": "str"},
    "auth": {"type": "str", "default": "context", "choices": ["context", "environment"]},
    "failure": {"type": "str"},
    "mode": {"type": "str", "default": "all"},
}

FLEET: dict[str, Any] = REPORTING | {
    "cluster_template": {"type": "path", "required": True},
    "results": {"type": "str", "required": True},
    "allow_known_failures": {"type": "bool", "default": False},
}

LISTS = ("kinds", "namespaces", "names", "label_selectors", "statuses", "impersonate_groups")
DURATIONS = ("timeout", "request_timeout")


def asking_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments for flux_reconcile: durations in seconds, lists as lists; an empty list restricts nothing."""
    passed = {name: value for name, value in arguments.items() if name not in CLUSTER and value is not None}
    if arguments.get("auth") == ENVIRONMENT:
        # The group's kubeconfig must not be mixed with a token of the environment.
        passed.pop("kubeconfig", None)
    passed |= {name: seconds(name, passed[name]) for name in DURATIONS if name in passed}
    lists = {name: words(passed[name]) for name in LISTS if name in passed}
    return {name: value for name, value in (passed | lists).items() if value != []}
