#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_helm_rollback
short_description: Roll a Helm release of Flux back in an emergency, so that it stays rolled back
version_added: 0.1.0
description:
  - Brings what a HelmRelease has installed back to an earlier revision, exactly, and holds it there.
  - Everything is planned and every refusal is said before the first write. Check mode returns that plan, with what would be deleted.
  - The HelmRelease is suspended, and its controller has to acknowledge that; only then nothing of it is in flight. Then it is planned once more.
  - After the rollback the live objects are compared with the target by a dry run as C(helm-controller), and the workloads are waited for.
  - The HelmRelease stays held, with who and why and how far it is in annotations on it, until
    M(gitops.flux.flux_helm_rollback_finish) finds that Git no longer asks for the bad state.
  - Interrupted at any step it leaves a state that is safe and says so on the HelmRelease. The same task run again goes on from there.
  - Nothing brings back data, the CustomResourceDefinitions in a chart's folder C(crds/), or what hooks have done.
options:
  namespace:
    description: Namespace of the HelmRelease.
    type: str
    required: true
  name:
    description: Name of the HelmRelease, which need not be that of its Helm release.
    type: str
    required: true
  revision:
    description:
      - Revision in Helm's storage to go back to, as M(gitops.flux.flux_helm_history) lists them.
      - Default is the last one before the newest that was deployed and healthy.
    type: int
  strategy:
    description:
      - V(helm) has the program helm do it. It needs Helm 4 where the task runs.
      - V(pin) has helm-controller do it, by pinning chart and values in the HelmRelease, and telling whoever owns that to leave it alone.
        Its history stays whole. It is refused where that would not be exact.
      - V(auto) pins where that is possible, and says why when it is not.
    type: str
    default: auto
    choices: [auto, helm, pin]
  reason:
    description: Why. It is written on the HelmRelease.
    type: str
    required: true
  ticket:
    description: Where it is written down.
    type: str
  until:
    description:
      - When it ought to be finished, a time (V(2026-11-21T18:00:00Z)), a day, or a duration from now (V(4h), V(2d)).
      - Nothing is let go by itself. The health check reports what is overdue.
    type: str
  by:
    description:
      - Who rolls back. Default is the user who has started the job in AWX, else E(AWX_USER_NAME) or E(TOWER_USER_NAME),
        else the name under which the API server knows us.
    type: str
  force:
    description:
      - Go on although the HelmRelease is Ready, an action of it seems to be running, or it is suspended for something else.
      - It does not allow a deletion, and no missing right is passed over.
    type: bool
    default: false
  helm:
    description: The program helm, a name on E(PATH) or a path.
    type: str
    default: helm
  allow_delete:
    description:
      - CustomResourceDefinitions, Namespaces, PersistentVolumeClaims and StatefulSets that may be deleted, as V(Kind/namespace/name),
        or V(Kind/name) where the kind has no namespace.
      - Other objects that the target does not have are deleted without being named.
    type: list
    elements: str
    default: []
  plan_digest:
    description: Digest of the plan that was approved. Another plan is refused.
    type: str
  timeout:
    description: Seconds to wait until helm-controller has acknowledged, and again until the workloads are well.
    type: float
    default: 300.0
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
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Sends no write, and returns the whole plan.
    support: full
  diff_mode:
    description: Shows the annotations and fields of the HelmRelease, and the paths that change in its objects, without values.
    support: full
seealso:
  - module: gitops.flux.flux_helm_history
  - module: gitops.flux.flux_helm_rollback_finish
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: See what a rollback would do
  gitops.flux.flux_helm_rollback:
    context: talos-ottawa
    namespace: monitoring
    name: grafana
    reason: dashboards are empty since 9.4.0
  check_mode: true
  register: planned

- name: Do exactly that
  gitops.flux.flux_helm_rollback:
    context: talos-ottawa
    namespace: monitoring
    name: grafana
    reason: dashboards are empty since 9.4.0
    ticket: OPS-1423
    until: 12h
    plan_digest: "{{ planned.plan.digest }}"

- name: Go back to a certain revision, also deleting what it brought
  gitops.flux.flux_helm_rollback:
    context: talos-ottawa
    namespace: shop
    name: cart
    revision: 17
    reason: orders are lost
    allow_delete:
      - StatefulSet/shop/cart-queue
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
namespace:
  description: The O(namespace).
  returned: success
  type: str
name:
  description: The O(name).
  returned: success
  type: str
release:
  description: The Helm release, C(name), C(storage_namespace) of its records, and C(release_namespace) of its objects.
  returned: success
  type: dict
owner:
  description: What applies the HelmRelease, by C(kind), C(namespace) and C(name); null when nothing does.
  returned: success
  type: dict
phase:
  description:
    - C(planned) in check mode; C(rolled_back) or C(pinned) when it is done and held.
    - C(holding), C(rolling_back) or C(pinning) when it came no further; the same task run again goes on.
  returned: success
  type: str
plan:
  description: What is done, decided before the first write.
  returned: success
  type: dict
  contains:
    digest: {description: "By which the plan can be approved, see O(plan_digest).", type: str, returned: always}
    strategy: {description: "C(helm) or C(pin).", type: str, returned: always}
    why: {description: Why that one., type: str, returned: always}
    source: {description: "The bad revision, as in RV(history).", type: dict, returned: always}
    target: {description: "The revision it goes back to, as in RV(history).", type: dict, returned: always}
    objects:
      description: "The objects of the target, each with C(action) (C(change), C(create), C(none)) and the C(paths) that change."
      type: list
      elements: dict
      returned: always
    deletes: {description: "What is deleted, and whether that is C(allowed).", type: list, elements: dict, returned: always}
    hooks: {description: Hooks of the target that Helm runs., type: list, elements: dict, returned: always}
    not_rolled_back: {description: What does not come back., type: list, elements: str, returned: always}
    values_paths: {description: "The paths at which the values of the two revisions differ.", type: list, elements: str, returned: always}
    steps: {description: "In their order.", type: list, elements: str, returned: always}
    warnings: {description: What is different afterwards although nobody asked for it., type: list, elements: str, returned: always}
story:
  description: What was done, each with C(at) (UTC), C(step) and C(text).
  returned: success
  type: list
  elements: dict
verification:
  description:
    - What was found afterwards. C(ok), the newest C(release) revision, C(differences) from the target, C(leftovers) of later revisions,
      and the C(workloads) with C(ready) and C(message).
  returned: when it came so far
  type: dict
history:
  description: Helm's storage afterwards, newest first. Of values there is a digest only.
  returned: success
  type: list
  elements: dict
  contains:
    revision: {description: Number., type: int, returned: always}
    status: {description: "As C(helm history) shows it.", type: str, returned: always}
    chart: {description: Name of the chart., type: str, returned: always}
    chart_version: {description: Version of the chart., type: str, returned: always}
    app_version: {description: Version of the application., type: str, returned: always}
    deployed_at: {description: When., type: str, returned: always}
    description: {description: "As C(helm history) shows it.", type: str, returned: always}
    config_digest: {description: Digest of the values., type: str, returned: always}
held:
  description: By whom the HelmRelease is held, C(by), C(reason), C(ticket), C(until), C(since), C(frozen) and C(suspended); null when it is not.
  returned: success
  type: dict
missing_in_git:
  description: What Git has to say before it can be finished, C(text) and a C(snippet) of YAML.
  returned: success
  type: dict
next:
  description: What remains to be done, in order.
  returned: success
  type: list
  elements: str
diff:
  description: The fields that change, see the attribute.
  returned: with --diff
  type: list
  elements: dict
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.rolling import roll_back
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, ROLLING_BACK


def main() -> None:
    """Roll one release back."""
    run_module({**AUTH, **ROLLING_BACK}, roll_back)


if __name__ == "__main__":
    main()
