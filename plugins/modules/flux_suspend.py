#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_suspend
short_description: Pause Flux objects with a note of who and why, and let them run again
version_added: 0.1.0
description:
  - Suspends or resumes the selected objects, each in one patch that is refused by the API server when the object has changed since it was read.
  - Each kind is paused in its own way, most by C(spec.suspend), ArtifactGenerator and the kinds of flux-operator by the annotation of their controller.
  - Who, why, ticket, until and change are noted on the object in the same patch, in the annotations C(gitops.flux/suspended-*)
    and C(fluxcd.controlplane.io/suspendedBy). They are taken away again with the pause.
  - Writes as field manager C(gitops.flux), so that a pause outlives the next apply of whoever owns the object,
    unless Git itself sets the field; that is warned of.
  - What somebody else has suspended is left as it is, and reported. What a rollback holds is left as it is too, whatever is asked;
    M(gitops.flux.flux_helm_rollback_finish) lets it go.
  - Nothing is selected by silence. No selection, a selection that matches nothing, and a name that matches nothing are errors.
options:
  state:
    description:
      - V(suspended) pauses what runs. An object that is paused already under the same O(change), or without a change by the same person,
        gets new notes where O(reason), O(ticket) or O(until) differ; who paused it stays.
      - V(resumed) takes away C(spec.suspend), or the annotation, and all notes. With O(change) exactly what that change has paused.
        Notes that somebody who resumed by other means has left behind are taken away too.
    type: str
    required: true
    choices: [suspended, resumed]
  all:
    description: Select every object that can be paused.
    type: bool
    default: false
  reason:
    description: Why. Required with O(state=suspended).
    type: str
  ticket:
    description: Where it is written down.
    type: str
  until:
    description:
      - When the pause ought to be over, a time (V(2026-11-21T18:00:00Z)), a day (to its end in UTC),
        or a duration from now (V(4h), V(2d)) by the API server's clock.
      - Nothing is resumed by itself. The health check reports what is overdue.
      - A duration counts from the start of the pause; the task run again does not move it. A time does.
    type: str
  change:
    description:
      - Id of the change the objects are paused for, the same on all clusters.
      - With O(state=resumed) only what was paused under it is resumed; without any selection, all of that. Nothing left of it is no error.
    type: str
  by:
    description:
      - Who pauses. Default is the user who has started the job in AWX (its variable C(awx_user_name)),
        else E(AWX_USER_NAME) or E(TOWER_USER_NAME), else the name under which the API server knows us.
    type: str
  refuse_other_change:
    description: Fail before anything is written when a selected object is paused under another change, and name it.
    type: bool
    default: false
  found:
    description: Keep status and revision of each object on it, as they are found, in the annotation C(gitops.flux/suspended-found).
    type: bool
    default: false
  barrier:
    description: Wait until the controllers have acknowledged that the objects are suspended; from then on no run of them is in flight.
    type: bool
    default: true
  wait:
    description:
      - With O(state=resumed), wait until the objects have been reconciled, as M(gitops.flux.flux_reconcile) does, and fail when one has not.
      - The patch that resumes then also holds a request, by which the next run is known.
    type: bool
    default: false
  timeout:
    description: Seconds for O(barrier), or for O(wait), for all objects together.
    type: float
    default: 60.0
  flux_namespace:
    description: Namespace of the Flux controllers.
    type: str
    default: flux-system
  progress:
    description: Show how far it is while it waits.
    type: bool
    default: true
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.selection
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Sends no write, and returns what a run would, apart from the barrier and the times.
    support: full
  diff_mode:
    description: Shows the fields that are touched, for each object.
    support: full
seealso:
  - module: gitops.flux.flux_info
  - module: gitops.flux.flux_reconcile
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Pause what a team runs, for a change
  gitops.flux.flux_suspend:
    context: talos-ottawa
    state: suspended
    label_selectors: [team=storage]
    reason: disk swap
    ticket: OPS-1423
    until: 4h
    change: CHG-7

- name: End the change, and wait until its objects are reconciled
  gitops.flux.flux_suspend:
    context: talos-ottawa
    state: resumed
    change: CHG-7
    wait: true
    timeout: 300

- name: Pause one release
  gitops.flux.flux_suspend:
    context: talos-ottawa
    state: suspended
    kinds: [HelmRelease]
    namespaces: [apps]
    names: [web]
    reason: looking at a crash
"""

RETURN = r"""
reachable:
  description: Whether the API server answered.
  returned: success
  type: bool
cluster:
  description: Which cluster answered, and who we are there, as M(gitops.flux.flux_info) returns it.
  returned: success
  type: dict
change:
  description: The O(change).
  returned: success
  type: str
objects:
  description: Everything that was selected.
  returned: success
  type: list
  elements: dict
  contains:
    kind: {description: Kind., type: str, returned: always}
    namespace: {description: Namespace., type: str, returned: always}
    name: {description: Name., type: str, returned: always}
    state: {description: "C(suspended) or C(resumed), as it was asked for, or C(left).", type: str, returned: always}
    changed: {description: Whether it was written to., type: bool, returned: always}
    why_left: {description: Why it was left as it is., type: str, returned: always}
    barrier:
      description:
        - C(reached), no run of it is in flight any more. C(unsupported), its controller never says so.
          C(controller_down), there is no controller to say so. C(timed_out), a run may still be going on.
        - Null in check mode, without O(barrier), and of what was not suspended by this task.
      type: str
      returned: always
    suspended:
      description: By whom, why, ticket, until, change, since when, and C(last), the status without the suspension. Of a resumed object, as it was.
      type: dict
      returned: always
    found: {description: Status and revision when it was paused., type: dict, returned: "when kept by O(found)"}
    warnings: {description: "That it will not last, or whom it hurts.", type: list, elements: str, returned: always}
blast:
  description: What the pause means for others, before anything was written.
  returned: success
  type: dict
  contains:
    objects: {description: Number of objects that are paused., type: int, returned: always}
    inventory: {description: Number of objects they have applied., type: int, returned: always}
    blocked_now: {description: Objects that wait for them and are blocked from now on., type: list, elements: str, returned: always}
    blocked_later: {description: Objects that are blocked from the next commit of their source on., type: list, elements: str, returned: always}
    waiting_parents: {description: Objects that wait for their health., type: list, elements: str, returned: always}
    open_suspensions: {description: Everything else that is suspended or frozen., type: list, elements: dict, returned: always}
diff:
  description: The fields that are touched, before and after, for each object.
  returned: with --diff
  type: list
  elements: dict
verdicts:
  description: What became of the objects, as M(gitops.flux.flux_reconcile) returns it.
  returned: with O(wait)
  type: list
  elements: dict
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.pausing import change_pause
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, PAUSING, SELECTION


def main() -> None:
    """Suspend or resume what is selected."""
    run_module({**AUTH, **SELECTION, **PAUSING}, change_pause)


if __name__ == "__main__":
    main()
