# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a maintenance window found: kept in a file beside its reports, until its end has compared with it.

What is known of a paused object itself stands on the object. Here stands what nobody else would know when the end
was interrupted after resuming: which objects there were, and how the objects that hang on them did before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import SUSPENDED
from ansible_collections.gitops.flux.plugins.plugin_utils._report.storage import (
    SCHEMA_VERSION,
    report_path,
    write_atomically,
)

Row = Mapping[str, Any]
Record = dict[str, Any]

START, END = "start", "end"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def file_words(change: str) -> str:
    """The id of a change as a part of a file name."""
    return _UNSAFE.sub("_", change).strip("._") or "change"


def record_path(options: Mapping[str, Any], host: str) -> Path:
    return report_path(
        options["report_dir"], f"{options['report_prefix']}-{file_words(options['change'])}", host, "json"
    )


def read_record(path: Path, change: str, uid: str | None) -> Record | None:
    """What an earlier play kept of this change on this cluster; None when there is nothing to rely on."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    wanted = {"schema_version": SCHEMA_VERSION, "change": change, "uid": uid}
    return kept if isinstance(kept, dict) and wanted.items() <= kept.items() else None


def write_record(path: Path, record: Record) -> None:
    write_atomically(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def record_of(
    taken: str, named: Mapping[str, Any], objects: Sequence[Row], records: Sequence[Row], earlier: Record | None
) -> Record:
    """How the objects of a change and their dependents are, with what an earlier play already knew of them.

    taken: at the start or at the end. named: change, uid and at. objects: as flux_suspend returns them.
    """
    known = earlier if earlier and not earlier["ended_at"] and _goes_on(taken, objects) else None
    by_ref = {ref_of(record): record for record in records}
    found = _found_of(objects, by_ref) | (known["objects"] if known else {}) | _kept_on_them(objects)
    hanging = dependents_of({Ref(*name.split("/", 2)) for name in found}, records)
    dependents = {str(ref): _as_it_is(by_ref[ref]) for ref in hanging}
    return {
        "schema_version": SCHEMA_VERSION,
        **named,
        # What an end finds of the dependents says nothing of the start; what the start has found stays.
        "taken": known["taken"] if known else taken,
        "at": known["at"] if known else named["at"],
        "ended_at": None,
        "objects": found,
        "dependents": dependents | (known["dependents"] if known else {}),
    }


def _goes_on(taken: str, objects: Sequence[Row]) -> bool:
    """A start that finds nothing paused under its change is a new one, whatever an older file says."""
    return taken == END or any(not row["changed"] for row in objects)


def _kept_on_them(objects: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """What stands on paused objects themselves, or is about to: nothing knows it better."""
    noted = {str(ref_of(row)): row["found"] for row in objects if row.get("found")}
    return {name: {"status": found["status"], "revision": found["revision"]} for name, found in noted.items()}


def _found_of(objects: Sequence[Row], now: Mapping[Ref, Row]) -> dict[str, dict[str, Any]]:
    """What is known of objects by this reading alone; how one was that is paused already, it does not say."""
    records = {ref_of(row): now.get(ref_of(row)) for row in objects}
    found = {
        ref: _as_it_is(record) if record else {"status": None, "revision": None} for ref, record in records.items()
    }
    return {str(ref): row | ({"status": None} if row["status"] == SUSPENDED else {}) for ref, row in found.items()}


def _as_it_is(record: Row) -> dict[str, Any]:
    return {"status": record["status"], "revision": record["revision"]}


def dependents_of(refs: Iterable[Ref], records: Sequence[Row]) -> list[Ref]:
    """Everything that hangs on these objects, directly or not: by its source, a dependency, or who applies it."""
    hanging: dict[Ref, list[Ref]] = {}
    for record in records:
        needed = [record["source"], record["owner"], *record["depends_on"]]
        for row in filter(None, needed):
            hanging.setdefault(ref_of(row), []).append(ref_of(record))
    start = set(refs)
    seen, waiting = set(start), list(start)
    while waiting:
        fresh = [ref for ref in hanging.get(waiting.pop(), ()) if ref not in seen]
        seen.update(fresh)
        waiting += fresh
    return [ref for ref in (ref_of(record) for record in records) if ref in seen and ref not in start]
