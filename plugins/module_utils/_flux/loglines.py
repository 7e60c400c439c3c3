# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of the controllers' logs: JSON with the object they speak of."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import text_of, time_or_none

# Older controllers name the kind in lower case only.
_BY_CONTROLLER = {name.lower(): name for name in KINDS}


def parse_log(text: str, controller: str, pod: str) -> list[dict[str, Any]]:
    """The lines of one pod's log, oldest first, with or without the API's time stamp in front; redacted."""
    return [_entry(line, controller, pod) for line in text.splitlines() if line.strip()]


def _entry(line: str, controller: str, pod: str) -> dict[str, Any]:
    stamp, _space, rest = line.partition(" ")
    stamped = time_or_none(stamp)
    fields = _fields(rest if stamped else line)
    about = mapping(fields.get(str(fields.get("controllerKind"))))
    kind = fields.get("controllerKind") or _BY_CONTROLLER.get(str(fields.get("controller")))
    return {
        "controller": controller,
        "pod": pod,
        "at": text_of(time_or_none(fields.get("ts")) or stamped),
        "level": fields.get("level"),
        "kind": kind,
        "namespace": fields.get("namespace") or about.get("namespace"),
        "name": fields.get("name") or about.get("name"),
        "message": _message(fields, rest if stamped else line),
    }


def _fields(line: str) -> Mapping[str, Any]:
    if not line.startswith("{"):
        return {}
    try:
        return mapping(json.loads(line))
    except ValueError:
        return {}


def _message(fields: Mapping[str, Any], line: str) -> str:
    if not fields:
        return redact(line)
    parts = [str(fields[key]) for key in ("msg", "error") if fields.get(key)]
    return redact(": ".join(parts))


def lines_about(lines: Iterable[Mapping[str, Any]], objects: Collection[Ref], tail: int) -> list[Mapping[str, Any]]:
    """The newest lines about these objects, at most tail for each of them, in their order."""
    left = dict.fromkeys(objects, tail)
    kept = []
    for line in reversed(list(lines)):
        ref = ref_of(line)
        if left.get(ref, 0) > 0:
            left[ref] -= 1
            kept.append(line)
    return kept[::-1]
