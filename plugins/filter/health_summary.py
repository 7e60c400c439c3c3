# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: health_summary
short_description: The verdict on one cluster or on a fleet, with its numbers
version_added: 0.1.0
description:
  - Judges results of M(gitops.flux.flux_info) as the role P(gitops.flux.health_check#role) does, and counts what was found.
  - A cluster is healthy when it was reached, every required kind was readable, there is something to reconcile, the expected
    controllers work, and nothing is wrong beyond the known failures.
  - Clusters of a C(flux-status-fleet.json) keep the verdict they have there.
positional: _input
options:
  _input:
    description:
      - As for P(gitops.flux.not_ready#filter), with all objects of each cluster. A result with O(gitops.flux.flux_info#module:records_path)
        keeps only those not ready, so put the records of that file into its C(objects) first.
    type: raw
    required: true
  settings:
    description:
      - What counts as healthy. Any of C(required_kinds), C(expected_controllers), C(settle_time), C(suspension_max_age), C(stale_after),
        C(known_failures) and C(flux_namespace), with the meaning and defaults of the role's variables.
    type: dict
    default: {}
  now:
    description: The time at which kubectl's objects were read, RFC 3339. The default is the present.
    type: str
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Read the clusters
  gitops.flux.flux_info:
    context: "{{ item }}"
    gather: [events, controllers, logs]
    fail_on_unreachable: false
  loop: [talos-ottawa, talos-robbinsdale]
  register: fleet

- name: Print the verdicts
  ansible.builtin.debug:
    msg: "{{ (fleet | gitops.flux.health_summary).message }}"

- name: The fleet is healthy, progress of up to half an hour aside
  ansible.builtin.assert:
    that: >-
      (fleet | gitops.flux.health_summary(settings={'settle_time': '30m'})).verdict == 'healthy'
"""

RETURN = r"""
_value:
  description: The verdict with what it rests on.
  type: dict
  contains:
    verdict:
      description: V(healthy), V(degraded) or V(unreachable), the worst of all clusters.
      type: str
    message:
      description: How many clusters there are of each verdict.
      type: str
      sample: 1 healthy, 1 degraded
    clusters:
      description:
        - For each cluster, by inventory host or context, its C(verdict), C(reachable), C(reasons), and the numbers C(objects), C(by_status),
          C(victims), C(at_risk), C(suspended), C(overdue) and C(known_failures), and C(causes) by name.
      type: dict
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux.digest import entries_of, summary_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import moment_of, pictures_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import settings_of


def health_summary(data: Any, settings: Mapping[str, Any] | None = None, now: str | None = None) -> dict[str, Any]:
    try:
        chosen = settings_of(settings)
        pictures = pictures_of(data, moment_of(now, datetime.now(timezone.utc)), chosen.thresholds)
        return summary_of(entries_of(pictures, chosen))
    except InvalidInput as error:
        raise AnsibleFilterError(f"health_summary: {error}") from error


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"health_summary": health_summary}
