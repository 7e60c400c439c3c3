#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_maintenance_record
short_description: Keep what a maintenance window found on a cluster, and compare with it at its end
version_added: 0.1.0
description:
  - Runs M(gitops.flux.flux_info) on the host and keeps, in C(<report_dir>/<prefix>-<change>-<host>.json) on the controller, how the objects
    of a change are and everything that hangs on them (by its source, a dependency, or who applies it).
  - After the end it compares, and closes the file. Until then the file lets an interrupted end be run again.
  - Nothing is written to the cluster.
options:
  step:
    description:
      - V(start) is before anything is paused, V(before_end) before anything is resumed, V(after_end) when everything runs again.
      - V(before_end) without a file of the start keeps how everything is then, and says so in RV(taken).
    type: str
    required: true
    choices: [start, before_end, after_end]
  change:
    description: Id of the change.
    type: str
    required: true
  objects:
    description: RV(gitops.flux.flux_suspend#module:objects) of the change; those that are left alone are passed over.
    type: list
    elements: dict
    default: []
  report_prefix:
    description: Start of the file name.
    type: str
    default: flux-maintenance
  auth:
    description:
      - How the cluster is named, V(context) by the options of this task.
      - With V(environment) the C(K8S_AUTH_*) variables name it all together, O(kubeconfig) is not used, and O(expected_cluster_uid) is required.
    type: str
    default: context
    choices: [context, environment]
  flux_namespace:
    description: See M(gitops.flux.flux_info).
    type: str
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.report
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Reads and answers, and leaves the file as it is.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is nothing to show.
    support: none
seealso:
  - module: gitops.flux.flux_suspend
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Keep how everything is before it is paused
  gitops.flux.flux_maintenance_record:
    context: "{{ flux_context }}"
    step: start
    change: CHG-7
    objects: "{{ looked.objects }}"
  register: kept

- name: Compare after everything was resumed
  gitops.flux.flux_maintenance_record:
    context: "{{ flux_context }}"
    step: after_end
    change: CHG-7
  register: compared
"""

RETURN = r"""
known:
  description: Whether there is anything of this change, on the cluster or in the file.
  returned: with O(step=start) and O(step=before_end)
  type: bool
taken:
  description: V(start) when the file was made by the start of the change, V(end) when its end had to make it, null without one.
  returned: with O(step=start) and O(step=before_end)
  type: str
at:
  description: When what the file says was read.
  returned: with O(step=start) and O(step=before_end)
  type: str
ended_at:
  description: When the change was ended; null while it is open.
  returned: with O(step=start) and O(step=before_end)
  type: str
wait_for:
  description: C(kinds), C(namespaces) and C(names) of the objects and all that hangs on them.
  returned: with O(step=start) and O(step=before_end)
  type: dict
rows:
  description: Objects that are not simply well, with C(role), C(outcome), and status and revision before and after.
  returned: with O(step=after_end)
  type: list
  elements: dict
moves:
  description: Which objects went C(from) which revision C(to) which.
  returned: with O(step=after_end)
  type: list
  elements: dict
counts:
  description: Number of objects by outcome.
  returned: with O(step=after_end)
  type: dict
ended:
  description: Whether nothing is paused under this change any more.
  returned: with O(step=after_end)
  type: bool
reason:
  description: Why nothing could be said.
  returned: failure
  type: str
"""
