# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: shared_targets
short_description: Hosts of an inventory that name one and the same cluster
version_added: 0.1.0
description:
  - Compares C(flux_context), C(flux_kubeconfig) and C(flux_auth) of hosts, and says which of them would reach the same cluster.
  - Nothing is asked of any cluster, so a play can stop before its first request.
  - Two contexts that lead to one cluster cannot be told apart this way; there the UID of the cluster tells, once it was read.
positional: _hosts
options:
  _input:
    description: The variables of all hosts, by host, as in C(hostvars).
    type: dict
    required: true
  _hosts:
    description: The hosts to compare, for example C(ansible_play_hosts_all).
    type: list
    elements: str
    required: true
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Every host names a cluster of its own
  ansible.builtin.assert:
    that: shared | length == 0
    fail_msg: "{{ shared | join(' ') }}"
  run_once: true
  vars:
    shared: "{{ hostvars | gitops.flux.shared_targets(ansible_play_hosts_all) }}"
"""

RETURN = r"""
_value:
  description: One sentence for each cluster that several hosts name; empty when there is none.
  type: list
  elements: str
  sample:
    - ottawa and robbinsdale would reach the same cluster. Both name context talos-ottawa.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.gitops.flux.plugins.plugin_utils._report.plain import plain
from ansible_collections.gitops.flux.plugins.plugin_utils._report.targets import TARGET_VARIABLES, shared_targets
from jinja2 import TemplateError

# ansible-core before 2.19 lets what a template raises through as it is.
UNRESOLVED = (AnsibleError, TemplateError, ArithmeticError, LookupError, TypeError, ValueError)
Variables = Mapping[str, Mapping[str, Any]]


def _named(variables: Variables, hosts: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for host in hosts:
        try:
            yield str(host), {name: plain(variables[host].get(name)) for name in TARGET_VARIABLES}
        except UNRESOLVED:
            # A variable that cannot be resolved fails the host's own task, with a message of its own.
            continue


def shared(variables: Variables, hosts: Sequence[str]) -> list[str]:
    """One sentence for each target that several of the hosts name."""
    return shared_targets(_named(variables, hosts))


class FilterModule:
    """Makes the filter known to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name and function."""
        return {"shared_targets": shared}
