# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Which cluster, and as whom. The names are those of kubernetes.core."""

    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path of the kubeconfig, several paths joined by C(:), or its content as a dictionary or YAML text.
      - Content is kept out of logs and results.
      - With O(context) and without this option it is E(KUBECONFIG), else C(~/.kube/config).
    type: raw
  context:
    description:
      - Context of the kubeconfig. Required with a kubeconfig, because its current context is never used.
      - When O(context), O(kubeconfig) or O(host) is given, all E(K8S_AUTH_*) variables about address and identity are ignored.
      - When none is given, and not O(in_cluster), they are used together,
        either E(K8S_AUTH_HOST) with E(K8S_AUTH_API_KEY) or E(K8S_AUTH_CLIENT_CERT) and E(K8S_AUTH_CLIENT_KEY)
        (and E(K8S_AUTH_VERIFY_SSL), E(K8S_AUTH_SSL_CA_CERT)), or E(K8S_AUTH_KUBECONFIG) with E(K8S_AUTH_CONTEXT).
    type: str
  host:
    description: URL of the API server. Needs O(api_key), or O(client_cert) and O(client_key). Excludes O(context).
    type: str
  api_key:
    description: Bearer token for O(host).
    type: str
  validate_certs:
    description: Whether the certificate of the API server must be trusted. Default is what the kubeconfig says, else V(true).
    type: bool
    aliases: [verify_ssl]
  ca_cert:
    description: Path of the certificate authority that signed the certificate of the API server.
    type: path
    aliases: [ssl_ca_cert]
  client_cert:
    description: Path of a client certificate for O(host).
    type: path
    aliases: [cert_file]
  client_key:
    description: Path of the key of O(client_cert).
    type: path
    aliases: [key_file]
  proxy:
    description: URL of an HTTP proxy to the API server. Default is E(K8S_AUTH_PROXY), else what the kubeconfig says.
    type: str
  no_proxy:
    description: Host names, comma separated, that are reached without the proxy. Default is E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description: Headers for the proxy.
    type: dict
    suboptions:
      proxy_basic_auth:
        description: C(user:password) for the proxy.
        type: str
      basic_auth:
        description: C(user:password) for the Authorization header.
        type: str
      user_agent:
        description: The User-Agent header.
        type: str
  impersonate_user:
    description: User to act as; RBAC of that user applies.
    type: str
  impersonate_groups:
    description: Groups to act as, with O(impersonate_user).
    type: list
    elements: str
  in_cluster:
    description: Use the service account of the pod the module runs in. Never done without being asked for.
    type: bool
    default: false
  expected_cluster_uid:
    description:
      - UID of the namespace C(kube-system) of the cluster that is meant.
      - When another cluster answers, reading goes on with a warning and RV(gitops.flux.flux_info#module:cluster.uid_mismatch=true); writing refuses.
    type: str
  request_timeout:
    description: Seconds one request may take.
    type: float
    default: 10.0
requirements:
  - "kubernetes >= 24.2.0 (Python library)"
notes:
  - The options are named like those of kubernetes.core, so that C(module_defaults) and habits carry over. They are resolved
    differently in that explicit options are a closed set, so an E(K8S_AUTH_HOST) of the environment cannot redirect a task
    that names a context.
  - There is no O(ignore:username) and O(ignore:password), because Kubernetes has had no basic authentication since 1.19.
"""
