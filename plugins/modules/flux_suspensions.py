#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_suspensions
short_description: List everything that is paused on a cluster
version_added: 0.1.0
description:
  - Runs M(gitops.flux.flux_info) on the host and returns what is suspended, and what is frozen (an object that its owner leaves alone because of
    C(kustomize.toolkit.fluxcd.io/reconcile=disabled)), the overdue first.
  - Reads only. The records of everything else stay out of the result.
options:
  max_age:
    description: Age above which a suspension without an end is overdue, as C(24h) or in seconds.
    type: str
    default: 24h
  auth:
    description:
      - How the cluster is named, V(context) by the options of this task.
      - With V(environment) the C(K8S_AUTH_*) variables name it all together, O(kubeconfig) is not used, and O(expected_cluster_uid) is required.
    type: str
    default: context
    choices: [context, environment]
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Reads only, so check mode changes nothing.
    support: full
  diff_mode:
    description: Changes nothing, so there is nothing to show.
    support: none
seealso:
  - plugin: gitops.flux.suspended
    plugin_type: filter
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: List what is paused
  gitops.flux.flux_suspensions:
    context: talos-ottawa
    max_age: 12h
  register: paused
"""

RETURN = r"""
reachable:
  description: Whether the API server answered.
  returned: always
  type: bool
read_at:
  description: When it was read, by the API server's clock (UTC, RFC 3339).
  returned: success
  type: str
cluster:
  description: Which cluster answered, as M(gitops.flux.flux_info) returns it.
  returned: success
  type: dict
coverage:
  description: What could be read, as M(gitops.flux.flux_info) returns it.
  returned: success
  type: dict
suspensions:
  description:
    - A row for each object with C(kind), C(namespace), C(name), C(by), C(reason), C(ticket), C(until), C(change), C(since), C(last) (the status it
      would have), C(overdue) and C(frozen).
  returned: success
  type: list
  elements: dict
"""
