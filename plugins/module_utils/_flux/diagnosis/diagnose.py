# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root causes with what they mean: class, evidence, commands, and whose work the rest is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.blame import Blame, blame_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.causes import causes_of, scene_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import Aim, aim_at
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.cause_class import CauseClass
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.classes import CLASSES
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.classify import class_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.emergency import emergency_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.groups import group_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.remedies import commands_for
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import Record, Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of

_QUOTES = 3
_LENGTH = 400


def diagnose(
    records: Iterable[Record],
    controllers: Sequence[Mapping[str, Any]] | None = None,
    coverage: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    expected: Collection[str] = (),
    cluster: Mapping[str, Any] | None = None,
    handoffs: Mapping[str, str] | None = None,
    now: datetime | None = None,
    host: str | None = None,
) -> list[dict[str, Any]]:
    """The causes of one cluster, in their order, each with its diagnosis.

    cluster is what the commands aim at, host its name in the inventory, for playbooks; handoffs is whose work a
    namespace or a class is.
    """
    blame = blame_of(scene_of(records, coverage), controllers or (), frozenset(expected), now)
    aim = aim_at(cluster or _cluster_of(blame.scene))
    return [{**cause, **_diagnosis(ref_of(cause), blame, aim, handoffs or {}, host)} for cause in causes_of(blame)]


def _cluster_of(scene: Scene) -> dict[str, Any]:
    return {"context": next((record["cluster"] for record in scene.records.values()), None)}


def _diagnosis(ref: Ref, blame: Blame, aim: Aim, handoffs: Mapping[str, str], host: str | None) -> dict[str, Any]:
    record = blame.scene.records.get(ref)
    found = CLASSES[class_of(ref, record, blame)]
    return {
        "class": found.name,
        "group": group_of(ref, found.name, record),
        "evidence": _evidence(ref, record, blame),
        "meaning": found.meaning,
        "remedy": found.remedy,
        "commands": commands_for(found.name, ref, blame, aim),
        "emergency": emergency_of(found.name, ref, record, host),
        "handoff": _handoff(found, ref, handoffs),
        "known": None,
    }


def _evidence(ref: Ref, record: Record | None, blame: Blame) -> list[str]:
    """What the verdict rests on: the object's own words, or those of the objects that miss it."""
    if ref in blame.controllers:
        row = blame.controllers[ref]
        return [f"{row['ready']} of {row['desired']} pods ready, {row['restarts']} restarts", *_words(row["message"])]
    if record is not None:
        flags = f" ({', '.join(record['flags'])})" if record["flags"] else ""
        return [f"{record['status']}{flags}, reason {record['reason'] or 'none'}", *_words(record["message"])]
    missing = [waiting for waiting, need in blame.missed.get(ref, ())][:_QUOTES]
    return [
        f"{each.kind} {each.namespace}/{each.name}: {_cut(blame.scene.records[each]['message'])}" for each in missing
    ]


def _words(text: object) -> list[str]:
    return [_cut(text)] if text else []


def _cut(text: object) -> str:
    plain = " ".join(str(text or "").split())
    return plain if len(plain) <= _LENGTH else plain[: _LENGTH - 2] + " …"


def _handoff(found: CauseClass, ref: Ref, handoffs: Mapping[str, str]) -> str | None:
    """The user's own words for the namespace or the class come first."""
    return handoffs.get(ref.namespace) or handoffs.get(found.name) or found.handoff
