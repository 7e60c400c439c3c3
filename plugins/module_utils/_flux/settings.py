# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as healthy: the settings of the health check, checked once with one clear sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_duration
from ansible_collections.gitops.flux.plugins.module_utils._flux.view import Thresholds

# What a cluster can be found guilty of, with its meaning: the vocabulary of fail_on.
FINDINGS: Mapping[str, str] = {
    "no_flux": "Flux is not installed",
    "no_workload": "there is no Kustomization, HelmRelease or ResourceSet",
    "wrong_cluster": "the cluster that answered is not the expected one",
    "coverage": "a required kind could not be read",
    "controllers": "a controller is missing, not ready or silent",
    "failed": "an object failed",
    "stalled": "an object failed and its controller has given up",
    "missing": "an object that others need does not exist",
    "blocked": "an object waits for something that does not come: a circle, a suspended object, something unseen",
    "stuck": "a run or a deletion does not end",
    "unobserved": "nobody looks at an object any more",
    "behind": "an object does not follow its source",
    "stale_source": "a source is not fetched any more",
    "suspension_overdue": "something is suspended longer than planned or allowed",
    "rollback_unfinished": "a rollback of a Helm release is half done",
    "progressing": "an object has been under way for longer than the settle time",
    "unknown": "an object has been without a verdict for longer than the settle time",
}
# The two words for all of them together.
DEGRADED, UNREACHABLE = "degraded", "unreachable"
FAIL_ON: tuple[str, ...] = (DEGRADED, UNREACHABLE, *FINDINGS)

_DURATIONS = ("settle_time", "suspension_max_age", "stale_after")
_LISTS = ("required_kinds", "expected_controllers", "fail_on")


@dataclass(frozen=True)
class HealthSettings:
    """Durations are seconds."""

    required_kinds: Sequence[str] = ("GitRepository", "Kustomization", "HelmRelease")
    expected_controllers: Sequence[str] = (
        "source-controller",
        "kustomize-controller",
        "helm-controller",
        "notification-controller",
    )
    # Under way or without a verdict counts only above this age.
    settle_time: float = 900
    suspension_max_age: float = 86400
    stale_after: float = 600
    # What makes the gate fail. The verdict itself is not narrowed by it.
    fail_on: Sequence[str] = (DEGRADED, UNREACHABLE)
    known_failures: Sequence[Mapping[str, Any]] = ()
    # Whose work a namespace or a class of causes is, in the words of whoever runs the check.
    handoffs: Mapping[str, str] = field(default_factory=dict)
    flux_namespace: str = "flux-system"

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(stale_after=self.stale_after)


def settings_of(given: Mapping[str, Any] | None) -> HealthSettings:
    """Settings from what people write (10m, one word for a list of one); InvalidInput says what is wrong."""
    chosen = {name: value for name, value in (given or {}).items() if value is not None}
    names = [each.name for each in fields(HealthSettings)]
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        raise InvalidInput(f"There is no health setting {unknown[0]!r}; there are {', '.join(names)}.")
    chosen |= {name: _duration(name, chosen[name]) for name in _DURATIONS if name in chosen}
    chosen |= {name: _words(name, chosen[name]) for name in _LISTS if name in chosen}
    return checked(replace(HealthSettings(), **chosen))


def checked(settings: HealthSettings) -> HealthSettings:
    """The settings, once every word in them means something."""
    _require("fail_on", settings.fail_on, FAIL_ON)
    _require("required_kinds", settings.required_kinds, KINDS)
    if isinstance(settings.known_failures, (str, Mapping)) or not isinstance(settings.known_failures, Sequence):
        raise InvalidInput("known_failures is a list of mappings, each with cluster, kind, namespace, name or class.")
    if not isinstance(settings.handoffs, Mapping) or not all(isinstance(to, str) for to in settings.handoffs.values()):
        raise InvalidInput("handoffs is a mapping of a namespace or a class to the words that say whose work it is.")
    return settings


def _require(name: str, words: Iterable[str], allowed: Collection[str]) -> None:
    wrong = [word for word in words if word not in allowed]
    if wrong:
        raise InvalidInput(f"{name} does not know {wrong[0]!r}; it knows {', '.join(allowed)}.")


def _duration(name: str, value: Any) -> float:
    try:
        return parse_duration(value)
    except ValueError as error:
        raise InvalidInput(f"{name}: {error}.") from error


def _words(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return tuple(str(word) for word in value)
    raise InvalidInput(f"{name} is a list of words.")
