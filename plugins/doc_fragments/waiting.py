# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Waiting for a whole set of objects."""

    DOCUMENTATION = r"""
options:
  all:
    description: Every Flux object of the cluster. Without it something has to be selected.
    type: bool
    default: false
  not_ready:
    description: Only what is not well, as the filter P(gitops.flux.not_ready#filter) has it. A selection of its own.
    type: bool
    default: false
  expected_revision:
    description:
      - What must have been applied, a Git commit (at least 7 digits of it), a tag or branch, or an OCI digest.
      - Kustomizations and sources are held to it; HelmReleases and HelmCharts only to a version, since no chart version is a commit.
    type: str
  timeout:
    description:
      - Seconds the whole set may take. What is not done by then is C(timed_out), or C(blocked) by what it waits for.
    type: float
    default: 300.0
  fail_fast:
    description: End the wait at the first bad object. The others are C(blocked) by it.
    type: bool
    default: false
  fail_on_suspended:
    description: Count suspended objects as bad. They are never resumed, only listed.
    type: bool
    default: false
  progress:
    description:
      - Print a line for each cluster while it waits, whenever something changes and as a sign of life, on stderr; names and numbers only.
      - Only where the module runs on the machine Ansible runs on.
    type: bool
    default: true
  flux_namespace:
    description: Namespace of the Flux controllers.
    type: str
    default: flux-system
  pictures_path:
    description:
      - File on the machine the module runs on that takes the cluster before and after, as JSON with the keys C(before) and C(after),
        each like the result of M(gitops.flux.flux_info) with all records, events and controllers.
    type: path
"""
