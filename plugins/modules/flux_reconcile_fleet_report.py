#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_reconcile_fleet_report
short_description: Write the report on a run over all clusters of a play
version_added: 0.1.0
description:
  - Merges what M(gitops.flux.flux_reconcile_report) left for the hosts of the play, and writes C(<report_dir>/<prefix>-fleet.md) on the
    controller. To be run once, after every batch; clusters whose batch has not begun are listed.
  - A host whose task gave no result is bad with the message of its failure; its report is written here.
  - Two hosts that turned out to be one cluster are both bad.
  - Nothing is executed on any host. Connection options are accepted, so that C(module_defaults) of the group fit, and mean nothing.
options:
  results:
    description: Name of the variable each host's M(gitops.flux.flux_reconcile_report) was registered in.
    type: str
    required: true
  template:
    description: Jinja2 template of the report of the fleet, on the controller.
    type: path
    required: true
  cluster_template:
    description: Jinja2 template of the report of a cluster, for hosts whose own task wrote none.
    type: path
    required: true
  report_prefix:
    description: Start of the file names.
    type: str
    default: flux-reconcile
  allow_known_failures:
    description: Whether a cluster passes that is only as bad as it was before.
    type: bool
    default: false
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.report
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Does the same in check mode. The report file is written.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Write the report of the fleet
  gitops.flux.flux_reconcile_fleet_report:
    results: cluster
    template: "{{ playbook_dir }}/templates/fleet.md.j2"
    cluster_template: "{{ playbook_dir }}/templates/cluster.md.j2"
  register: fleet
  run_once: true

- name: Every cluster answers for itself
  ansible.builtin.fail:
    msg: "{{ fleet.gate[inventory_hostname] }}"
  when: inventory_hostname in fleet.gate
"""

RETURN = r"""
verdict:
  description: The worst verdict of all clusters that had their turn.
  returned: always
  type: str
lines:
  description: What a play says at its end, one line a cluster.
  returned: always
  type: list
  elements: str
summary:
  description: Verdicts and numbers of each cluster, and the clusters not started, small enough for C(set_stats).
  returned: always
  type: dict
gate:
  description: Host to message, for the hosts that have to fail, at the end of the play at the latest.
  returned: always
  type: dict
stop:
  description: Hosts of the present batch that have to fail at once, because one of them became worse; no further batch may begin then.
  returned: always
  type: list
  elements: str
"""
