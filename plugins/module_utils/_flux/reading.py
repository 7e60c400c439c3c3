# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was asked for, and what was read of one cluster: each part with its value or the reason there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import Selection
from ansible_collections.gitops.flux.plugins.module_utils._flux.view import Thresholds

GATHER = ("events", "controllers", "logs", "helm_history", "operator", "settings")


@dataclass(frozen=True)
class Wishes:
    """What is to be read and returned."""

    gather: frozenset[str] = frozenset()
    selection: Selection = field(default_factory=Selection)
    thresholds: Thresholds = field(default_factory=Thresholds)
    flux_namespace: str = "flux-system"
    settings_config_maps: Sequence[str] = ("cluster-settings", "common-settings")
    operator_instance: str = "flux"
    operator_service: str = "flux-operator"
    operator_port: int = 9080
    log_lines: int = 20
    log_scope: str = "unhealthy"


@dataclass(frozen=True)
class Part:
    """One thing that was asked for: ok with its value, or absent, forbidden or error with the reason."""

    state: str
    value: Any
    message: str | None = None
    error: FluxError | None = None


@dataclass(frozen=True)
class Reading:
    """Everything read of one cluster, each part for itself."""

    server: str
    # The API server's clock.
    now: datetime
    kubernetes_version: str | None
    # The namespace kube-system, whose UID names the cluster.
    namespace: Part
    # The SelfSubjectReview: who we are.
    review: Part
    # The version each kind was read in; None where discovery is forbidden.
    served: Mapping[str, str | None] | None
    # Facts by kind.
    kinds: Mapping[str, Part]
    # Event, Deployment, Pod, ConfigMap/<name>, Service, EndpointSlice: raw objects.
    others: Mapping[str, Part]
    # Text by pod name.
    logs: Mapping[str, Part]

    def facts(self) -> list[Facts]:
        """The facts of all kinds that could be read."""
        return [facts for part in self.kinds.values() if part.state == "ok" for facts in part.value]

    def misses(self, earlier: Reading) -> list[str]:
        """Kinds that could be read earlier and not now: it is not known whether their objects are still there."""
        readable = [kind for kind, part in earlier.kinds.items() if part.state == "ok"]
        return [kind for kind in readable if kind in self.kinds and self.kinds[kind].state in ("error", "forbidden")]
