# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields that are changed for a while and given back exactly: what they were, if they were there, and who owned them.

Whoever changes a field takes it from the manager that applied it. An owner that finds its object as it wants it does
not apply it again: it would never get its fields back by itself, and could not remove them later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.managed import FIELD_MANAGER
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ

Item = Mapping[str, Any]
Path = tuple[str, ...]
Operation = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field: what it was, what we make of it, and whether it was, and will be, there at all."""

    path: Path
    was_there: bool
    will_be_there: bool
    before: Any = field(default=None, repr=False)
    ours: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Borrowed:
    """The fields of one object, and the entries of managedFields that owned them, reduced to them."""

    kind: str
    namespace: str
    name: str
    fields: tuple[Field, ...]
    owners: tuple[Mapping[str, Any], ...]

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, self.namespace, self.name)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def borrowed_of(row: Item) -> Borrowed:
    """What as_dict made; the paths have become lists in JSON."""
    fields = tuple(Field(**{**each, "path": tuple(each["path"])}) for each in row["fields"])
    return Borrowed(row["kind"], row["namespace"], row["name"], fields, tuple(row["owners"]))


def borrow(ref: Ref, item: Item, ours: Mapping[Path, Any]) -> Borrowed:
    """What has to be known to give these fields back. ours: their new values; None: the field goes."""
    fields = []
    for path, value in ours.items():
        present, before = look_up(item, path)
        fields.append(Field(path, present, value is not None, before, value))
    metadata = mapping(item.get("metadata"))
    return Borrowed(*ref, tuple(fields), tuple(_owners(metadata, list(ours))))


def borrow_again(earlier: Borrowed, item: Item, ours: Mapping[Path, Any]) -> Borrowed:
    """The same with other values of ours: what was there before is what was there before the first time."""
    known = {one.path: one for one in earlier.fields}
    fresh = borrow(earlier.ref, item, {path: value for path, value in ours.items() if path not in known})
    kept = [
        replace(one, will_be_there=ours[path] is not None, ours=ours[path])
        if path in ours
        else replace(one, will_be_there=one.was_there, ours=one.before)
        for path, one in known.items()
    ]
    return replace(earlier, fields=(*kept, *fresh.fields), owners=(*earlier.owners, *fresh.owners))


def look_up(item: Item, path: Path) -> tuple[bool, Any]:
    """Whether a field is there, and its value."""
    node: Any = item
    for step in path:
        if not isinstance(node, Mapping) or step not in node:
            return False, None
        node = node[step]
    return True, node


def taking(borrowed: Borrowed, item: Item) -> list[Operation]:
    """The operations of a JSON patch that set our values; a merge patch would lose every null among them."""
    return [each for one in borrowed.fields for each in _set(item, one.path, one.will_be_there, one.ours)]


def giving_back(borrowed: Borrowed, item: Item) -> list[Operation]:
    """The operations that undo it. A field that somebody has changed in the meantime is theirs."""
    return [
        operation
        for one in borrowed.fields
        if _is(item, one.path, one.will_be_there, one.ours)
        for operation in _set(item, one.path, one.was_there, one.before)
    ]


def is_taken(borrowed: Borrowed, item: Item) -> bool:
    """Whether every field is as we want it."""
    return all(_is(item, one.path, one.will_be_there, one.ours) for one in borrowed.fields)


def _is(item: Item, path: Path, there: bool, value: Any) -> bool:
    present, found = look_up(item, path)
    return present == there and (not there or not paths_that_differ(found, value))


def _set(item: Item, path: Path, there: bool, value: Any) -> list[Operation]:
    if _is(item, path, there, value):
        return []
    pointer = "/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in path)
    return [{"op": "add", "path": pointer, "value": value} if there else {"op": "remove", "path": pointer}]


def given_back(borrowed: Borrowed, entries: Sequence[Item]) -> list[dict[str, Any]] | None:
    """The managedFields in which everybody owns again what they owned; None: they are so already."""
    paths = [_owned(one.path) for one in borrowed.fields]
    was_ours = [owner for owner in borrowed.owners if _is_ours(owner)]
    found = [_without(entry, paths) if _is_ours(entry) and not was_ours else dict(entry) for entry in entries]
    for owner in borrowed.owners:
        known = next((entry for entry in found if _key(entry) == _key(owner)), None)
        if known is None:
            found.append(dict(owner))
        else:
            known["fieldsV1"] = _union(known.get("fieldsV1") or {}, owner["fieldsV1"])
    found = [entry for entry in found if entry.get("fieldsV1")]
    return None if found == [dict(entry) for entry in entries] else found


def _owners(metadata: Item, paths: Sequence[Path]) -> list[dict[str, Any]]:
    found = []
    for entry in rows(metadata.get("managedFields")):
        fields: dict[str, Any] = {}
        for path in paths:
            fields = _union(fields, _part(mapping(entry.get("fieldsV1")), _owned(path)))
        if fields:
            found.append({**entry, "fieldsV1": fields})
    return found


def _owned(path: Path) -> Path:
    return tuple(f"f:{step}" for step in path)


def _part(fields: Item, path: Path) -> dict[str, Any]:
    """Of fieldsV1 only what is at a path, or below it."""
    if not path:
        return dict(fields)
    if path[0] not in fields:
        return {}
    inner = _part(mapping(fields[path[0]]), path[1:])
    return {path[0]: inner} if inner or len(path) == 1 else {}


def _without(entry: Item, paths: Sequence[Path]) -> dict[str, Any]:
    fields = mapping(entry.get("fieldsV1"))
    for path in paths:
        fields = _less(fields, path)
    return {**entry, "fieldsV1": fields}


def _less(fields: Item, path: Path) -> dict[str, Any]:
    """fieldsV1 without what is at a path; what is left empty by that goes too."""
    found = dict(fields)
    if path[0] not in found:
        return found
    inner = _less(mapping(found[path[0]]), path[1:]) if len(path) > 1 else {}
    if set(inner) - {"."}:
        found[path[0]] = inner
    else:
        del found[path[0]]
    return found


def _is_ours(entry: Item) -> bool:
    return entry.get("manager") == FIELD_MANAGER and not entry.get("subresource")


def _key(entry: Item) -> tuple[Any, ...]:
    return tuple(entry.get(part) for part in ("manager", "operation", "apiVersion", "subresource"))


def _union(first: Item, second: Item) -> dict[str, Any]:
    """Two sets of fields as one; the leaves of fieldsV1 are empty mappings."""
    merged = dict(first)
    for key, inner in second.items():
        merged[key] = _union(merged.get(key) or {}, inner or {})
    return merged
