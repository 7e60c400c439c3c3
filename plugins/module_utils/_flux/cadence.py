# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often an object runs, how long a run may take, and when a failed one is tried again. All in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import OPERATOR
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import duration_or_none

_HELM_TIMEOUT = 300.0
_HELM_ACTIONS = ("install", "upgrade", "test", "rollback")
_OTHER_TIMEOUT = 60.0
# kustomize-controller's own rules: without a timeout a run ends half a minute before the next would start, and no run
# gets less than half a minute, whatever the spec says.
_KUSTOMIZE_MARGIN = _KUSTOMIZE_LEAST = 30.0
_OPERATOR_DEFAULTS = {"reconcileEvery": 3600.0, "reconcileTimeout": 300.0}


class Cadence(NamedTuple):
    interval: float | None
    timeout: float
    # Failed runs are repeated this often; None where the controller backs off instead.
    retry: float | None


def cadence_of(kind: str, spec: Mapping[str, Any], annotations: Mapping[str, Any]) -> Cadence:
    interval = duration_or_none(spec.get("interval"))
    if kind == "Kustomization":
        return _of_kustomization(spec, interval)
    if kind == "HelmRelease":
        return _of_helm_release(spec, interval)
    if kind in ("FluxInstance", "ResourceSet", "ResourceSetInputProvider"):
        every, timeout = (
            duration_or_none(annotations.get(f"{OPERATOR}/{key}")) or default
            for key, default in _OPERATOR_DEFAULTS.items()
        )
        return Cadence(every, timeout, None)
    return Cadence(interval, duration_or_none(spec.get("timeout")) or _OTHER_TIMEOUT, None)


def _of_kustomization(spec: Mapping[str, Any], interval: float | None) -> Cadence:
    timeout = duration_or_none(spec.get("timeout")) or (interval or 0.0) - _KUSTOMIZE_MARGIN
    return Cadence(interval, max(timeout, _KUSTOMIZE_LEAST), duration_or_none(spec.get("retryInterval")) or interval)


def _of_helm_release(spec: Mapping[str, Any], interval: float | None) -> Cadence:
    # Every action may have a longer timeout of its own.
    given = [spec.get("timeout")] + [mapping(spec.get(action)).get("timeout") for action in _HELM_ACTIONS]
    timeouts = [seconds for value in given if (seconds := duration_or_none(value)) is not None]
    general = duration_or_none(spec.get("timeout")) or _HELM_TIMEOUT
    return Cadence(interval, max([general, *timeouts]), _helm_retry(spec))


def _helm_retry(spec: Mapping[str, Any]) -> float | None:
    strategy = mapping(mapping(spec.get("upgrade")).get("strategy"))
    if strategy.get("name") != "RetryOnFailure":
        return None
    return duration_or_none(strategy.get("retryInterval")) or _HELM_TIMEOUT
