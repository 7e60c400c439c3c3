#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_fleet_report
short_description: Write the health report of all clusters of a play
version_added: 0.1.0
description:
  - Merges what M(gitops.flux.flux_cluster_report) found for the hosts of the play, and writes C(<report_dir>/<prefix>-fleet.md) and
    C(<report_dir>/<prefix>-fleet.json) on the controller. To be run once.
  - A host whose task gave no result is unreachable with the message of its failure; its report is written here.
  - Two hosts that turned out to be one cluster are both degraded, and always fail at the gate.
  - Nothing is executed on any host. Connection options are accepted, so that C(module_defaults) of the group fit, and mean nothing.
options:
  results:
    description: Name of the variable each host's M(gitops.flux.flux_cluster_report) was registered in.
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
    default: flux-status
  fleet:
    description: Hosts that are the whole fleet, to say how many of them this run selected.
    type: list
    elements: str
    default: []
  root_source:
    description: Name of the source whose revision is compared. Where no cluster has it, the one that most objects use.
    type: str
    default: flux-system
  fail_on:
    description: Verdicts for which RV(gate) has a message, V(degraded) or V(unreachable), as a list or as one text with commas or line breaks.
    type: raw
    default: [degraded, unreachable]
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.report
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Does the same in check mode. The report files are written.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Write the report of the fleet
  gitops.flux.flux_fleet_report:
    results: cluster
    fleet: "{{ groups['flux_clusters'] }}"
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
  description: The worst verdict of all clusters.
  returned: always
  type: str
lines:
  description: What a play says at its end, one line a cluster.
  returned: always
  type: list
  elements: str
summary:
  description: Verdicts and numbers of the fleet and of each cluster, small enough for C(set_stats).
  returned: always
  type: dict
gate:
  description: Host to message, for the hosts that have to fail.
  returned: always
  type: dict
"""
