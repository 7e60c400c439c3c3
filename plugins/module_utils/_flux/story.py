# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object's story: where it comes from, what it says, what it runs, and what it hangs on. Small enough to travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import kind_rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.lineage import (
    all_source_refs,
    brief,
    commit_of,
    expectation_of,
    parent_refs,
    shortened,
    source_refs,
    source_row,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.look import PODS_SHOWN, Look
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.particulars import (
    is_remote,
    particulars_of,
    release_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, ref_of

Item = Mapping[str, Any]
# How many of each are kept; the counts beside them are of all.
CAUSES, VICTIMS, WORKLOADS, CONTAINERS, CHILDREN, DEPENDENCIES = 10, 20, 50, 3, 50, 50
# More lines than this nobody is given, however many are asked for.
MOST_LINES = 100
_MESSAGE = 600


@dataclass(frozen=True)
class Limits:
    """How much is kept, and the commit that is expected."""

    events: int = 20
    log_lines: int = 20
    expected: str | None = None


def story_of(facts: Facts, records: Sequence[Item], entry: Item, look: Look, limits: Limits) -> dict[str, Any]:
    """The story of the object these facts are of. entry: its judged cluster."""
    scene = Scene({ref_of(record): record for record in records}, entry["coverage"])
    record = scene.records[facts.ref]
    rows = {ref: source_row(ref, scene, look.sources.get(ref)) for ref in all_source_refs(record, scene)}
    parents = [brief(ref, scene) for ref in parent_refs(record, scene)]
    item = look.item or {}
    commit = commit_of(record, list(rows.values()), parents)
    told = particulars_of(record, facts, item, scene)
    return {
        "commit": commit,
        "expected": expectation_of(limits.expected, commit, told["revisions"]),
        "sources": [rows[ref] for ref in source_refs(record, scene)],
        "parents": parents,
        "depends_on": [brief(ref_of(row), scene) for row in record["depends_on"][:DEPENDENCIES]],
        "object": told,
        "release": release_of(facts),
        "inventory": _inventory(look, scene, is_remote(mapping(item.get("spec")))),
        "workloads": [_workload(each.ref, each.message, look) for each in look.troubled[:WORKLOADS]],
        "events": _events(look.events, facts.ref, limits.events),
        "logs": list(look.logs),
        "controller_logs": _controller_lines(entry, facts.ref, limits.log_lines),
        "causes": causes_of(facts.ref, entry["root_causes"])[:CAUSES],
        "not_seen": [*_lost(entry["coverage"]), *look.gaps],
    }


def headline(record: Item) -> str:
    """The state of the object in one sentence."""
    flags = f" ({', '.join(record['flags'])})" if record["flags"] else ""
    said = ": ".join(str(record[key]) for key in ("reason", "message") if record[key])
    what = f"{record['kind']} {record['namespace']}/{record['name']} is {record['status']}{flags}"
    return f"{what}: {shortened(said, _MESSAGE)}" if said else what


def relation_of(ref: Ref, cause: Item) -> str | None:
    """How the object hangs on a cause: it is the cause, is in its circle, waits for it, or gets nothing new from it."""
    if ref_of(cause) == ref:
        return "itself"
    return next((word for key, word in _RELATIONS.items() if str(ref) in cause[key]), None)


_RELATIONS = {"members": "member", "victims": "victim", "at_risk": "at_risk"}


def causes_of(ref: Ref, causes: Iterable[Item]) -> list[dict[str, Any]]:
    """The causes the object hangs on, itself among them when it is one."""
    found = ((cause, relation_of(ref, cause)) for cause in causes)
    return [_cause(cause, relation) for cause, relation in found if relation]


def _cause(cause: Item, relation: str) -> dict[str, Any]:
    """A cause may have thousands of victims: their number, and the first of them."""
    short = {key: list(cause[key])[:VICTIMS] for key in _RELATIONS}
    counts = {f"{key}_count": len(cause[key]) for key in short}
    evidence = [shortened(str(text), _MESSAGE) for text in cause["evidence"][:VICTIMS]]
    message = shortened(cause["message"], _MESSAGE)
    return {**cause, **short, **counts, "relation": relation, "evidence": evidence, "message": message}


def _inventory(look: Look, scene: Scene, remote: bool) -> dict[str, Any] | None:
    """What it has put on the cluster: how many of each kind, and the Flux objects among it that are not well."""
    if look.entries is None:
        return None
    children = [entry.ref for entry in look.entries if entry.is_flux]
    bad = [] if remote else [brief(ref, scene) for ref in children if not _fares_well(ref, scene)]
    return {
        "total": len(look.entries),
        "kinds": kind_rows(look.entries),
        "workloads_looked_at": look.looked_at,
        "workloads_not_well": len(look.troubled),
        "children": len(children),
        "children_not_well": len(bad),
        "not_well": bad[:CHILDREN],
        "remote": remote,
    }


def _fares_well(ref: Ref, scene: Scene) -> bool:
    record = scene.records.get(ref)
    return is_well(record) if record is not None else not scene.is_readable(ref.kind)


def _workload(ref: Ref, message: str, look: Look) -> dict[str, Any]:
    pods = look.pods.get(ref, ())
    return {
        **ref.as_dict(),
        "message": message,
        "pods": [{**pod, "containers": pod["containers"][:CONTAINERS]} for pod in pods[:PODS_SHOWN]],
        "pods_not_well": len(pods) if ref in look.pods else None,
    }


def _events(rows: Iterable[Item], ref: Ref, most: int) -> list[dict[str, Any]]:
    """The newest about the object itself, then those about its workloads, warnings before others."""
    newest = [{**row, "message": shortened(row["message"], _MESSAGE)} for row in reversed(list(rows))]
    own = [row for row in newest if ref_of(row) == ref]
    others = sorted((row for row in newest if ref_of(row) != ref), key=lambda row: row["type"] != "Warning")
    return [*own[:most], *others[:most]]


def _controller_lines(entry: Item, ref: Ref, most: int) -> list[dict[str, Any]]:
    """What its controller last logged about it, oldest first."""
    found = [line for line in entry.get("logs") or () if ref_of(line) == ref]
    return [{**line, "message": shortened(line["message"], _MESSAGE)} for line in found[max(0, len(found) - most) :]]


def _lost(coverage: Mapping[str, Item]) -> list[dict[str, Any]]:
    """The kinds nobody could look at: what is wrong may stand there."""
    return [
        {"what": kind, "state": row["state"], "message": shortened(row.get("message"), _MESSAGE)}
        for kind, row in coverage.items()
        if row["state"] in ("forbidden", "error")
    ]
