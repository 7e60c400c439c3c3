# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: not_ready
short_description: Flux objects that are not in order
version_added: 0.1.0
description:
  - Takes the records of all objects that are not ready, and of those that say they are ready although nobody looks at them any more
    (flag V(unobserved)), they do not follow their source (V(behind)) or they are stuck (V(stuck)).
  - A cluster that was not reached is an error. An empty list would look like health.
positional: _input
options:
  _input:
    description:
      - The result of M(gitops.flux.flux_info), a list of such results, a C(flux-status-fleet.json), records, or what
        C(kubectl get -o json) prints. kubectl's objects should hold all kinds, and events too; what is missing cannot be taken into account.
    type: raw
    required: true
  lines:
    description: Whether to return one line of text for each instead of the whole record.
    type: bool
    default: false
  suspended:
    description: Whether suspended objects are among them.
    type: bool
    default: true
  skip_unreachable:
    description: Whether to pass over clusters that were not reached, instead of failing.
    type: bool
    default: false
  now:
    description: The time at which kubectl's objects were read, RFC 3339. The default is the present.
    type: str
seealso:
  - plugin: gitops.flux.health_summary
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

- name: Print what is not in order, one line for each object
  ansible.builtin.debug:
    msg: "{{ ottawa | gitops.flux.not_ready(lines=true) }}"

- name: Which HelmReleases are not in order
  ansible.builtin.debug:
    msg: "{{ ottawa | gitops.flux.not_ready | selectattr('kind', 'eq', 'HelmRelease') | map(attribute='name') }}"
"""

RETURN = r"""
_value:
  description: Records as in RV(gitops.flux.flux_info#module:objects), or lines of cluster, kind, name, reason and message.
  type: list
  elements: raw
  sample:
    - "talos-ottawa Kustomization flux-system/apps: BuildFailed: kustomize build failed [retrying]"
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux.digest import lines_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import moment_of, objects_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well


def not_ready(
    data: Any,
    lines: bool = False,
    suspended: bool = True,
    skip_unreachable: bool = False,
    now: str | None = None,
) -> list[Mapping[str, Any]] | list[str]:
    try:
        moment = moment_of(now, datetime.now(timezone.utc))
        records = objects_of(data, moment, skip_unreachable=skip_unreachable)
    except InvalidInput as error:
        raise AnsibleFilterError(f"not_ready: {error}") from error
    found = [record for record in records if not is_well(record) and (suspended or record["status"] != "suspended")]
    return lines_of(found) if lines else found


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"not_ready": not_ready}
