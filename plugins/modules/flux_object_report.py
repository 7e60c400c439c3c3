#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_object_report
short_description: Write down the story of one Flux object
version_added: 0.1.0
description:
  - Runs M(gitops.flux.flux_explain) on the host, and writes C(<report_dir>/<prefix>-<host>-<kind>-<namespace>-<name>.md) and C(.json)
    on the controller.
  - A cluster that cannot be reached, an object that does not exist and a module that crashes are results, not failures, and are written down too.
  - Nothing is written to the cluster.
options:
  report_prefix:
    description: Start of the file names.
    type: str
    default: flux-explain
  template:
    description: Jinja2 template of the report on the controller.
    type: path
    required: true
  kind:
    description: See M(gitops.flux.flux_explain).
    type: str
    required: true
  namespace:
    description: See M(gitops.flux.flux_explain).
    type: str
    required: true
  name:
    description: See M(gitops.flux.flux_explain).
    type: str
    required: true
  expected_revision:
    description: See M(gitops.flux.flux_explain).
    type: str
  flux_namespace:
    description: See M(gitops.flux.flux_explain).
    type: str
  log_lines:
    description: See M(gitops.flux.flux_explain).
    type: int
  event_count:
    description: See M(gitops.flux.flux_explain).
    type: int
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
seealso:
  - module: gitops.flux.flux_explain
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Write down why a Kustomization is not ready
  gitops.flux.flux_object_report:
    context: "{{ flux_context }}"
    display_name: "{{ flux_display_name }}"
    kind: Kustomization
    namespace: flux-system
    name: apps
    template: "{{ playbook_dir }}/templates/story.md.j2"
  register: story
"""

RETURN = r"""
reachable:
  description: Whether the API server answered.
  returned: always
  type: bool
found:
  description: Whether the object was seen.
  returned: always
  type: bool
status:
  description: Status of the object, null when it was not seen.
  returned: always
  type: str
message:
  description: The story in one line.
  returned: always
  type: str
  sample: "Kustomization apps/web is failed (retrying): HealthCheckFailed: timeout waiting for: … · hangs on 1 cause"
report:
  description: Path of the Markdown.
  returned: always
  type: str
json:
  description: Path of the JSON.
  returned: always
  type: str
report_problem:
  description: Why the files could not be written, null when they were.
  returned: always
  type: str
"""
