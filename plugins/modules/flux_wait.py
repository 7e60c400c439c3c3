#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_wait
short_description: Wait until a set of objects is reconciled, without asking for anything
version_added: 0.1.0
description:
  - Waits as M(gitops.flux.flux_reconcile) does, and sends no request, so that it needs no right to write.
  - For the question whether a revision is live and healthy, on every cluster of a play.
  - An object that fails on an older revision than its source, or than O(expected_revision), is waited for, because another run of it is due.
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.selection
  - gitops.flux.waiting
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Does not wait, and changes nothing anyway.
    support: full
  diff_mode:
    description: Changes nothing, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Wait until a commit is live and healthy
  gitops.flux.flux_wait:
    context: talos-ottawa
    kinds: [GitRepository, Kustomization]
    namespaces: [flux-system]
    expected_revision: "{{ commit }}"
    timeout: 900
"""

RETURN = r"""
reachable:
  description: Whether the API server answered when the wait began.
  returned: always
  type: bool
cluster:
  description: Which cluster answered, as M(gitops.flux.flux_info) returns it.
  returned: always
  type: dict
started_at:
  description: When the wait began, by the API server's clock (UTC, RFC 3339).
  returned: always
  type: str
seconds:
  description: How long it took.
  returned: always
  type: float
verdicts:
  description: One row for each object, as M(gitops.flux.flux_reconcile) returns them; nothing is ever requested or superseded.
  returned: always
  type: list
  elements: dict
summary:
  description: Numbers of objects in all, done and bad, and by verdict.
  returned: always
  type: dict
notices:
  description: What keeps objects from being reconciled, one sentence each.
  returned: always
  type: list
  elements: str
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.reconciling import wait
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, SELECTION, WAITING


def main() -> None:
    """Wait for a set of objects of one cluster."""
    run_module({**AUTH, **SELECTION, **WAITING}, wait)


if __name__ == "__main__":
    main()
