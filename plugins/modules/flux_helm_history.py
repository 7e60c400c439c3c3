#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_helm_history
short_description: Read the Helm history of HelmReleases, and where each can be rolled back to
version_added: 0.1.0
description:
  - Finds the Helm release of a HelmRelease by its real name and namespaces, also where C(spec.releaseName), C(spec.targetNamespace)
    or C(spec.storageNamespace) are set, or the name is longer than the 53 characters Helm takes.
  - Returns every revision in Helm's storage with what helm-controller has recorded of it, whether a rollback can go to it, and if not, why not.
  - Values appear as digests only, with O(compare) also as the paths at which those of two revisions differ. No value leaves the module.
  - Reads only, and needs no program C(helm). It needs the right to list Secrets in the namespace of Helm's storage.
options:
  namespace:
    description: Namespace of the HelmRelease. With O(name), in place of O(releases).
    type: str
  name:
    description: Name of the HelmRelease, which need not be that of its Helm release.
    type: str
  releases:
    description: Several HelmReleases, each by namespace and name.
    type: list
    elements: dict
    suboptions:
      namespace:
        description: Namespace of the HelmRelease.
        type: str
        required: true
      name:
        description: Name of the HelmRelease.
        type: str
        required: true
  compare:
    description: Two revisions whose values are compared, in each of the releases. That one of them is not in storage is an error.
    type: list
    elements: int
  flux_namespace:
    description: Namespace of the Flux controllers.
    type: str
    default: flux-system
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Reads only, so check mode changes nothing.
    support: full
  diff_mode:
    description: Changes nothing, so there is nothing to show.
    support: none
notes:
  - RV(releases[].revisions[].config_digest) is that of helm-controller, of the values as YAML with sorted keys. It can be another one for values
    Helm's storage does not keep as they were, which are texts that are not UTF-8, and integers beyond 2^53 from a C(valuesFrom) with C(targetPath).
seealso:
  - module: gitops.flux.flux_helm_rollback
  - module: gitops.flux.flux_info
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: See what there is to go back to
  gitops.flux.flux_helm_history:
    context: talos-ottawa
    namespace: monitoring
    name: grafana
  register: history

- name: Show it as helm history does, and the targets
  ansible.builtin.debug:
    msg: "{{ item.revision }} {{ item.status }} {{ item.chart }}-{{ item.chart_version }} {{ item.why_no_target or 'possible' }}"
  loop: "{{ history.releases[0].revisions }}"
  loop_control:
    label: "{{ item.revision }}"

- name: See where the values of two revisions differ, of two releases
  gitops.flux.flux_helm_history:
    context: talos-ottawa
    releases:
      - namespace: monitoring
        name: grafana
      - namespace: monitoring
        name: loki
    compare: [3, 4]
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
releases:
  description:
    - One entry for each HelmRelease, in the order they are named.
    - The task fails when one of them does not exist or must not be read, and returns the others all the same.
  returned: success
  type: list
  elements: dict
  contains:
    namespace: {description: Namespace of the HelmRelease., type: str, returned: always}
    name: {description: Name of the HelmRelease., type: str, returned: always}
    state:
      description:
        - C(ok), here is its history. C(none), nothing is in storage yet.
        - C(remote), it installs into another cluster by C(spec.kubeConfig), and its storage is there.
        - C(missing), there is no such HelmRelease. C(forbidden), it or its storage must not be read.
      type: str
      returned: always
    message: {description: "That, in one sentence.", type: str, returned: always}
    release:
      description:
        - The Helm release, C(name), C(storage_namespace) of its records, and C(release_namespace) of its objects.
        - Null when the HelmRelease was not found.
      type: dict
      returned: always
    newest_revision: {description: The newest revision in storage., type: int, returned: always}
    deployed_revision: {description: "The revision Helm calls deployed, which need not be the newest.", type: int, returned: always}
    controller_revision: {description: The revision helm-controller believes to be current., type: int, returned: always}
    default_target:
      description: The revision a rollback goes to when none is named, which is the last below the newest that was deployed and healthy.
      type: int
      returned: always
    revisions:
      description: What is in storage, the newest first.
      type: list
      elements: dict
      returned: always
      contains:
        revision: {description: Number., type: int, returned: always}
        status: {description: "As C(helm history) shows it. Null, as most of the row, when its Secret cannot be unpacked.", type: str, returned: always}
        chart: {description: Name of the chart., type: str, returned: always}
        chart_version: {description: Version of the chart., type: str, returned: always}
        app_version: {description: Version of the application., type: str, returned: always}
        first_deployed: {description: When the release was first installed., type: str, returned: always}
        deployed_at: {description: When this revision was., type: str, returned: always}
        description: {description: "As C(helm history) shows it, without the values it quotes.", type: str, returned: always}
        apply_method: {description: "C(ssa) for server-side apply, C(csa) or null for client-side apply.", type: str, returned: always}
        config_digest: {description: Digest of its values., type: str, returned: always}
        controller:
          description:
            - What helm-controller has recorded of it, C(status), C(action), C(digest), C(config_digest), C(oci_digest), and the phase of each of C(tests).
            - Null when it has recorded nothing, or nothing any more.
          type: dict
          returned: always
        controller_current: {description: Whether helm-controller believes it to be current., type: bool, returned: always}
        possible_target: {description: Whether a rollback can go to it., type: bool, returned: always}
        why_no_target: {description: Why not., type: str, returned: always}
        doubt: {description: "Why it is not chosen unless it is named; it was deployed, but not well.", type: str, returned: always}
        chart_obtainable:
          description:
            - Whether its chart can still be had, which only matters for a rollback with C(strategy=pin).
            - Null where nobody knows without asking the registry, which is not done.
          type: bool
          returned: always
        chart_reason: {description: Why that is so., type: str, returned: always}
    compared:
      description: The two C(revisions) of O(compare), and C(values_paths), the paths at which their values differ, never the values.
      type: dict
      returned: always
      sample: {"revisions": [3, 4], "values_paths": ["image.tag", "ingress.annotations.\"example.com/class\"", "hosts[1]"]}
    warnings:
      description: What the next run of helm-controller will do that nobody may expect, and what cannot be unpacked.
      type: list
      elements: str
      returned: always
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.history import helm_histories
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, HELM_HISTORY


def main() -> None:
    """Read the history of the releases that are named."""
    run_module({**AUTH, **HELM_HISTORY}, helm_histories)


if __name__ == "__main__":
    main()
