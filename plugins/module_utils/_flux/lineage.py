# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an object comes from: its sources, who applied it, up to the root, and the commit at the start of it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.needs import Scene
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, ref_of

Record = Mapping[str, Any]
# Longer messages are cut: they stand whole in the story of that object itself.
BRIEF = 400
# Nobody nests deeper; a chain that does is cut.
DEEPEST = 12
# Characters of a commit that name it, as Git itself shows it.
SHORTEST_COMMIT = 7
MISSING, UNSEEN = "missing", "unseen"
# What an OCI artifact says about the commit it was made of.
_ORIGIN = "org.opencontainers.image.revision"
_ADDRESS = "org.opencontainers.image.source"


def source_refs(record: Record, scene: Scene) -> list[Ref]:
    """The object's source, the source of that, and so on."""
    return _chain(record, scene, _origin_of)


def _origin_of(record: Record) -> Mapping[str, Any] | None:
    """An ArtifactGenerator has several sources and gives none of them precedence; the first one stands for them."""
    if record["kind"] == "ArtifactGenerator" and record["depends_on"]:
        first: Mapping[str, Any] = record["depends_on"][0]
        return first
    source: Mapping[str, Any] | None = record["source"]
    return source


def parent_refs(record: Record, scene: Scene) -> list[Ref]:
    """Who applied the object, who applied that, up to the root, which may have applied itself."""
    return _chain(record, scene, lambda found: found["owner"])


def _chain(record: Record, scene: Scene, step: Callable[[Record], Mapping[str, Any] | None]) -> list[Ref]:
    seen = [ref_of(record)]
    place: Record | None = record
    while place is not None and len(seen) <= DEEPEST:
        target = step(place)
        if target is None or ref_of(target) in seen:
            break
        seen.append(ref_of(target))
        place = scene.records.get(seen[-1])
    return seen[1:]


def brief(ref: Ref, scene: Scene) -> dict[str, Any]:
    """One object on the way, in few words; also one that does not exist or may not be seen."""
    record = scene.records.get(ref)
    if record is None:
        state = MISSING if scene.is_readable(ref.kind) else UNSEEN
        empty = dict.fromkeys(("reason", "message", "revision", "source", "since", "last_good_at"))
        return {**ref.as_dict(), "status": state, "flags": [], **empty}
    kept = {key: record[key] for key in ("status", "flags", "reason", "revision", "since", "last_good_at")}
    return {**ref.as_dict(), **kept, "source": _origin_of(record), "message": shortened(record["message"], BRIEF)}


def shortened(text: str | None, limit: int) -> str | None:
    """The start and the end of a text that is redacted already; the cause often stands at the end."""
    if text is None or len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 3]} … {text[-tail:]}"


def source_row(ref: Ref, scene: Scene, item: Mapping[str, Any] | None) -> dict[str, Any]:
    """A source on the way, with what only the whole object says: its address and what of it is wanted."""
    spec, status = mapping((item or {}).get("spec")), mapping((item or {}).get("status"))
    metadata = mapping(mapping(status.get("artifact")).get("metadata"))
    address = spec.get("url") or spec.get("endpoint")
    return {
        **brief(ref, scene),
        "url": redact(str(address)) if address else None,
        "wanted": wanted_of(ref.kind, spec),
        "origin_revision": metadata.get(_ORIGIN),
        "origin_url": redact(str(metadata[_ADDRESS])) if metadata.get(_ADDRESS) else None,
    }


def wanted_of(kind: str, spec: Mapping[str, Any]) -> str | None:
    """What of it a source is told to fetch: branch main, tag v1, version 1.2.x, …"""
    if kind == "HelmChart":
        return f"chart {spec.get('chart')} {spec.get('version') or '*'}" if spec.get("chart") else None
    if kind == "Bucket":
        return f"bucket {spec['bucketName']}" if spec.get("bucketName") else None
    named = mapping(spec.get("ref"))
    order = ("commit", "digest", "name", "semver", "tag", "branch")
    found = [f"{key} {named[key]}" for key in order if named.get(key)]
    return ", ".join(found) or None


def commit_of(record: Record, sources: Sequence[Record], parents: Sequence[Record]) -> dict[str, Any] | None:
    """The commit this object was made of, as the artifact of the nearest source that knows one says it.

    An object's own source comes first; a HelmRelease from a chart repository was itself written by its parent.
    """
    by_ref = {ref_of(row): row for row in sources}
    chain = _own_chain(record, by_ref) + [by_ref[ref_of(row["source"])] for row in parents if _known(row, by_ref)]
    for row in chain:
        revision = row["origin_revision"] or (row["revision"] if row["kind"] == "GitRepository" else None)
        if revision:
            place = row["origin_url"] if row["origin_revision"] else row["url"]
            return {**ref_of(row).as_dict(), **parts_of(str(revision)), "url": place}
    return None


def _own_chain(record: Record, by_ref: Mapping[Ref, Record]) -> list[Record]:
    found = [by_ref[ref_of(record)]] if ref_of(record) in by_ref else []
    place = record["source"]
    while place is not None and ref_of(place) in by_ref and len(found) <= DEEPEST:
        found.append(by_ref[ref_of(place)])
        place = found[-1]["source"]
    return found


def _known(row: Record, by_ref: Mapping[Ref, Record]) -> bool:
    return bool(row["source"]) and ref_of(row["source"]) in by_ref


def parts_of(revision: str) -> dict[str, str | None]:
    """'main@sha1:cb1c…' taken apart; older Flux writes 'main/cb1c…'."""
    branch, at, digest = revision.rpartition("@")
    if not at:
        branch, slash, digest = revision.rpartition("/")
        branch = branch if slash else ""
    return {"revision": revision, "ref": branch or None, "commit": digest.rpartition(":")[2] or None}


def all_source_refs(record: Record, scene: Scene) -> list[Ref]:
    """Every source the story speaks of: the object itself when it is one, its own, and those of its parents."""
    found = [ref_of(record)] if KINDS[record["kind"]].is_source else []
    found += source_refs(record, scene)
    parents = [scene.records[ref] for ref in parent_refs(record, scene) if ref in scene.records]
    found += [ref_of(parent["source"]) for parent in parents if parent["source"]]
    return list(dict.fromkeys(found))


def expectation_of(
    expected: str | None, commit: Mapping[str, Any] | None, revisions: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Whether the commit somebody expects has been fetched and is running; null for what speaks of no commit."""
    if not expected:
        return None
    running = [revision for key in ("running", "origin") if (revision := revisions[key]) and _names_commit(revision)]
    return {
        "revision": expected,
        "fetched": _is_meant(expected, commit["revision"]) if commit else None,
        "running": any(_is_meant(expected, revision) for revision in running) if running else None,
    }


def _names_commit(revision: str) -> bool:
    return "sha1:" in revision or "/" in revision


def _is_meant(expected: str, revision: str) -> bool:
    """A commit may be shortened as Git shortens it."""
    commit = parts_of(revision)["commit"] or ""
    return expected in (revision, commit) or (len(expected) >= SHORTEST_COMMIT and commit.startswith(expected))
