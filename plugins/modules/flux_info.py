#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_info
short_description: Read the whole picture of Flux on one cluster
version_added: 0.1.0
description:
  - Reads every Flux object of a cluster in one run, whichever kinds and versions it serves, and says of each what state it is in.
  - The state is decided from conditions, generation, history and the objects referred to, never from the text of a message,
    so that a permanently failing object is failed also while its controller tries again.
  - Reads only. No Secret is ever requested. Messages are redacted.
  - What could not be read stands in RV(coverage); nothing that was not seen is reported as healthy.
options:
  gather:
    description:
      - What else to read.
      - V(events) are warnings about Flux objects and the signs of life of sources; staleness needs them or V(logs).
      - V(controllers) are the Deployments and pods of Flux; V(logs) the tail of their logs.
      - V(helm_history) is taken from the status of HelmReleases. V(operator) is the FluxInstance and its web service.
      - V(settings) tells which settings ConfigMaps exist and which keys, never values.
    type: list
    elements: str
    default: []
    choices: [events, controllers, logs, helm_history, operator, settings]
  flux_namespace:
    description: Namespace of the Flux controllers and of the settings ConfigMaps.
    type: str
    default: flux-system
  settings_config_maps:
    description: Names of the ConfigMaps to look for with O(gather=settings).
    type: list
    elements: str
    default: [cluster-settings, common-settings]
  operator_instance:
    description: Name of the FluxInstance.
    type: str
    default: flux
  operator_service:
    description: Name of the Service of flux-operator.
    type: str
    default: flux-operator
  operator_port:
    description: Port of the web interface in that Service.
    type: int
    default: 9080
  log_lines:
    description: Number of log lines to return for each controller, the newest ones.
    type: int
    default: 20
  log_scope:
    description: Return only lines about objects that are not ready, or all.
    type: str
    default: unhealthy
    choices: [unhealthy, all]
  stale_after:
    description:
      - Seconds of silence after which a source may be called stale; at least twice its interval.
      - A source is stale on evidence only, that is when its fetch fails, or when events or logs were readable, reach back that far and show no sign of it.
    type: float
    default: 600.0
  unobserved_after:
    description: Seconds after which an object whose status is behind its spec counts as unobserved.
    type: float
    default: 60.0
  stuck_after:
    description: Seconds after which a deletion counts as stuck.
    type: float
    default: 600.0
  records_path:
    description:
      - File on the machine the module runs on that takes all selected records as a JSON list.
      - RV(objects) then holds only those that are not ready.
    type: path
  fail_on_unreachable:
    description: Fail when the API server cannot be reached; V(false) returns RV(reachable=false) and the RV(reason) instead.
    type: bool
    default: true
extends_documentation_fragment:
  - gitops.flux.auth
  - gitops.flux.selection
  - gitops.flux.attributes
attributes:
  check_mode:
    description: Reads only, so check mode changes nothing.
    support: full
  diff_mode:
    description: Changes nothing, so there is nothing to show.
    support: none
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Read one cluster
  gitops.flux.flux_info:
    context: talos-ottawa
    gather: [events, controllers]
  register: ottawa

- name: Show what is not ready
  ansible.builtin.debug:
    msg: "{{ ottawa | gitops.flux.not_ready }}"

- name: Read what fails in one namespace, and go on when the cluster is down
  gitops.flux.flux_info:
    kubeconfig: /etc/flux/kubeconfig
    context: talos-robbinsdale
    namespaces: [monitoring]
    statuses: [failed, stalled, blocked]
    fail_on_unreachable: false
"""

RETURN = r"""
reachable:
  description: Whether the API server answered and accepted who we are.
  returned: always
  type: bool
reason:
  description: Why the cluster could not be reached, in one sentence.
  returned: always
  type: str
  sample: connection refused by 10.2.0.10:6443
cluster:
  description: Which cluster answered, and who we are there.
  returned: always
  type: dict
  contains:
    context: {description: Name of the context; null with O(host) or O(in_cluster)., type: str, returned: always}
    kubeconfig: {description: "File of the context; null for C(~/.kube/config), and for content.", type: str, returned: always}
    server: {description: URL of the API server., type: str, returned: always}
    uid: {description: UID of the namespace kube-system; null when not readable., type: str, returned: always}
    uid_mismatch: {description: Whether another cluster answered than O(expected_cluster_uid) names., type: bool, returned: always}
    kubernetes_version: {description: Version of the API server., type: str, returned: always}
    flux_version: {description: Version of Flux as its Deployments are labelled., type: str, returned: always}
    user: {description: Name and groups by SelfSubjectReview., type: dict, returned: always}
read_at:
  description: When the picture was taken, by the API server's clock (UTC, RFC 3339).
  returned: when reachable
  type: str
seconds:
  description: How long reading took.
  returned: always
  type: float
objects:
  description: One record for each selected object; with O(records_path) only for those that are not ready.
  returned: when reachable
  type: list
  elements: dict
  contains:
    cluster: {description: Context., type: str, returned: always}
    kind: {description: Kind., type: str, returned: always}
    api_version: {description: Version it was read in., type: str, returned: always}
    namespace: {description: Namespace., type: str, returned: always}
    name: {description: Name., type: str, returned: always}
    uid: {description: UID., type: str, returned: always}
    status:
      description: One of terminating, suspended, stalled, blocked, failed, progressing, ready, unknown.
      type: str
      returned: always
    flags:
      description: Any of retrying, old_spec, stuck, unobserved, behind, stale_source, frozen, drifted, rolled_back.
      type: list
      elements: str
      returned: always
    reason: {description: Reason of the deciding condition., type: str, returned: always}
    message: {description: "Its message, redacted.", type: str, returned: always}
    revision: {description: Revision that is applied or stored., type: str, returned: always}
    attempted_revision: {description: "Revision the last run tried, whether it succeeded or not.", type: str, returned: always}
    artifact_revision: {description: Revision of the artifact of a source., type: str, returned: always}
    source: {description: "Kind, namespace and name of the source.", type: dict, returned: always}
    depends_on: {description: "Kind, namespace and name of each dependency.", type: list, elements: dict, returned: always}
    references:
      description: What else the spec names, Secrets and ConfigMaps among it, by kind, namespace, name, and C(field) of the spec.
      type: list
      elements: dict
      returned: always
    owner: {description: "Kind, namespace and name of the Flux object that applied it.", type: dict, returned: always}
    url: {description: "Where a source fetches from, without credentials.", type: str, returned: always}
    path: {description: Which folder of its source a Kustomization applies., type: str, returned: always}
    shard: {description: "Value of the label sharding.fluxcd.io/key.", type: str, returned: always}
    since: {description: Start of the present state as far as it is known., type: str, returned: always}
    last_good_at: {description: When it was last known to be good., type: str, returned: always}
    failing_at_least_since: {description: Since when it fails at the least., type: str, returned: always}
    next_retry_at: {description: When its controller tries again., type: str, returned: always}
    suspended:
      description: By whom, since when, why, ticket, until, change, and C(last), the status without the suspension.
      type: dict
      returned: always
    release:
      description: Name, storage_namespace and release_namespace of a HelmRelease's release, with revision and status of its newest revision.
      type: dict
      returned: always
    running: {description: What a HelmRelease runs now., type: dict, returned: always}
    fetch: {description: "Whether a source is fresh, stale or unknown, and on what evidence.", type: dict, returned: always}
    generation: {description: Generation of the spec., type: int, returned: always}
    observed_generation: {description: Generation the status speaks of., type: int, returned: always}
    interval: {description: Seconds between two runs., type: float, returned: always}
    finalizers: {description: Finalizers of an object that is being deleted., type: list, elements: str, returned: always}
    created_at: {description: When it was created., type: str, returned: always}
coverage:
  description: For each kind whether it was read; C(ok), C(absent) (not served), C(forbidden) or C(error), with version, count and message.
  returned: when reachable
  type: dict
summary:
  description: Number of selected objects in all, by status, by kind and by flag.
  returned: when reachable
  type: dict
stale_sources:
  description: Sources whose fetch fails, that are silent, or of which nothing is known.
  returned: when reachable
  type: list
  elements: dict
events:
  description: Warnings about Flux objects, newest first.
  returned: with O(gather=events)
  type: list
  elements: dict
controllers:
  description: Deployments of Flux with version, pods, restarts, shard and state.
  returned: with O(gather=controllers)
  type: list
  elements: dict
logs:
  description: Log lines of the controllers, parsed and redacted.
  returned: with O(gather=logs)
  type: list
  elements: dict
helm_history:
  description: Release name, namespaces and revisions of each HelmRelease, from its status.
  returned: with O(gather=helm_history)
  type: list
  elements: dict
operator:
  description: Whether flux-operator is installed, its FluxInstance, its service, and the command that opens its web interface.
  returned: with O(gather=operator)
  type: dict
settings:
  description: Which settings ConfigMaps exist, and their keys.
  returned: with O(gather=settings)
  type: list
  elements: dict
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.info import cluster_picture
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, READING, SELECTION


def main() -> None:
    """Read one cluster."""
    run_module({**AUTH, **SELECTION, **READING}, cluster_picture)


if __name__ == "__main__":
    main()
