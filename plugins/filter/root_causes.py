# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: root_causes
short_description: What is wrong with a cluster by itself, and what hangs on it
version_added: 0.1.0
description:
  - Follows the needs of every object that is not in order (dependencies, sources, Secrets and ConfigMaps it names, health checks, controllers)
    to what is bad by itself, and lists everything that hangs on each of these causes.
  - A missing object, Secret or ConfigMap is a cause by its own name, a controller that is down is its Deployment,
    and a circle of dependencies goes by its alphabetically first member.
  - The cause whose removal frees most stands first, after controllers that are down.
  - A cluster that was not reached is an error. An empty list would look like health.
positional: _input
options:
  _input:
    description:
      - The result of M(gitops.flux.flux_info) with all its objects, a list of such results, a C(flux-status-fleet.json), records, or what
        C(kubectl get -o json) prints. kubectl's objects should hold all kinds, and events too; what is missing cannot be taken into account.
    type: raw
    required: true
  skip_unreachable:
    description: Whether to pass over clusters that were not reached, instead of failing.
    type: bool
    default: false
  now:
    description: The time at which kubectl's objects were read, RFC 3339. The default is the present.
    type: str
seealso:
  - plugin: gitops.flux.diagnose
    plugin_type: filter
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Read a cluster
  gitops.flux.flux_info:
    context: talos-ottawa
    gather: [events, controllers, logs]
  register: ottawa

- name: Print the causes, and how many objects wait for each
  ansible.builtin.debug:
    msg: "{{ item.kind }} {{ item.namespace }}/{{ item.name }}: {{ item.victims | length }} wait for it"
  loop: "{{ ottawa | gitops.flux.root_causes }}"
"""

RETURN = r"""
_value:
  description:
    - The causes of each cluster. C(freed_alone) counts the victims that wait for nothing else, C(at_risk) is what runs on without getting anything new.
  type: list
  elements: dict
  sample:
    - kind: GitRepository
      namespace: flux-system
      name: fleet
      message: "failed to checkout and determine revision: connection refused"
      victims: [Kustomization/flux-system/apps]
      freed_alone: 1
      at_risk: []
      members: []
      since: "2026-11-21T02:31:07Z"
      last_good_at: "2026-11-21T02:30:07Z"
      cluster: talos-ottawa
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux.answers import root_causes_in
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import moment_of


def root_causes(data: Any, skip_unreachable: bool = False, now: str | None = None) -> list[dict[str, Any]]:
    try:
        moment = moment_of(now, datetime.now(timezone.utc))
        return root_causes_in(data, moment, skip_unreachable=skip_unreachable)
    except InvalidInput as error:
        raise AnsibleFilterError(f"root_causes: {error}") from error


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"root_causes": root_causes}
