#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_reconcile_report
short_description: Reconcile one cluster and write the report about it
version_added: 0.1.0
description:
  - Runs M(gitops.flux.flux_reconcile) on the host, compares the cluster before and after, and writes C(<report_dir>/<prefix>-<host>.md)
    on the controller at once.
  - What went wrong, and a cluster that cannot be reached, is a result and not a failure. So is a module that crashes.
  - What others need to know of the run is kept until the play ends, for M(gitops.flux.flux_reconcile_fleet_report).
options:
  report_prefix:
    description: Start of the file names.
    type: str
    default: flux-reconcile
  template:
    description: Jinja2 template of the report on the controller. It may include files beside it.
    type: path
    required: true
  mode:
    description: Word for what was asked for, as the report names it. What is asked for is said by the other options.
    type: str
    default: all
  all:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  not_ready:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  kinds:
    description: See M(gitops.flux.flux_reconcile). A list, or one text with commas or line breaks; an empty one restricts nothing.
    type: raw
  namespaces:
    description: See M(gitops.flux.flux_reconcile). A list, or one text with commas or line breaks; an empty one restricts nothing.
    type: raw
  names:
    description: See M(gitops.flux.flux_reconcile). A list, or one text with commas or line breaks; an empty one restricts nothing.
    type: raw
  label_selectors:
    description: See M(gitops.flux.flux_reconcile).
    type: list
    elements: str
  statuses:
    description: See M(gitops.flux.flux_reconcile).
    type: raw
  with_source:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  force:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  reset:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  expected_revision:
    description: See M(gitops.flux.flux_reconcile).
    type: str
  timeout:
    description: See M(gitops.flux.flux_reconcile); C(5m) or seconds, for the whole set.
    type: raw
  fail_on_suspended:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  token:
    description: See M(gitops.flux.flux_reconcile).
    type: str
  progress:
    description: See M(gitops.flux.flux_reconcile).
    type: bool
  flux_namespace:
    description: See M(gitops.flux.flux_reconcile).
    type: str
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.report
  - gitops.flux.report.cluster
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Sends nothing to the cluster, and reports what would be asked. The report file is written.
    support: full
  diff_mode:
    description: A request changes nothing that is managed, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Reconcile what is not ready, and report
  gitops.flux.flux_reconcile_report:
    context: "{{ flux_context }}"
    display_name: "{{ flux_display_name }}"
    mode: failed
    not_ready: true
    kinds: [Kustomization, HelmRelease]
    timeout: 5m
    template: "{{ playbook_dir }}/templates/cluster.md.j2"
  register: cluster
"""

RETURN = r"""
verdict:
  description:
    - V(ok), or V(bad_as_before) when everything bad was failing, stalled or blocked before, or V(bad).
    - V(worse) when something that was well before is not any more, or a cause is new.
  returned: always
  type: str
reachable:
  description: Whether the API server answered, at the end too.
  returned: always
  type: bool
message:
  description: The verdict in one line.
  returned: always
  type: str
  sample: "WORSE: Kustomization apps/web: was ready, is failed"
numbers:
  description: Numbers of objects, and of those reconciled, bad, suspended, worse than before and fixed, and of requests sent.
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
outcome_path:
  description: Path of what the fleet's report needs, kept until the play ends.
  returned: always
  type: str
"""
