#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_helm_rollback_report
short_description: Tell the story of a rollback, from the first run to the last
version_added: 0.1.0
description:
  - With O(stage=begin) refuses what cannot be meant before anything is sent, and writes down that a run begins. With O(stage=end) writes down
    what the run has done, and says whether the host is to fail, and with which message.
  - The report is C(<report_dir>/<prefix>-<host>-<namespace>-<name>.md). Beside it a C(.json) keeps the runs so far, so that the story
    of a rollback, its interruptions and its end is one page. It holds names, revisions and paths of fields, and no value.
  - Runs on the controller, for each host. No cluster is asked.
options:
  step:
    description: Whether the release is rolled back, or let go.
    type: str
    required: true
    choices: [rollback, finish]
  stage:
    description: Whether the run begins, or has ended.
    type: str
    required: true
    choices: [begin, end]
  asked:
    description: What was asked of the role C(helm_rollback). The commands in the report ask for the same.
    type: dict
    required: true
    suboptions:
      namespace: {description: Namespace of the HelmRelease., type: str, required: true}
      name: {description: Its name., type: str, required: true}
      confirm: {description: Its name once more., type: str, default: ""}
      reason: {description: Why., type: str, default: ""}
      ticket: {description: Ticket., type: str, default: ""}
      until: {description: When it is planned to end., type: str, default: ""}
      revision: {description: Revision to go back to., type: str, default: ""}
      strategy: {description: How., type: str, default: auto}
      force: {description: Also when it is Ready., type: bool, default: false}
      helm: {description: The program., type: str, default: helm}
      allow_delete: {description: What may be deleted., type: list, elements: str, default: []}
      allow_multiple: {description: Whether more than one cluster is meant., type: bool, default: false}
      accept_unverified_values: {description: Whether values that may not be read are taken for good., type: bool, default: false}
  began_at:
    description: What O(stage=begin) returned.
    type: str
  done:
    description: Name of the variable that registered M(gitops.flux.flux_helm_rollback) or M(gitops.flux.flux_helm_rollback_finish).
    type: str
  failure:
    description: Why the cluster was not even asked.
    type: str
  display_name:
    description: Name of the cluster in the report. Default is the inventory name of the host.
    type: str
  auth:
    description: How the cluster is named, V(context) by name, V(environment) by the C(K8S_AUTH_*) variables together with O(expected_cluster_uid).
    type: str
    default: context
    choices: [context, environment]
  expected_cluster_uid:
    description: UID of the namespace kube-system; V(auth=environment) needs it.
    type: str
  report_prefix:
    description: Start of the file names.
    type: str
    default: flux-rollback
  template:
    description: Jinja2 template of the page on the controller.
    type: path
    required: true
extends_documentation_fragment:
  - gitops.flux.report
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Writes the report in check mode too, since a report is what it is run for; a check is not kept as a part of the story.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is nothing to show.
    support: none
seealso:
  - module: gitops.flux.flux_helm_rollback
  - module: gitops.flux.flux_helm_rollback_finish
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Refuse what cannot be meant
  gitops.flux.flux_helm_rollback_report:
    step: rollback
    stage: begin
    asked: {namespace: apps, name: shop, confirm: shop, reason: the new version does not start}
    template: "{{ playbook_dir }}/templates/page.md.j2"
  register: begun

- name: Write down what was done
  gitops.flux.flux_helm_rollback_report:
    step: rollback
    stage: end
    asked: {namespace: apps, name: shop, confirm: shop, reason: the new version does not start}
    began_at: "{{ begun.began_at }}"
    done: rolled_back
    template: "{{ playbook_dir }}/templates/page.md.j2"
  register: report
"""

RETURN = r"""
refused:
  description: Why nothing may be sent, null when it may.
  returned: with O(stage=begin)
  type: str
began_at:
  description: When the run began.
  returned: with O(stage=begin)
  type: str
lines:
  description: What a person reads at the end of the play; the verdict, why it failed, the next commands, and where the report is.
  returned: with O(stage=end)
  type: list
  elements: str
gate:
  description: The message the host fails with, null when it does not.
  returned: with O(stage=end)
  type: str
report:
  description: Path of the report.
  returned: with O(stage=end)
  type: str
summary:
  description: Phase, strategy, revisions and plan, without messages of controllers.
  returned: with O(stage=end)
  type: dict
plan_digest:
  description: Digest of the plan a check has shown, V(none) when it must not be carried out, empty when this was no check.
  returned: with O(stage=end)
  type: str
"""
