# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which cluster each host of a play means, and which hosts mean the same one."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ENVIRONMENT = "environment"
TARGET_VARIABLES = ("flux_auth", "flux_context", "flux_kubeconfig")

NAMES_NONE = (
    "it names no cluster: flux_context is not set, or refers to something that is not; "
    "it takes a context of the kubeconfig, or else flux_auth: environment together with flux_cluster_uid"
)
NAMES_TWO = "it names a cluster and says flux_auth: environment, which names another one: keep one of them"
NEEDS_UID = (
    "flux_auth: environment also needs flux_cluster_uid, "
    "the UID of the namespace kube-system of the cluster that is meant"
)


def from_here(kubeconfig: Any) -> Any:
    """Paths of a kubeconfig as they are meant where the program was started; content stays as it is.

    Ansible runs modules of a local connection in the folder of the playbook, so a relative path would miss.
    """
    if not isinstance(kubeconfig, str) or "\n" in kubeconfig:
        return kubeconfig
    return os.pathsep.join(str(Path.cwd() / Path(part).expanduser()) for part in kubeconfig.split(os.pathsep) if part)


def target_problem(options: Mapping[str, Any], connection: Mapping[str, Any]) -> str | None:
    """Why no request may be sent for a host, in one sentence; None when it names its cluster."""
    if options["auth"] != ENVIRONMENT:
        named = connection.get("in_cluster") or connection.get("context") or connection.get("host")
        return None if named else NAMES_NONE
    if connection.get("context") or connection.get("host"):
        return NAMES_TWO
    return None if connection.get("expected_cluster_uid") else NEEDS_UID


def shared_targets(targets: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """One sentence for every target that several hosts name. targets: host and its flux_* variables."""
    hosts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for host, variables in targets:
        key = _target(variables)
        if key:
            hosts[key].append(host)
    return [_sentence(key, names) for key, names in hosts.items() if len(names) > 1]


def _target(variables: Mapping[str, Any]) -> tuple[str, str] | None:
    if variables.get("flux_auth") == ENVIRONMENT:
        return ENVIRONMENT, ""
    context = variables.get("flux_context")
    if not context:
        return None
    kubeconfig = variables.get("flux_kubeconfig") or ""
    path = str(Path(kubeconfig).expanduser().resolve()) if isinstance(kubeconfig, str) else repr(kubeconfig)
    return str(context), path


def _sentence(key: tuple[str, str], names: list[str]) -> str:
    joined = f"{', '.join(names[:-1])} and {names[-1]}"
    if key[0] == ENVIRONMENT:
        return f"{joined} would reach the same cluster: all of them take it from the environment, which names one."
    return f"{joined} would reach the same cluster: all of them name context {key[0]}. Give each its own flux_context."
