# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: suspended
short_description: Who suspended which Flux objects, since when, why and until when
version_added: 0.1.0
description:
  - Lists what is suspended, and what is frozen (an object that its owner leaves alone because of
    C(kustomize.toolkit.fluxcd.io/reconcile=disabled)), the overdue first.
  - Who, why and until when come from the annotations C(gitops.flux/suspended-*), else from C(fluxcd.controlplane.io/suspendedBy)
    and C(metadata.managedFields). C(kubectl get -o json) prints those only with C(--show-managed-fields).
positional: _input
options:
  _input:
    description: As for P(gitops.flux.not_ready#filter), with all objects of each cluster.
    type: raw
    required: true
  max_age:
    description: A suspension older than this is overdue, unless it has an end of its own. A duration like V(24h), or seconds.
    type: str
    default: 24h
  overdue:
    description: Whether to list only what is overdue.
    type: bool
    default: false
  skip_unreachable:
    description: Whether to pass over clusters that were not reached, instead of failing.
    type: bool
    default: false
  now:
    description: The time ages are counted to, RFC 3339. The default is the present.
    type: str
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Nothing is suspended for longer than a day
  ansible.builtin.assert:
    that: forgotten | length == 0
    fail_msg: "{{ forgotten }}"
  vars:
    forgotten: "{{ ottawa | gitops.flux.suspended(overdue=true) }}"
"""

RETURN = r"""
_value:
  description:
    - A list of dictionaries with C(cluster), C(kind), C(namespace), C(name), C(by), C(reason), C(ticket), C(until), C(change), C(since),
      C(last) (the status it would have), C(overdue) and C(frozen).
  type: list
  elements: dict
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.findings import suspensions_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import moment_of, objects_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import settings_of


def suspended(
    data: Any,
    max_age: str | float = "24h",
    overdue: bool = False,
    skip_unreachable: bool = False,
    now: str | None = None,
) -> list[dict[str, Any]]:
    try:
        moment = moment_of(now, datetime.now(timezone.utc))
        limit = settings_of({"suspension_max_age": max_age}).suspension_max_age
        records = objects_of(data, moment, complete=True, skip_unreachable=skip_unreachable)
    except InvalidInput as error:
        raise AnsibleFilterError(f"suspended: {error}") from error
    return [row for row in suspensions_of(records, moment, limit) if row["overdue"] or not overdue]


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"suspended": suspended}
