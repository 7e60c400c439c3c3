#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_reconcile
short_description: Make Flux reconcile a set of objects now, and say of each what came of it
version_added: 0.1.0
description:
  - Asks the controllers to reconcile the selected objects, at their own speed, and waits for the verdict on each.
  - Requests travel along the graph. Sources are asked first, each once; nothing is asked before what it waits for is done,
    and nothing waits for what has failed. Objects that run by themselves because their source has moved are not asked again.
    Parents and children are not ordered, because a parent may wait for its children.
  - A failing object is reported as soon as its controller has said so; it never uses up the time of the others.
  - Suspended objects are listed, never resumed.
  - An action, not a state, so it is not idempotent; with the O(token) of an interrupted run it goes on from there.
  - Writes nothing but the annotations C(reconcile.fluxcd.io/requestedAt), C(forceAt) and C(resetAt).
options:
  with_source:
    description:
      - Ask the sources behind the selected objects first, each once. Behind a HelmRelease these are its HelmChart and
        the repository of that, or its OCIRepository.
    type: bool
    default: true
  force:
    description: Make helm-controller install or upgrade the selected HelmReleases although nothing has changed.
    type: bool
    default: false
  reset:
    description: Make helm-controller forget the failures of the selected HelmReleases, so that one out of retries is tried again.
    type: bool
    default: false
  wait:
    description:
      - Wait for the verdicts. Without it everything is asked at once, in no order, and the verdict of what was asked is null.
    type: bool
    default: true
  token:
    description:
      - Value of the requests, 1 to 200 printable characters without blanks and C(#). Default is a new one for each run.
      - Called again with the token of an interrupted run, nothing that run has asked is asked again.
    type: str
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.selection
  - gitops.flux.waiting
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Sends nothing and says what would be asked.
    support: full
  diff_mode:
    description: What is written is a request, not a state.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Reconcile one Kustomization with its source
  gitops.flux.flux_reconcile:
    context: talos-ottawa
    kinds: [Kustomization]
    namespaces: [flux-system]
    names: [apps]

- name: Everything that is not well, for ten minutes at most
  gitops.flux.flux_reconcile:
    context: talos-ottawa
    not_ready: true
    timeout: 600

- name: A release that is out of retries, once its values are mended
  gitops.flux.flux_reconcile:
    context: talos-ottawa
    kinds: [HelmRelease]
    namespaces: [apps]
    names: [web]
    reset: true

- name: Is this commit what runs now
  gitops.flux.flux_reconcile:
    context: talos-ottawa
    kinds: [Kustomization]
    all: true
    expected_revision: 4f1c2ab
    token: "deploy-{{ awx_job_id }}"

- name: In the background
  gitops.flux.flux_reconcile:
    context: talos-ottawa
    all: true
  async: 600
  poll: 0
"""

RETURN = r"""
token:
  description: Value of this run's requests.
  returned: always
  type: str
reachable:
  description: Whether the API server answered when the run began.
  returned: always
  type: bool
cluster:
  description: Which cluster answered, as M(gitops.flux.flux_info) returns it.
  returned: always
  type: dict
started_at:
  description: When the run began, by the API server's clock (UTC, RFC 3339).
  returned: always
  type: str
seconds:
  description: How long the run took.
  returned: always
  type: float
verdicts:
  description: One row for each object, sources first.
  returned: always
  type: list
  elements: dict
  contains:
    kind: {description: Kind., type: str, returned: always}
    namespace: {description: Namespace., type: str, returned: always}
    name: {description: Name., type: str, returned: always}
    verdict:
      description:
        - One of reconciled, failed, stalled, blocked, suspended, superseded, timed_out, not_supported, removed; null when nothing was waited for.
        - Superseded means that a newer request took over; RV(verdicts[].outcome) is what that one led to.
      type: str
      returned: always
    bad: {description: "Whether it fails the task. Failed, stalled, blocked and timed_out do.", type: bool, returned: always}
    blocked_by: {description: "What it waits for in vain, as kind/namespace/name.", type: str, returned: always}
    reason: {description: Reason of the deciding condition., type: str, returned: always}
    message: {description: "Its message, redacted.", type: str, returned: always}
    cause:
      description: The root cause of a bad object, with class, meaning, remedy, and the commands where it is the cause itself.
      type: dict
      returned: always
    outcome: {description: What the newer request led to., type: str, returned: always}
    requested: {description: "Whether it was asked by this call, or would be in check mode.", type: bool, returned: always}
    role: {description: "Why it is here, as target, as source behind one, or as child that came to be during the run.", type: str, returned: always}
    source: {description: "Kind, namespace and name of its source.", type: dict, returned: always}
    revision_before: {description: Revision that was applied or stored when the run began., type: str, returned: always}
    revision_after: {description: The same at its end., type: str, returned: always}
    seconds: {description: "From its request, or the move of its source, to its verdict.", type: float, returned: always}
    suspended: {description: "By whom, since when, why, until when.", type: dict, returned: always}
summary:
  description: Numbers of objects in all, done and bad, by verdict, and of requests that were sent.
  returned: always
  type: dict
notices:
  description: >-
    Circles of dependencies, missing ones, suspended ones on a source that moves, controllers that do not run, busy objects;
    one sentence each.
  returned: always
  type: list
  elements: str
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.reconciling import reconcile
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import ASKING, AUTH, SELECTION, WAITING


def main() -> None:
    """Reconcile a set of objects of one cluster."""
    run_module({**AUTH, **SELECTION, **WAITING, **ASKING}, reconcile)


if __name__ == "__main__":
    main()
