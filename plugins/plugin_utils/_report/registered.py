# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tasks of a play registered for each of its hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from jinja2 import TemplateError

# ansible-core before 2.19 lets what a template raises through as it is.
UNRESOLVED = (AnsibleError, TemplateError, ArithmeticError, LookupError, TypeError, ValueError)


def registered(variables: Mapping[str, Any], names: Mapping[str, str | None]) -> dict[str, dict[str, Any]]:
    """By host: its display name, and by our own words what stands in the variables of these names."""
    wanted = {"name": "flux_display_name", **{word: name for word, name in names.items() if name}}
    return {
        str(host): {word: value_of(variables["hostvars"][host], name) for word, name in wanted.items()}
        for host in variables["ansible_play_hosts_all"]
    }


def value_of(host: Mapping[str, Any], name: str) -> Any:
    """A variable of one host, None where it cannot be resolved."""
    try:
        return plain(host.get(name))
    except UNRESOLVED:
        # A variable that cannot be resolved has failed the host's own task, with a message of its own.
        return None
