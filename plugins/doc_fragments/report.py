# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Where a report goes, and, as report.cluster, which cluster it is about."""

    DOCUMENTATION = r"""
options:
  report_dir:
    description:
      - Folder for the reports on the controller, made when it is missing.
      - A relative one is below the folder C(ansible-playbook) was started in.
    type: str
    default: outputs
"""

    CLUSTER = r"""
options:
  display_name:
    description: Name of the cluster in the report. Default is the inventory name of the host.
    type: str
  auth:
    description:
      - How the cluster is named, V(context) by the options of this task.
      - With V(environment) the C(K8S_AUTH_*) variables name it all together, O(kubeconfig) is not used, and O(expected_cluster_uid) is required.
    type: str
    default: context
    choices: [context, environment]
  failure:
    description: Why the cluster could not even be asked. Nothing is read then; the report says this.
    type: str
"""
