# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object waits for or cannot do without, as far as one reading of the cluster shows it with certainty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import BEHIND
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import (
    ARTIFACT_FAILED,
    BLOCKED,
    FAILED,
    PROGRESSING,
    READY,
    STALLED,
    STUCK,
    SUSPENDED,
    TERMINATING,
    UNOBSERVED,
    WAITING,
)

Record = Mapping[str, Any]

MET, BAD, MISSING, WAITS, UNDER_WAY, UNSEEN = "met", "bad", "missing", "waits", "under way", "unseen"
# Why an object needs another one; a mention has the field of its spec instead.
SOURCE, DEPENDENCY, HEALTH = "source", "dependency", "health"

_SEEN = ("ok", "absent")
# Says which of an object's needs is not met.
_ON_DEPENDENCIES = "DependencyNotReady"
_HEALTH_CHECK_FAILED = "HealthCheckFailed"
# Kinds whose dependencies are sources too, so that no reason tells them from a source.
_MERGES_SOURCES = ("GitRepository", "ArtifactGenerator")
# Kinds that do nothing but pass on what their source gives: with a bad source their own failure is its echo.
_ECHOES = {"HelmChart": "ChartPullError", "ImagePolicy": None}
_NAMED = re.compile(r"\b([A-Z][A-Za-z]{2,40})/([a-z0-9][a-z0-9.-]{0,252})/([a-z0-9][a-z0-9.-]{0,252})")
_NOT_FOUND = "not found"


class Need(NamedTuple):
    target: Ref
    state: str
    why: str


@dataclass(frozen=True)
class Scene:
    """The records of one cluster by name, and which kinds were readable (None: not known)."""

    records: Mapping[Ref, Record]
    coverage: Mapping[str, Mapping[str, Any]] | None

    def is_readable(self, kind: str) -> bool:
        """Whether an object of this kind that is not among the records certainly does not exist."""
        if kind not in KINDS:
            return False
        if self.coverage is None:
            return any(ref.kind == kind for ref in self.records)
        return self.coverage.get(kind, {}).get("state") in _SEEN


def needs_of(record: Record, scene: Scene) -> list[Need]:
    """The needs that keep an object from being well, each with its state."""
    if record["kind"] == "Alert" and record["status"] == READY:
        return list(_provider(record, scene))
    if record["status"] not in (BLOCKED, FAILED, STALLED):
        return []
    found = [*_dependencies(record, scene), *_source(record, scene), *_mentions(record), *_checked(record, scene)]
    return [need for need in found if need.target != ref_of(record) or need.why == DEPENDENCY]


def _provider(record: Record, scene: Scene) -> Iterator[Need]:
    """Nobody ever says of an Alert that its Provider is not there; it is ready and tells no one."""
    for row in record["references"]:
        target = ref_of(row)
        if row["field"] == "providerRef" and target not in scene.records:
            yield Need(target, MISSING if scene.is_readable(target.kind) else UNSEEN, row["field"])


def _dependencies(record: Record, scene: Scene) -> Iterator[Need]:
    """Controllers look at the source first: a missing dependency counts although nobody has complained of it yet."""
    speaks = record["reason"] == _ON_DEPENDENCIES or record["kind"] in _MERGES_SOURCES
    if record["status"] != BLOCKED and not _waits_for_source(record, scene):
        return
    for row in record["depends_on"]:
        need = Need(ref_of(row), _of_dependency(record, ref_of(row), scene), DEPENDENCY)
        if need.state == UNSEEN and _is_said_missing(need.target.kind, need.target.name, str(record["message"] or "")):
            need = need._replace(state=MISSING)
        if speaks or need.state == MISSING:
            yield need


def _source(record: Record, scene: Scene) -> Iterator[Need]:
    # An ImagePolicy calls its source a dependency.
    if record["source"] is None or (record["reason"] == _ON_DEPENDENCIES and record["depends_on"]):
        return
    target = ref_of(record["source"])
    state = _of_source(target, scene)
    if record["status"] == BLOCKED or _waits_for_source(record, scene) or (state == BAD and _is_echo(record)):
        yield Need(target, state, SOURCE)


def _waits_for_source(record: Record, scene: Scene) -> bool:
    """Failed, not blocked: waiting does not bring back a source that is not there."""
    if record["source"] is None or record["reason"] not in (ARTIFACT_FAILED, *WAITING):
        return False
    return _of_source(ref_of(record["source"]), scene) == MISSING


def _is_echo(record: Record) -> bool:
    if record["kind"] not in _ECHOES:
        return False
    return _ECHOES[record["kind"]] in (None, record["reason"])


def _mentions(record: Record) -> Iterator[Need]:
    """Secrets and ConfigMaps its controller could not find. Nobody else asks for them."""
    said = str(record["message"] or "")
    if record["status"] == BLOCKED or _NOT_FOUND not in said:
        return
    for row in record["references"]:
        if row["kind"] in ("Secret", "ConfigMap") and _is_said_missing(row["kind"], row["name"], said):
            yield Need(ref_of(row), MISSING, row["field"])


def _is_said_missing(kind: str, name: str, said: str) -> bool:
    """Secrets "x" not found · Secret 'ns/x' … not found."""
    plain = re.escape(name)
    quoted = rf"{kind.lower()}s? [\"']?{plain}[\"']? {_NOT_FOUND}"
    spelled = rf"{kind}\b[^:;]{{0,80}}'[a-z0-9.-]{{1,253}}/{plain}'[^;]{{0,200}}{_NOT_FOUND}"
    return re.search(rf"(?i:{quoted})|(?i:{spelled})", said) is not None


def _checked(record: Record, scene: Scene) -> Iterator[Need]:
    """Flux objects a failed health check names."""
    if record["reason"] != _HEALTH_CHECK_FAILED:
        return
    for kind, namespace, name in dict.fromkeys(_NAMED.findall(str(record["message"] or ""))):
        target = Ref(kind, namespace, name)
        state = _state_of(target, scene.records.get(target), scene) if kind in KINDS else MET
        if state in (BAD, WAITS):
            yield Need(target, state, HEALTH)


def _of_source(target: Ref, scene: Scene) -> str:
    record = scene.records.get(target)
    if record is not None and record["status"] == SUSPENDED:
        return MET if record["artifact_revision"] else BAD
    return _state_of(target, record, scene)


def _of_dependency(waiting: Record, target: Ref, scene: Scene) -> str:
    record = scene.records.get(target)
    if record is not None and record["status"] == SUSPENDED:
        return BAD if _holds_back(waiting, record, scene) else MET
    return _state_of(target, record, scene)


def _holds_back(waiting: Record, suspended: Record, scene: Scene) -> bool:
    """Not ready, it never will be; ready, it satisfies only until the source they share has moved."""
    if suspended["suspended"]["last"] != READY:
        return True
    if waiting["source"] is None or waiting["source"] != suspended["source"]:
        return False
    source = scene.records.get(ref_of(waiting["source"]))
    return source is not None and source["artifact_revision"] != suspended["revision"]


def _state_of(target: Ref, record: Record | None, scene: Scene) -> str:
    if record is None:
        return MISSING if scene.is_readable(target.kind) else UNSEEN
    if record["status"] in (FAILED, STALLED) or {STUCK, UNOBSERVED, BEHIND} & set(record["flags"]):
        return BAD
    if record["status"] == BLOCKED:
        return WAITS
    return UNDER_WAY if record["status"] in (PROGRESSING, TERMINATING) else MET
