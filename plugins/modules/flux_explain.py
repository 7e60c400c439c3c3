#!/usr/bin/python
# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: flux_explain
short_description: Tell the story of one Flux object from end to end
version_added: 0.1.0
description:
  - Reads the cluster as M(gitops.flux.flux_info) does, then looks closer at one object. The commit it was made of, its sources,
    who applied it, what it says and runs, which of its workloads are not well, what their pods wait for or ended with,
    their newest warnings and last log lines, and the causes it hangs on.
  - Reads only. No Secret and no ConfigMap is ever requested. Messages and log lines are redacted.
  - The number of requests does not grow with the inventory of the object. Workloads are read in at most 20 lists, the pods of at most
    10 workloads and at most 8 logs. What is left out or refused stands in RV(not_seen).
  - A cluster without the object is a result, RV(found=false), whose RV(message) says which ones there are.
options:
  kind:
    description: Kind of the object, C(Kustomization), in any case, as its plural or its short name (C(ks)).
    type: str
    required: true
  namespace:
    description: Its namespace.
    type: str
    required: true
  name:
    description: Its name.
    type: str
    required: true
  expected_revision:
    description: Commit that should have arrived, whole or its first seven characters or more. RV(expected) then tells how far it has come.
    type: str
  flux_namespace:
    description: Namespace of the Flux controllers.
    type: str
    default: flux-system
  log_lines:
    description: Number of log lines to return for each container that is not well, and of the controllers about the object; at most 100.
    type: int
    default: 20
  event_count:
    description: Number of events to return about the object, and about its workloads; at most 100.
    type: int
    default: 20
  fail_on_unreachable:
    description: Fail when the API server cannot be reached; V(false) returns RV(reachable=false) and the RV(reason) instead.
    type: bool
    default: true
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
seealso:
  - module: gitops.flux.flux_info
author:
  - gitops.flux contributors (@gitops-flux)
"""

EXAMPLES = r"""
- name: Ask why a Kustomization is not ready
  gitops.flux.flux_explain:
    context: talos-ottawa
    kind: Kustomization
    namespace: flux-system
    name: apps
  register: apps

- name: Show what it hangs on
  ansible.builtin.debug:
    msg: "{{ apps.causes | map(attribute='message') }}"

- name: Look at a HelmRelease, as someone who may see less
  gitops.flux.flux_explain:
    context: talos-ottawa
    impersonate_user: viewer
    kind: hr
    namespace: monitoring
    name: grafana
    log_lines: 50
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
found:
  description: Whether the object was seen.
  returned: always
  type: bool
message:
  description: The state of the object in one sentence; or that it does not exist or cannot be seen, and which objects there are.
  returned: always
  type: str
  sample: "Kustomization apps/web is failed (retrying): HealthCheckFailed: timeout waiting for: [Deployment/apps/web status: 'InProgress']"
subject:
  description: Kind, namespace and name of the object that is meant.
  returned: always
  type: dict
cluster:
  description: Which cluster answered, and who we are there; see M(gitops.flux.flux_info).
  returned: always
  type: dict
read_at:
  description: When it was read, by the API server's clock (UTC, RFC 3339).
  returned: when reachable
  type: str
seconds:
  description: How long reading took.
  returned: always
  type: float
commit:
  description: The commit the object was made of, as the artifact of the nearest source that knows one says it; null when none does.
  returned: when found
  type: dict
  contains:
    revision: {description: Revision of the artifact., type: str, returned: always, sample: "main@sha1:cb1ce32f2a4a4f0b8ce1a7e7c4c2f1f4a0a1b2c3"}
    ref: {description: Branch or tag., type: str, returned: always}
    commit: {description: Its hash., type: str, returned: always}
    url: {description: "Address of the repository, redacted.", type: str, returned: always}
    kind: {description: Kind of the source that says so., type: str, returned: always}
    namespace: {description: Its namespace., type: str, returned: always}
    name: {description: Its name., type: str, returned: always}
expected:
  description: Whether O(expected_revision) has been fetched and is running; null for what names no commit. Null without that option.
  returned: when found
  type: dict
sources:
  description:
    - The source of the object, the source of that, and so on, each with C(kind), C(namespace), C(name), C(status) (V(missing) and V(unseen) too),
      C(flags), C(reason), C(message), C(revision), C(since), C(last_good_at), C(url), and what of it is C(wanted).
  returned: when found
  type: list
  elements: dict
parents:
  description: Who applied the object, who applied that, up to the root, in the form of RV(sources).
  returned: when found
  type: list
  elements: dict
depends_on:
  description: What the object waits for, in the form of RV(sources).
  returned: when found
  type: list
  elements: dict
object:
  description: The record of the object as in M(gitops.flux.flux_info), and more.
  returned: when found
  type: dict
  contains:
    status: {description: Its status., type: str, returned: always}
    conditions: {description: "Its conditions, redacted.", type: list, elements: dict, returned: always}
    history: {description: "Its last runs, the newest first.", type: list, elements: dict, returned: always}
    revisions:
      description: What of its source or chart is C(asked_for), which revision is C(offered), was C(attempted) and is C(running), and the C(origin) revision.
      type: dict
      returned: always
    names: {description: The Secrets and ConfigMaps it names. They are not read., type: list, elements: dict, returned: always}
    remote: {description: Whether what it applies lives on another cluster and was not looked at., type: bool, returned: always}
release:
  description: Names, namespaces and revisions of the Helm release, from the status of the HelmRelease; null for other kinds.
  returned: when found
  type: dict
inventory:
  description:
    - How many objects it has put on the cluster, by kind with their names, and the Flux objects among them that are not well.
    - Null when it keeps no list.
  returned: when found
  type: dict
workloads:
  description: Its workloads that are not well, with the reason and their pods, and of each pod the containers that are not well.
  returned: when found
  type: list
  elements: dict
events:
  description: The newest events about the object, and warnings about its workloads and their pods.
  returned: when found
  type: list
  elements: dict
logs:
  description: The last lines of each container that is not well, of the present and the C(previous) run, redacted.
  returned: when found
  type: list
  elements: dict
controller_logs:
  description: What the controllers last logged about the object.
  returned: when found
  type: list
  elements: dict
causes:
  description: The causes the object hangs on, the object itself among them when it is one. Of their victims the first 20, and C(victims_count).
  returned: when found
  type: list
  elements: dict
not_seen:
  description: What could not be looked at. C(what), C(state) (C(forbidden), C(error), C(absent), C(limited)) and C(message).
  returned: when found
  type: list
  elements: dict
"""

from ansible_collections.gitops.flux.plugins.module_utils._kube.story import object_story
from ansible_collections.gitops.flux.plugins.module_utils._module.run import run_module
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH, OBJECT


def main() -> None:
    """Tell one object's story."""
    run_module({**AUTH, **OBJECT}, object_story)


if __name__ == "__main__":
    main()
