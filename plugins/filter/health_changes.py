# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: health_changes
short_description: What is new, fixed and still wrong since an earlier health check
version_added: 0.1.0
description:
  - Compares the root causes of two health checks, for the clusters in both.
  - A cluster that was unreachable in one of them is not compared. What nobody saw is not fixed.
positional: _before
options:
  _input:
    description: The later C(flux-status-fleet.json), as a dictionary, or results of M(gitops.flux.flux_info).
    type: raw
    required: true
  _before:
    description: The earlier one, in the same forms. V(none) where there is none, then nothing is compared.
    type: raw
    required: true
  settings:
    description: What counts as healthy, as for P(gitops.flux.health_summary#filter); used for results of M(gitops.flux.flux_info) only.
    type: dict
    default: {}
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Print what is new since the last run
  ansible.builtin.debug:
    msg: "{{ (today | gitops.flux.health_changes(yesterday)).new }}"
  vars:
    today: "{{ lookup('ansible.builtin.file', 'outputs/flux-status-fleet.json') | from_json }}"
    yesterday: "{{ lookup('ansible.builtin.file', 'archive/flux-status-fleet.json') | from_json }}"
"""

RETURN = r"""
_value:
  description: The causes, each with its cluster.
  type: dict
  contains:
    new:
      description: Causes of the later check that the earlier one did not have.
      type: list
      elements: dict
    fixed:
      description: Causes of the earlier check that are gone.
      type: list
      elements: dict
    still:
      description: Causes of both.
      type: list
      elements: dict
    not_compared:
      description: Clusters in both that were unreachable in one.
      type: list
      elements: str
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux import changes
from ansible_collections.gitops.flux.plugins.module_utils._flux.digest import entries_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import pictures_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings, settings_of


def health_changes(after: Any, before: Any, settings: Mapping[str, Any] | None = None) -> dict[str, list[Any]]:
    try:
        chosen = settings_of(settings)
        earlier = None if before is None else _document(before, chosen)
        return changes.health_changes(earlier, _document(after, chosen))
    except InvalidInput as error:
        raise AnsibleFilterError(f"health_changes: {error}") from error


def _document(data: Any, settings: HealthSettings) -> dict[str, Any]:
    return {"clusters": entries_of(pictures_of(data, datetime.now(timezone.utc), settings.thresholds), settings)}


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"health_changes": health_changes}
