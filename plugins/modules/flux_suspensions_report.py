#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_suspensions_report
short_description: Write the report about everything that is paused on a fleet
version_added: 0.1.0
description:
  - Out of what M(gitops.flux.flux_suspensions) returned for each host of the play, writes C(<report_dir>/<prefix>-fleet.md), grouped by change.
  - Runs on the controller, once for all hosts. No cluster is asked.
options:
  results:
    description: Name of the variable that registered M(gitops.flux.flux_suspensions).
    type: str
    required: true
  fail_on_overdue:
    description: Whether a cluster with an overdue suspension gets a message in RV(gate).
    type: bool
    default: false
  report_prefix:
    description: Start of the file name.
    type: str
    default: flux-suspensions
  template:
    description: Jinja2 template of the page on the controller.
    type: path
    required: true
extends_documentation_fragment:
  - gitops.flux.report
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Does the same in check mode, since a report is what it is run for.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Report what is paused
  gitops.flux.flux_suspensions_report:
    results: paused
    fail_on_overdue: true
    template: "{{ playbook_dir }}/templates/page.md.j2"
  run_once: true
  register: report
"""

RETURN = r"""
lines:
  description: One line for each object that is paused, and where the report is.
  returned: always
  type: list
  elements: str
gate:
  description: The message each host that has to fail fails with.
  returned: always
  type: dict
summary:
  description: Numbers of each cluster, and the changes that are open there.
  returned: always
  type: dict
"""
