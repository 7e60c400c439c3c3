# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps what a change found on one cluster in its file, and compares with it at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.comparison import compared
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.record import (
    END,
    START,
    Record,
    read_record,
    record_of,
    record_path,
    write_record,
)

Options = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]


def kept(
    options: Options, host: str, picture: Mapping[str, Any], records: Rows, *, is_rehearsal: bool
) -> dict[str, Any]:
    """Before anything is paused, or resumed: the file says how everything is, and was. A rehearsal keeps nothing."""
    path = record_path(options, host)
    change, uid = options["change"], picture["cluster"]["uid"]
    earlier = read_record(path, change, uid)
    objects = [row for row in options["objects"] if row["state"] in ("suspended", "resumed")]
    if options["step"] != START and not objects and (earlier is None or earlier["ended_at"]):
        return _told(earlier, earlier is not None)
    named = {"change": change, "uid": uid, "at": picture["read_at"]}
    record = record_of(START if options["step"] == START else END, named, objects, records, earlier)
    if not is_rehearsal:
        write_record(path, record)
    return _told(record, known=True)


def _told(record: Record | None, known: bool) -> dict[str, Any]:
    """What the role goes on with: whether there is anything to end, and whom to wait for."""
    names = [*record["objects"], *record["dependents"]] if record and not record["ended_at"] else []
    refs = [Ref(*name.split("/", 2)) for name in names]
    return {
        "changed": False,
        "known": known,
        "taken": record["taken"] if record else None,
        "at": record["at"] if record else None,
        "ended_at": record["ended_at"] if record else None,
        "wait_for": {
            "kinds": sorted({ref.kind for ref in refs}),
            "namespaces": sorted({ref.namespace for ref in refs}),
            "names": sorted({ref.name for ref in refs}),
        },
    }


def told_after(
    options: Options, host: str, picture: Mapping[str, Any], records: Rows, *, is_rehearsal: bool
) -> dict[str, Any]:
    """After everything was resumed: the comparison; the file is closed when nothing is paused any more."""
    path = record_path(options, host)
    record = read_record(path, options["change"], picture["cluster"]["uid"])
    if record is None:
        reason = f"{path} is gone, so nothing can be compared"
        return {"failed": True, "msg": reason, "reason": reason, "reachable": True}
    found = compared(record, records)
    if found["ended"] and not is_rehearsal:
        write_record(path, record | {"ended_at": picture["read_at"]})
    return {"changed": False, **found}
