#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_cluster_report
short_description: Write the health report of one cluster
version_added: 0.1.0
description:
  - Runs M(gitops.flux.flux_info) on the host, judges what it found, and writes C(<report_dir>/<prefix>-<host>.md) on the controller at once.
  - A cluster that cannot be reached, is forbidden or is not healthy is a result, not a failure. So is a module that crashes.
  - The whole entry of the cluster is kept until the play ends, for M(gitops.flux.flux_fleet_report).
  - Nothing is written to the cluster.
options:
  report_prefix:
    description: Start of the file names.
    type: str
    default: flux-status
  template:
    description: Jinja2 template of the report on the controller. It may include files beside it.
    type: path
    required: true
  event_count:
    description: Number of events to show, warnings first.
    type: int
    default: 30
  log_count:
    description: Number of log lines to show.
    type: int
    default: 20
  narrow:
    description: What the report lists. Neither the reading nor the verdict is narrowed, and the report says what it leaves out.
    type: dict
    suboptions:
      kinds:
        description: Kinds, as a list or as one text with commas or line breaks.
        type: raw
      namespaces:
        description: Namespaces, as a list or as one text with commas or line breaks.
        type: raw
      names:
        description: Names, as a list or as one text with commas or line breaks.
        type: raw
  settings:
    description: What counts as healthy.
    type: dict
    default: {}
    suboptions:
      required_kinds:
        description: Kinds that must be readable.
        type: raw
      expected_controllers:
        description: Deployments that must be ready.
        type: raw
      settle_time:
        description: How long an object may be progressing or unknown, as C(15m) or in seconds.
        type: str
      suspension_max_age:
        description: Age above which a suspension without an end is overdue, as C(24h) or in seconds.
        type: str
      known_failures:
        description: Causes that are shown and not counted, each with any of C(cluster), C(kind), C(namespace), C(name), C(class), C(until), C(ticket).
        type: list
        elements: dict
      handoffs:
        description: Whose work a namespace or a class of causes is, as a mapping of either to words of your own.
        type: dict
      fail_on:
        description: What a gate is to fail on; only checked here, so that a mistake shows before anything is read.
        type: raw
  gather:
    description: See M(gitops.flux.flux_info); here everything unless said otherwise.
    type: list
    elements: str
    choices: [events, controllers, logs, helm_history, operator, settings]
  flux_namespace:
    description: See M(gitops.flux.flux_info).
    type: str
  settings_config_maps:
    description: See M(gitops.flux.flux_info).
    type: list
    elements: str
  operator_instance:
    description: See M(gitops.flux.flux_info).
    type: str
  operator_service:
    description: See M(gitops.flux.flux_info).
    type: str
  operator_port:
    description: See M(gitops.flux.flux_info).
    type: int
  log_lines:
    description: See M(gitops.flux.flux_info).
    type: int
  log_scope:
    description: See M(gitops.flux.flux_info).
    type: str
    choices: [unhealthy, all]
  stale_after:
    description: See M(gitops.flux.flux_info); C(10m) or seconds.
    type: raw
  unobserved_after:
    description: See M(gitops.flux.flux_info); C(60s) or seconds.
    type: raw
  stuck_after:
    description: See M(gitops.flux.flux_info); C(10m) or seconds.
    type: raw
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.report
  - gitops.flux.report.cluster
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Does the same in check mode, since reading is free and a report is what it is run for. The report files are written.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Report the health of the cluster
  gitops.flux.flux_cluster_report:
    context: "{{ flux_context }}"
    display_name: "{{ flux_display_name }}"
    template: "{{ playbook_dir }}/templates/cluster.md.j2"
    stale_after: 10m
    settings:
      settle_time: 15m
      known_failures:
        - kind: HelmRelease
          namespace: monitoring
          name: grafana
          until: "2026-12-01"
          ticket: OPS-1423
    narrow:
      namespaces: [monitoring]
  register: cluster
"""

RETURN = r"""
verdict:
  description: V(healthy), V(degraded) or V(unreachable).
  returned: always
  type: str
reachable:
  description: Whether the API server answered.
  returned: always
  type: bool
message:
  description: The verdict in one line.
  returned: always
  type: str
  sample: "DEGRADED: GitRepository flux-system/fleet: GitOperationFailed (40 at risk)"
counts:
  description: Numbers of objects, ready, down and at risk, of causes, known failures, suspensions and overdue suspensions.
  returned: always
  type: dict
report:
  description: Path of the report.
  returned: always
  type: str
report_problem:
  description: Why the report could not be written, null when it was.
  returned: always
  type: str
entry_path:
  description: Path of the whole entry, kept until the play ends.
  returned: always
  type: str
"""
