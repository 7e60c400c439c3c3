# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The class of a cause. Status and reason come first; words of the message only tell one failure from another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.blame import Blame
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.classes import UNKNOWN
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.texts import (
    APPLY_TEXTS,
    BUILD_TEXTS,
    CHART_TEXTS,
    HELM_TEXTS,
    REASONS,
    REMOTE_TEXTS,
    SOURCE_TEXTS,
    class_by_words,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import IMAGE, KINDS, NOTIFICATION, OPERATOR
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import DEPENDENCY, SOURCE, UNSEEN
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import is_silent
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    BLOCKED,
    FAILED,
    READY,
    STALLED,
    SUSPENDED,
    TERMINATING,
)

Record = Mapping[str, Any]

_GROUPS: Mapping[str, str] = {NOTIFICATION: "notification", IMAGE: "image", OPERATOR: "operator"}
# Of a Secret or ConfigMap that is not there: the field of the spec that names it.
_FIELDS: Mapping[str, str] = {
    "substituteFrom": "substitution",
    "valuesFrom": "values",
    "decryption": "sops",
    "verify": "source_verification",
}
_PENDING = "pending-"


def class_of(ref: Ref, record: Record | None, blame: Blame) -> str:
    """One of CLASSES."""
    if ref in blame.controllers:
        return "controller_down"
    if ref in blame.cycles:
        return "dependency_cycle"
    if record is None:
        return _of_absent(ref, blame)
    family = _GROUPS.get(KINDS[record["kind"]].group)
    return _of_state(ref, record, blame) or family or _of_failure(record)


def _of_absent(ref: Ref, blame: Blame) -> str:
    """By what the objects that miss it want it for."""
    missed = blame.missed.get(ref, ())
    whys = {need.why for waiting, need in missed}
    if DEPENDENCY in whys:
        return "dependency_missing"
    if SOURCE in whys:
        return "source_missing"
    families = {_GROUPS.get(KINDS[waiting.kind].group) for waiting, need in missed} - {None}
    if families:
        return str(min(map(str, families)))
    return next((_FIELDS[why] for why in sorted(whys) if why in _FIELDS), "source_secret")


def _of_state(ref: Ref, record: Record, blame: Blame) -> str | None:
    """What the status alone tells; None for failures, which have many reasons."""
    if record["status"] in (FAILED, STALLED):
        return None
    if record["status"] == TERMINATING:
        return "terminating"
    if record["status"] == SUSPENDED:
        return "dependency_suspended"
    if record["status"] == BLOCKED and any(need.state == UNSEEN for need in blame.needs.get(ref, ())):
        return UNKNOWN
    if record["status"] == READY and is_silent(record["fetch"]):
        return "source_stale"
    return "pending_release" if _is_pending(record) else "stuck"


def _is_pending(record: Record) -> bool:
    return str((record["release"] or {}).get("status") or "").startswith(_PENDING)


def _of_failure(record: Record) -> str:
    kind, reason, message = record["kind"], str(record["reason"] or ""), str(record["message"] or "")
    known = REASONS.get(kind, {}).get(reason) or REASONS[""].get(reason)
    return known or _by_words(kind, reason, message) or UNKNOWN


def _by_words(kind: str, reason: str, message: str) -> str | None:
    if kind == "HelmChart":
        return class_by_words(CHART_TEXTS, message) or ("chart_missing" if reason == "InvalidChartReference" else None)
    if KINDS[kind].is_source or kind == "ArtifactGenerator":
        return class_by_words(SOURCE_TEXTS, message)
    if kind == "Kustomization":
        return _of_kustomization(reason, message)
    if kind == "HelmRelease":
        return _of_release(reason, message)
    return None


def _of_kustomization(reason: str, message: str) -> str | None:
    if reason == "ArtifactFailed":
        return "build" if "path not found" in message else class_by_words(SOURCE_TEXTS, message) or "source_network"
    if reason == "BuildFailed":
        return class_by_words(BUILD_TEXTS, message) or "build"
    return class_by_words(APPLY_TEXTS, message)


def _of_release(reason: str, message: str) -> str | None:
    if reason == "ArtifactFailed":
        return class_by_words(REMOTE_TEXTS, message) or class_by_words(HELM_TEXTS, message) or "chart_build"
    found = class_by_words(HELM_TEXTS, message) or class_by_words(REMOTE_TEXTS, message)
    return found or ("release_failed" if reason in ("InstallFailed", "UpgradeFailed") else None)
