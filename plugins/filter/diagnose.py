# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: diagnose
short_description: Root causes with what they mean and what to do
version_added: 0.1.0
description:
  - Gives each cause that P(gitops.flux.root_causes#filter) finds its class, the evidence, what the class means and what mends it,
    commands to paste, and whose work it is.
  - Every command names its cluster, those that read stand first, and none shows the content of a Secret.
  - The class comes from status and reason; the words of a message only tell one failure from another. A message nobody knows is V(unknown).
  - A cluster that was not reached is an error. An empty list would look like health.
positional: _input
options:
  _input:
    description:
      - The result of M(gitops.flux.flux_info) with all its objects, a list of such results, a C(flux-status-fleet.json), records, or what
        C(kubectl get -o json) prints. kubectl's objects should hold all kinds, and events too; what is missing cannot be taken into account.
    type: raw
    required: true
  handoffs:
    description: Whose work a namespace or a class is, as a mapping of either to words of your own.
    type: dict
    default: {}
  skip_unreachable:
    description: Whether to pass over clusters that were not reached, instead of failing.
    type: bool
    default: false
  now:
    description: The time at which kubectl's objects were read, RFC 3339. The default is the present.
    type: str
seealso:
  - plugin: gitops.flux.root_causes
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

- name: Print what to type first for each cause
  ansible.builtin.debug:
    msg: "{{ item.class }}: {{ item.commands | map(attribute='command') | first }}"
  loop: "{{ ottawa | gitops.flux.diagnose(handoffs={'rook-ceph': 'storage-ops'}) }}"
"""

RETURN = r"""
_value:
  description:
    - The causes of each cluster. C(class) is one of those in docs/causes.md, C(group) the same for causes that are the same trouble.
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
      class: source_network
      group: source_network:git.example.internal
      evidence: ["failed (retrying), reason GitOperationFailed", "failed to checkout and determine revision: connection refused"]
      meaning: The server of the source cannot be reached, does not answer in time, or its certificate is not trusted.
      remedy: "Check from inside the cluster: name resolution, routes, proxy, certificate, and whether the server is up."
      commands:
        - command: flux --context talos-ottawa -n flux-system get source git fleet
          writes: false
      handoff: "escalate: bring the server back, or open the way to it"
      known: null
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux.answers import diagnoses_in
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import moment_of


def diagnose(
    data: Any, handoffs: Mapping[str, str] | None = None, skip_unreachable: bool = False, now: str | None = None
) -> list[dict[str, Any]]:
    try:
        moment = moment_of(now, datetime.now(timezone.utc))
        return diagnoses_in(data, moment, handoffs or {}, skip_unreachable=skip_unreachable)
    except InvalidInput as error:
        raise AnsibleFilterError(f"diagnose: {error}") from error


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"diagnose": diagnose}
