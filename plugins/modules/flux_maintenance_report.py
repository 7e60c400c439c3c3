#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_maintenance_report
short_description: Write the reports about the start or the end of a change
version_added: 0.1.0
description:
  - Out of what the tasks of the play registered for each host, writes C(<report_dir>/<prefix>-<change>-<phase>-<host>.md) and one for the fleet,
    and says which hosts are to fail, and with which message.
  - Runs on the controller, once for all hosts. No cluster is asked.
options:
  phase:
    description: Whether the change starts or ends.
    type: str
    required: true
    choices: [start, end]
  change:
    description: Id of the change.
    type: str
    required: true
  looked:
    description: Name of the variable that registered M(gitops.flux.flux_suspend) in check mode.
    type: str
    required: true
  kept:
    description: Name of the variable that registered M(gitops.flux.flux_maintenance_record) before anything was written.
    type: str
  done:
    description: Name of the variable that registered M(gitops.flux.flux_suspend); without it, nothing was written yet.
    type: str
  waited:
    description: Name of the variable that registered M(gitops.flux.flux_wait) after the end.
    type: str
  compared:
    description: Name of the variable that registered M(gitops.flux.flux_maintenance_record) after the end.
    type: str
  report_prefix:
    description: Start of the file names.
    type: str
    default: flux-maintenance
  template:
    description: Jinja2 template of a page on the controller.
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
- name: Report the start
  gitops.flux.flux_maintenance_report:
    phase: start
    change: CHG-7
    looked: looked_at
    done: suspended
    template: "{{ playbook_dir }}/templates/page.md.j2"
  run_once: true
  register: report
"""

RETURN = r"""
stop:
  description: Why it goes no further on any cluster, null when it does.
  returned: always
  type: str
lines:
  description: What a person reads at the end of the play, one line for each cluster, and where the reports are.
  returned: always
  type: list
  elements: str
gate:
  description: The message each host that has to fail fails with.
  returned: always
  type: dict
summary:
  description: Numbers of each cluster, without messages of controllers.
  returned: always
  type: dict
"""
