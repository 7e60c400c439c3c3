#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_helm_rollback_finish
short_description: Let a rolled back HelmRelease go, once Git no longer asks for the bad state
version_added: 0.1.0
description:
  - Ends what M(gitops.flux.flux_helm_rollback) has begun. It lets a HelmRelease go only when what Git asks for is not the bad state any more.
  - What a pin has changed is restored to the field, and whoever owns the HelmRelease applies what Git says now; it stays suspended meanwhile.
  - Then chart, version, digest and values are compared with the bad state and with the good one, values as structures, read into memory only.
  - When Git still asks for the bad state, it is refused, and stays held; RV(missing_in_git) says what is missing.
  - The chart is fetched before the HelmRelease is resumed, so that helm-controller never meets the one before, and a range that finds the
    bad version again is seen.
  - One patch resumes it and removes all annotations of the rollback. The first action of helm-controller is watched to its end; should it come
    to the bad state all the same, the HelmRelease is suspended again.
  - Interrupted at any step, the same task run again goes on from there. Without a rollback there is nothing to do.
options:
  namespace:
    description: Namespace of the HelmRelease.
    type: str
    required: true
  name:
    description: Name of the HelmRelease.
    type: str
    required: true
  by:
    description:
      - Who finishes it. Default is the user who has started the job in AWX, else E(AWX_USER_NAME) or E(TOWER_USER_NAME).
    type: str
  accept_unverified_values:
    description:
      - Go on although the values cannot be compared, because a ConfigMap or Secret may not be read or is not certain to be read
        as helm-controller reads it.
      - A chart that is the bad one stays refused.
    type: bool
    default: false
  force:
    description:
      - Go on where Git sets both C(spec.suspend) to V(false) and C(spec.dependsOn), so that nothing can be compared before the HelmRelease runs.
      - The fixing revision has to be in Git by then.
    type: bool
    default: false
  plan_digest:
    description: Digest of the plan that was approved. Another plan is refused.
    type: str
  timeout:
    description: Seconds each step that waits may take.
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
    description: Sends no write, and returns the plan. Whether Git still asks for the bad state is only known as far as it has arrived.
    support: full
  diff_mode:
    description: Shows the annotations and fields that go. What a pin restores is not shown, because it may hold values.
    support: full
seealso:
  - module: gitops.flux.flux_helm_rollback
  - module: gitops.flux.flux_helm_history
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Let the release go, now that Git is mended
  gitops.flux.flux_helm_rollback_finish:
    context: talos-ottawa
    namespace: monitoring
    name: grafana
  register: finished

- name: See what Git has to say before
  ansible.builtin.debug:
    msg: "{{ finished.missing_in_git.snippet }}"
  when: finished.phase == "refused" and finished.missing_in_git
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
    - C(planned) in check mode; C(finished) when it was let go and has come to a good end, or nothing was held.
    - C(refused) when it stays held. Any other phase is where it has stopped; the same task run again goes on.
  returned: success
  type: str
plan:
  description:
    - C(digest), C(strategy) and C(why) of the rollback, its revisions C(source) and C(target) as in RV(history), the C(values_paths)
      at which they differ, and the C(steps) in their order. Other keys are those of M(gitops.flux.flux_helm_rollback), and empty.
  returned: when a rollback holds it
  type: dict
story:
  description: What was done, each with C(at) (UTC), C(step) and C(text).
  returned: success
  type: list
  elements: dict
verification:
  description: "C(ok), and the newest C(release) revision after it was let go."
  returned: when it came so far
  type: dict
history:
  description: Helm's storage afterwards, newest first, as M(gitops.flux.flux_helm_rollback) returns it.
  returned: success
  type: list
  elements: dict
held:
  description: By whom the HelmRelease is still held, as M(gitops.flux.flux_helm_rollback) returns it; null when it is not.
  returned: success
  type: dict
missing_in_git:
  description: What Git has to say first, C(text) and a C(snippet) of YAML; null when nothing is missing.
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

from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.finishing import finish
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, FINISHING


def main() -> None:
    """Finish the rollback of one release."""
    run_module({**AUTH, **FINISHING}, finish)


if __name__ == "__main__":
    main()
