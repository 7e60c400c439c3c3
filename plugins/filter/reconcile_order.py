# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reconcile_order
short_description: The order in which Flux objects of one cluster are reconciled
version_added: 0.1.0
description:
  - Sorts objects into waves. Sources come first, a chart after its repository, then Kustomizations along C(dependsOn), then
    HelmReleases along C(dependsOn), then the other kinds.
  - Leaves out suspended and terminating objects and those that nobody reconciles.
  - Objects that wait for each other in a circle have no order; the error names them.
positional: _input
options:
  _input:
    description:
      - The result of M(gitops.flux.flux_info), records, or what C(kubectl get -o json) prints, of one cluster and with all of its objects.
    type: raw
    required: true
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Print the waves
  ansible.builtin.debug:
    msg: "{{ wave | map(attribute='name') | join(', ') }}"
  loop: "{{ ottawa | gitops.flux.reconcile_order }}"
  loop_control:
    loop_var: wave
"""

RETURN = r"""
_value:
  description: Waves, each a list of dictionaries with C(kind), C(namespace) and C(name).
  type: list
  elements: list
  sample:
    - - kind: GitRepository
        namespace: flux-system
        name: fleet
    - - kind: Kustomization
        namespace: flux-system
        name: infra
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux import order
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import objects_of


def reconcile_order(data: Any) -> list[list[dict[str, str]]]:
    try:
        return order.reconcile_order(objects_of(data, datetime.now(timezone.utc), complete=True))
    except InvalidInput as error:
        raise AnsibleFilterError(f"reconcile_order: {error}") from error


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"reconcile_order": reconcile_order}
