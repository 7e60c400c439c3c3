# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cluster is meant, and as whom: decided from one closed set of parameters, never from a mixture.

kubernetes.core resolves every option on its own, so that AWX's K8S_AUTH_HOST and K8S_AUTH_API_KEY silently override an
explicit context. Here explicit parameters are a closed set, and the environment is only ever used as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidTarget

DEFAULT_KUBECONFIG = "~/.kube/config"
CREDENTIALS = ("api_key", "client_cert", "client_key")

# Both spellings of kubernetes.core.
ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "kubeconfig": ("K8S_AUTH_KUBECONFIG",),
    "context": ("K8S_AUTH_CONTEXT",),
    "host": ("K8S_AUTH_HOST",),
    "api_key": ("K8S_AUTH_API_KEY",),
    "validate_certs": ("K8S_AUTH_VALIDATE_CERTS", "K8S_AUTH_VERIFY_SSL"),
    "ca_cert": ("K8S_AUTH_CA_CERT", "K8S_AUTH_SSL_CA_CERT"),
    "client_cert": ("K8S_AUTH_CLIENT_CERT", "K8S_AUTH_CERT_FILE"),
    "client_key": ("K8S_AUTH_CLIENT_KEY", "K8S_AUTH_KEY_FILE"),
    "impersonate_user": ("K8S_AUTH_IMPERSONATE_USER",),
    "impersonate_groups": ("K8S_AUTH_IMPERSONATE_GROUPS",),
}


@dataclass(frozen=True)
class Target:
    """One cluster and one identity. Exactly one of context, host and in_cluster is set."""

    context: str | None = None
    kubeconfig: str | dict[str, Any] | None = None
    host: str | None = None
    in_cluster: bool = False
    api_key: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    ca_cert: str | None = None
    validate_certs: bool | None = None
    impersonate_user: str | None = None
    impersonate_groups: tuple[str, ...] = ()

    @property
    def named_kubeconfig(self) -> str | None:
        """The file of the context where commands have to name it: not the default one, and not content."""
        if not isinstance(self.kubeconfig, str) or "\n" in self.kubeconfig:
            return None
        return None if _expanded(self.kubeconfig) == _expanded(DEFAULT_KUBECONFIG) else self.kubeconfig


def target_of(params: Mapping[str, Any], environ: Mapping[str, str]) -> Target:
    """The target the parameters name, or else the one the K8S_AUTH_* variables name together."""
    if params.get("in_cluster"):
        return _in_cluster(params)
    if any(params.get(name) for name in ("kubeconfig", "context", "host")):
        return _explicit(params, environ)
    _refuse(
        params, (*CREDENTIALS, "ca_cert"), "without the cluster they are for", "add host, or name a context instead"
    )
    return _explicit(_from_environment(params, environ), environ)


def _in_cluster(params: Mapping[str, Any]) -> Target:
    _refuse(
        params,
        ("kubeconfig", "context", "host", *CREDENTIALS, "ca_cert"),
        "together with in_cluster",
        "in_cluster brings its own address and credentials; name one target only",
    )
    return Target(in_cluster=True, **_identity(params))


def _explicit(params: Mapping[str, Any], environ: Mapping[str, str]) -> Target:
    if params.get("host"):
        _refuse(params, ("kubeconfig", "context"), "together with host", "name either a context or a host, not both")
        return _by_host(params)
    _refuse(
        params, CREDENTIALS, "together with a context", "a context brings its own credentials; drop them, or use host"
    )
    if not params.get("context"):
        raise InvalidTarget(
            "kubeconfig is given without a context.",
            "Name the context: the current context of a kubeconfig is never used.",
        )
    return Target(
        context=params["context"],
        kubeconfig=params.get("kubeconfig") or _default_kubeconfig(environ),
        ca_cert=params.get("ca_cert"),
        validate_certs=params.get("validate_certs"),
        **_identity(params),
    )


def _by_host(params: Mapping[str, Any]) -> Target:
    if bool(params.get("client_cert")) != bool(params.get("client_key")):
        raise InvalidTarget("client_cert and client_key are only usable together.", "Give both, or an api_key.")
    if not params.get("api_key") and not params.get("client_cert"):
        raise InvalidTarget(
            f"host {params['host']} is given without credentials.", "Give api_key, or client_cert and client_key."
        )
    return Target(
        host=str(params["host"]).rstrip("/"),
        api_key=params.get("api_key"),
        client_cert=params.get("client_cert"),
        client_key=params.get("client_key"),
        ca_cert=params.get("ca_cert"),
        validate_certs=params.get("validate_certs"),
        **_identity(params),
    )


def _identity(params: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "impersonate_user": params.get("impersonate_user"),
        "impersonate_groups": tuple(params.get("impersonate_groups") or ()),
    }


def _from_environment(params: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, variables in ENVIRONMENT.items():
        for variable in variables:
            if environ.get(variable):
                found[name] = environ[variable]
    if not any(found.get(name) for name in ("host", "context", "kubeconfig")):
        raise InvalidTarget(
            "No cluster is named.",
            "Give context (with kubeconfig), or host with credentials, or in_cluster: true; "
            "or set K8S_AUTH_HOST and K8S_AUTH_API_KEY together.",
        )
    if found.get("host") and (found.get("context") or found.get("kubeconfig")):
        raise InvalidTarget(
            "The environment names two targets: K8S_AUTH_HOST and K8S_AUTH_CONTEXT or K8S_AUTH_KUBECONFIG.",
            "Give the module an explicit context, or unset one of them.",
        )
    if "validate_certs" in found:
        found["validate_certs"] = str(found["validate_certs"]).strip().lower() not in (
            "0",
            "false",
            "no",
            "off",
            "n",
            "f",
        )
    if "impersonate_groups" in found:
        found["impersonate_groups"] = [group.strip() for group in found["impersonate_groups"].split(",")]
    own = ("validate_certs", "impersonate_user", "impersonate_groups")
    return found | {name: params[name] for name in own if params.get(name) is not None}


def _default_kubeconfig(environ: Mapping[str, str]) -> str:
    return environ.get("KUBECONFIG") or DEFAULT_KUBECONFIG


def _expanded(path: str) -> str:
    return str(Path(path).expanduser())


def _refuse(params: Mapping[str, Any], names: tuple[str, ...], why: str, hint: str) -> None:
    given = [name for name in names if params.get(name)]
    if given:
        verb = "is" if len(given) == 1 else "are"
        raise InvalidTarget(f"{', '.join(given)} {verb} given {why}.", hint[0].upper() + hint[1:] + ".")
