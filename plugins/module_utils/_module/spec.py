# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the modules, in fragments of the same names as the documentation fragments."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import env_fallback
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.reading import GATHER
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import STATUSES

# No K8S_AUTH_* fall-backs for identity here: the environment counts only as a whole (_kube/target.py).
AUTH: dict[str, Any] = {
    "kubeconfig": {"type": "raw"},
    "context": {"type": "str"},
    "host": {"type": "str"},
    "api_key": {"type": "str", "no_log": True},
    "validate_certs": {"type": "bool", "aliases": ["verify_ssl"]},
    "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
    "client_cert": {"type": "path", "aliases": ["cert_file"]},
    "client_key": {"type": "path", "aliases": ["key_file"], "no_log": False},
    "proxy": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_PROXY"])},
    "no_proxy": {"type": "str", "fallback": (env_fallback, ["K8S_AUTH_NO_PROXY"])},
    "proxy_headers": {
        "type": "dict",
        "options": {
            "proxy_basic_auth": {"type": "str", "no_log": True},
            "basic_auth": {"type": "str", "no_log": True},
            "user_agent": {"type": "str"},
        },
    },
    "impersonate_user": {"type": "str"},
    "impersonate_groups": {"type": "list", "elements": "str"},
    "in_cluster": {"type": "bool", "default": False},
    "expected_cluster_uid": {"type": "str"},
    "request_timeout": {"type": "float", "default": 10.0},
}

SELECTION: dict[str, Any] = {
    "kinds": {"type": "list", "elements": "str", "choices": list(KINDS)},
    "namespaces": {"type": "list", "elements": "str"},
    "names": {"type": "list", "elements": "str"},
    "label_selectors": {"type": "list", "elements": "str"},
    "statuses": {"type": "list", "elements": "str", "choices": list(STATUSES)},
}

READING: dict[str, Any] = {
    "gather": {"type": "list", "elements": "str", "default": [], "choices": list(GATHER)},
    "flux_namespace": {"type": "str", "default": "flux-system"},
    "settings_config_maps": {
        "type": "list",
        "elements": "str",
        "default": ["cluster-settings", "common-settings"],
    },
    "operator_instance": {"type": "str", "default": "flux"},
    "operator_service": {"type": "str", "default": "flux-operator"},
    "operator_port": {"type": "int", "default": 9080},
    "log_lines": {"type": "int", "default": 20},
    "log_scope": {"type": "str", "default": "unhealthy", "choices": ["unhealthy", "all"]},
    "stale_after": {"type": "float", "default": 600.0},
    "unobserved_after": {"type": "float", "default": 60.0},
    "stuck_after": {"type": "float", "default": 600.0},
    "records_path": {"type": "path"},
    "fail_on_unreachable": {"type": "bool", "default": True},
}

OBJECT: dict[str, Any] = {
    "kind": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "expected_revision": {"type": "str"},
    "flux_namespace": {"type": "str", "default": "flux-system"},
    "log_lines": {"type": "int", "default": 20},
    "event_count": {"type": "int", "default": 20},
    "fail_on_unreachable": {"type": "bool", "default": True},
}

PAUSING: dict[str, Any] = {
    "state": {"type": "str", "required": True, "choices": ["suspended", "resumed"]},
    "all": {"type": "bool", "default": False},
    "reason": {"type": "str"},
    "ticket": {"type": "str"},
    "until": {"type": "str"},
    "change": {"type": "str"},
    # Not set by AWX itself, but what its variables are called where a credential type passes them on.
    "by": {"type": "str", "fallback": (env_fallback, ["AWX_USER_NAME", "TOWER_USER_NAME"])},
    "refuse_other_change": {"type": "bool", "default": False},
    "found": {"type": "bool", "default": False},
    "barrier": {"type": "bool", "default": True},
    "wait": {"type": "bool", "default": False},
    "timeout": {"type": "float", "default": 60.0},
    "flux_namespace": {"type": "str", "default": "flux-system"},
    "progress": {"type": "bool", "default": True},
}

# What is waited for, whether it was asked or not.
WAITING: dict[str, Any] = {
    "all": {"type": "bool", "default": False},
    "not_ready": {"type": "bool", "default": False},
    "expected_revision": {"type": "str"},
    "timeout": {"type": "float", "default": 300.0},
    "fail_fast": {"type": "bool", "default": False},
    "fail_on_suspended": {"type": "bool", "default": False},
    "progress": {"type": "bool", "default": True},
    "flux_namespace": {"type": "str", "default": "flux-system"},
    "pictures_path": {"type": "path"},
}

ASKING: dict[str, Any] = {
    "with_source": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
    "reset": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "token": {"type": "str", "no_log": False},
}

ROLLING_BACK: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "revision": {"type": "int"},
    "strategy": {"type": "str", "default": "auto", "choices": ["auto", "helm", "pin"]},
    "reason": {"type": "str", "required": True},
    "ticket": {"type": "str"},
    "until": {"type": "str"},
    "by": {"type": "str", "fallback": (env_fallback, ["AWX_USER_NAME", "TOWER_USER_NAME"])},
    "force": {"type": "bool", "default": False},
    "helm": {"type": "str", "default": "helm"},
    "allow_delete": {"type": "list", "elements": "str", "default": []},
    "plan_digest": {"type": "str"},
    "timeout": {"type": "float", "default": 300.0},
    "flux_namespace": {"type": "str", "default": "flux-system"},
    "progress": {"type": "bool", "default": True},
}

HELM_HISTORY: dict[str, Any] = {
    "namespace": {"type": "str"},
    "name": {"type": "str"},
    "releases": {
        "type": "list",
        "elements": "dict",
        "options": {"namespace": {"type": "str", "required": True}, "name": {"type": "str", "required": True}},
    },
    "compare": {"type": "list", "elements": "int"},
    "flux_namespace": {"type": "str", "default": "flux-system"},
}

FINISHING: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "by": {"type": "str", "fallback": (env_fallback, ["AWX_USER_NAME", "TOWER_USER_NAME"])},
    "accept_unverified_values": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "plan_digest": {"type": "str"},
    "timeout": {"type": "float", "default": 300.0},
    "flux_namespace": {"type": "str", "default": "flux-system"},
    "progress": {"type": "bool", "default": True},
}
