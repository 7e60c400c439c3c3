# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: stale_sources
short_description: Sources that Flux does not fetch any more
version_added: 0.1.0
description:
  - A source is stale on evidence only. Its fetch fails, or neither an event, a log line nor a change of its status was seen for longer than
    the larger of 10 minutes and twice its interval, although events or logs reach back that far. An old artifact is no evidence.
  - The rows of M(gitops.flux.flux_info) rest on events and logs when these were read for it. kubectl's objects show failing
    fetches, and silence only when events are among them.
positional: _input
options:
  _input:
    description: As for P(gitops.flux.not_ready#filter), with all objects of each cluster.
    type: raw
    required: true
  unknown:
    description: Whether to list also the sources of which nothing can be told.
    type: bool
    default: false
  skip_unreachable:
    description: Whether to pass over clusters that were not reached, instead of failing.
    type: bool
    default: false
  now:
    description: The time at which kubectl's objects were read, RFC 3339. The default is the present.
    type: str
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Print the sources that are not fetched
  ansible.builtin.debug:
    msg: "{{ ottawa | gitops.flux.stale_sources | map(attribute='message') }}"
"""

RETURN = r"""
_value:
  description:
    - A list of dictionaries with C(cluster), C(kind), C(namespace), C(name), C(state) (V(stale) or V(unknown)), C(evidence)
      (V(fetch_failed), V(silent) or V(none)), C(last_sign_at), C(silent_seconds), C(threshold_seconds) and C(message).
  type: list
  elements: dict
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.gitops.flux.plugins.module_utils._flux import staleness
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import moment_of, objects_of


def stale_sources(
    data: Any,
    unknown: bool = False,
    skip_unreachable: bool = False,
    now: str | None = None,
) -> list[dict[str, Any]]:
    try:
        records = objects_of(
            data, moment_of(now, datetime.now(timezone.utc)), complete=True, skip_unreachable=skip_unreachable
        )
    except InvalidInput as error:
        raise AnsibleFilterError(f"stale_sources: {error}") from error
    return [row for row in staleness.stale_rows(records) if unknown or row["state"] == staleness.STALE]


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"stale_sources": stale_sources}
