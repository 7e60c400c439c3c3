# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The history of a Helm release as a person needs it at night: every stored revision, and where one can go back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping, rows
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.description import description_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.obtainable import ChartSource, obtainable
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import DEPLOYED, Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.targets import (
    default_target,
    why_no_target,
    why_not_by_default,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import values_digest

Row = dict[str, Any]
# Whether there is a history, and if not, why not.
OK, NONE, REMOTE, MISSING, FORBIDDEN = "ok", "none", "remote", "missing", "forbidden"
_UNPACKED_NOT = "its Secret cannot be unpacked"


@dataclass(frozen=True)
class Storage:
    """Helm's storage of one release. stored: newest first. broken: the Secret of each revision nobody can unpack."""

    stored: Sequence[Stored]
    broken: Mapping[int, str] = field(default_factory=dict)
    # By revision, the kinds it needs and the cluster does not serve.
    unserved: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @property
    def blocked(self) -> str | None:
        """Helm overlooks what it cannot unpack, and then fails to write a revision of that number."""
        newest = max(self.broken, default=0)
        if not self.stored or newest > self.stored[0].revision:
            return f"revision {newest}, the newest, cannot be unpacked: Helm could not write the next one"
        return None


def without_history(ref: Ref, state: str, message: str, release: Release | None = None) -> Row:
    """The entry of a release of which nothing can be told but why."""
    empty: Row = {"revisions": [], "compared": None, "warnings": []}
    nothing = dict.fromkeys(("newest_revision", "deployed_revision", "controller_revision", "default_target"))
    return {**_named(ref, release), "state": state, "message": message, **nothing, **empty}


def release_history(
    ref: Ref, release: Release, status: Mapping[str, Any], storage: Storage, source: ChartSource
) -> Row:
    """The entry of a release with at least one revision in storage."""
    history = [row for row in rows(status.get("history")) if row.get("name") == release.name]
    target = None if storage.blocked else default_target(storage.stored, history, storage.unserved)
    recorded = {int(row.get("version") or 0): row for row in history}
    told = [_row(one, storage, history, recorded.get(one.revision), source) for one in storage.stored]
    told += [_broken_row(revision) for revision in storage.broken]
    deployed = next((one for one in storage.stored if one.status == DEPLOYED), None)
    entry = {
        **_named(ref, release),
        "state": OK,
        "message": _message(release, storage, deployed, target),
        "newest_revision": max((row["revision"] for row in told), default=None),
        "deployed_revision": deployed.revision if deployed else None,
        "controller_revision": history[0].get("version") if history else None,
        "default_target": target.revision if target else None,
        "revisions": sorted(told, key=lambda row: -row["revision"]),
        "compared": None,
    }
    return {**entry, "warnings": _warnings(entry, release, rows(status.get("history")), storage)}


def values_compared(storage: Storage, revisions: tuple[int, int]) -> Row | None:
    """The paths at which the values of two revisions differ; None when one of them is not there."""
    by_number = {one.revision: one for one in storage.stored}
    if not all(revision in by_number for revision in revisions):
        return None
    first, second = (by_number[revision] for revision in revisions)
    return {"revisions": list(revisions), "values_paths": paths_that_differ(first.config, second.config)}


def _named(ref: Ref, release: Release | None) -> Row:
    return {"namespace": ref.namespace, "name": ref.name, "release": release._asdict() if release else None}


def _row(
    one: Stored,
    storage: Storage,
    history: Sequence[Mapping[str, Any]],
    recorded: Mapping[str, Any] | None,
    source: ChartSource,
) -> Row:
    why = storage.blocked or why_no_target(one, storage.stored, storage.unserved)
    chart = obtainable(one, mapping(recorded).get("ociDigest"), source)
    return {
        "revision": one.revision,
        "status": one.status,
        "chart": one.chart,
        "chart_version": one.chart_version,
        "app_version": one.app_version,
        "first_deployed": one.first_deployed,
        "deployed_at": one.deployed_at,
        "description": description_of(one),
        "apply_method": one.apply_method,
        "config_digest": values_digest(one.config),
        "controller": _recorded(recorded) if recorded else None,
        "controller_current": bool(history) and history[0].get("version") == one.revision,
        "possible_target": why is None,
        "why_no_target": why,
        "doubt": why_not_by_default(one, storage.stored, history) if why is None else None,
        "chart_obtainable": chart.answer,
        "chart_reason": chart.reason,
    }


def _recorded(row: Mapping[str, Any]) -> Row:
    """What helm-controller has noted of a revision when it wrote it."""
    tests = {name: mapping(test).get("phase") for name, test in mapping(row.get("testHooks")).items()}
    return {
        "status": row.get("status"),
        "action": row.get("action"),
        "digest": row.get("digest"),
        "config_digest": row.get("configDigest"),
        "oci_digest": row.get("ociDigest"),
        "tests": tests,
    }


def _broken_row(revision: int) -> Row:
    unknown = ("status", "chart", "chart_version", "app_version", "first_deployed", "deployed_at", "description")
    more = ("apply_method", "config_digest", "controller", "doubt", "chart_obtainable")
    return {
        "revision": revision,
        **dict.fromkeys((*unknown, *more)),
        "controller_current": False,
        "possible_target": False,
        "why_no_target": _UNPACKED_NOT,
        "chart_reason": _UNPACKED_NOT,
    }


def _message(release: Release, storage: Storage, deployed: Stored | None, target: Stored | None) -> str:
    if not storage.stored:
        return f"no revision of release {release.name} can be unpacked"
    newest = storage.stored[0]
    now = f"revision {newest.revision} ({newest.chart} {newest.chart_version}) is {newest.status}"
    if deployed and deployed is not newest:
        now += f", revision {deployed.revision} ({deployed.chart} {deployed.chart_version}) counts as deployed"
    back = "there is no revision to go back to"
    if target:
        back = f"going back means revision {target.revision} ({target.chart} {target.chart_version})"
    return f"{now}; {back}"


def _warnings(entry: Row, release: Release, history: Sequence[Mapping[str, Any]], storage: Storage) -> list[str]:
    """What will happen on the next run of helm-controller that nobody may expect."""
    found = [f"revision {number}: Secret {name} cannot be unpacked" for number, name in sorted(storage.broken.items())]
    last = str(history[0].get("name") or "") if history else release.name
    if last != release.name:
        found.append(f"helm-controller knows the release as {last}: its next run uninstalls that")
    known, newest = entry["controller_revision"], storage.stored[0] if storage.stored else None
    if newest and known != newest.revision and last == release.name:
        who = f"helm-controller knows of revision {known}" if known else "helm-controller knows of none"
        found.append(
            f"revision {newest.revision} is in storage, {who}: its next run upgrades to what the spec asks for"
        )
    by_number = {one.revision: one for one in storage.stored}
    for row in entry["revisions"]:
        noted = mapping(row["controller"]).get("config_digest")
        if noted and row["revision"] in by_number and noted != row["config_digest"]:
            found.append(f"the values of revision {row['revision']} are not those helm-controller has recorded")
    return found
