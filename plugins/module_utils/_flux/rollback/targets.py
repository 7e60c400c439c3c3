# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which stored revision a release can go back to, and which it goes back to when nobody names one.

The status in storage does not tell alone: Helm marks a failed revision superseded as soon as a later one succeeds
where nothing was deployed, and when a rollback away from it fails. What it was is left in its description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import (
    DEPLOYED,
    FAILED,
    PENDING,
    SUPERSEDED,
    Stored,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import (
    format_duration,
    seconds_between,
    time_or_none,
)

# https://github.com/helm/helm/blob/v4.2.4/pkg/action/ (install.go, upgrade.go, rollback.go), and helm-controller's own
_FAILED_ONCE = re.compile(r"(?:(?:Release|Upgrade|Rollback) \".*\" failed: |Release unlocked from stale )")
_REPLACED = "superseded by new release"
_ROLLED_BACK = re.compile(r"Rollback to (\d+)\Z")
# Seconds. Between values that are watched and the chart of the same commit lies one apply, and one chart to load.
_ONE_CHANGE = 60.0


def default_target(
    stored: Sequence[Stored], history: Sequence[Mapping[str, Any]], unserved: Mapping[int, Sequence[str]]
) -> Stored | None:
    """The last revision below the newest that was deployed and healthy.

    stored: newest first. history: status.history of the HelmRelease. unserved: by revision, the kinds it needs and
    the cluster does not serve.
    """
    for one in stored:
        if not (why_no_target(one, stored, unserved) or why_not_by_default(one, stored, history)):
            return one
    return None


def why_no_target(one: Stored, stored: Sequence[Stored], unserved: Mapping[int, Sequence[str]]) -> str | None:
    """Why a release cannot go back to a revision, also when it is named; None when it can."""
    newest = stored[0]
    if one.revision == newest.revision:
        return "it is the newest revision, the one to go back from"
    never_good = _why_never_good(one)
    if never_good:
        return never_good
    if newest.status == DEPLOYED and has_same_content(one, newest):
        return f"it is what runs now, as revision {newest.revision}"
    for needing, who in ((one, "it"), (newest, f"revision {newest.revision}, the newest,")):
        if unserved.get(needing.revision):
            return f"{who} needs what the cluster does not serve: {', '.join(unserved[needing.revision])}"
    return None


def _why_never_good(one: Stored) -> str | None:
    if one.status in PENDING:
        return f"it never came to an end ({one.status})"
    if one.status == FAILED:
        return "it failed"
    if one.status not in (DEPLOYED, SUPERSEDED):
        return f"its status is {one.status}"
    if one.status == SUPERSEDED and _FAILED_ONCE.match(one.description):
        return "it failed, and was superseded afterwards"
    if one.description == _REPLACED:
        return "it was uninstalled, and superseded afterwards"
    return None


def why_not_by_default(one: Stored, stored: Sequence[Stored], history: Sequence[Mapping[str, Any]]) -> str | None:
    """Why a possible target is none to choose unasked: it was deployed, but it was not well."""
    for later in stored:
        back = _back_to(later, stored)
        if back is not None and back < one.revision < later.revision:
            return f"revision {later.revision} went back from it, to revision {back}"
    for row in history:
        if row.get("version") == one.revision and row.get("chartVersion") == one.chart_version:
            tests = mapping(row.get("testHooks"))
            failed = sorted(name for name, test in tests.items() if mapping(test).get("phase") == "Failed")
            if failed:
                return f"its test failed: {', '.join(failed)}"
    return None


def _back_to(later: Stored, stored: Sequence[Stored]) -> int | None:
    """The revision a rollback went to, or tried to; its description says so until it fails."""
    said = _ROLLED_BACK.match(later.description)
    if said:
        return int(said[1])
    if later.status not in (FAILED, SUPERSEDED) or not _FAILED_ONCE.match(later.description):
        return None
    if later.description.startswith("Upgrade"):
        return None
    older = [one.revision for one in stored if one.revision < later.revision and has_same_content(one, later)]
    return max(older, default=None)


def has_same_content(one: Stored, other: Stored) -> bool:
    """Whether both are the same chart with the same values, rendered to the same objects."""
    identical = (one.chart, one.chart_version, one.manifest) == (other.chart, other.chart_version, other.manifest)
    return identical and not paths_that_differ(one.config, other.config)


def doubts_about(target: Stored, stored: Sequence[Stored]) -> list[str]:
    """Why a target may be half of the change that is to be undone; empty when nothing speaks for it.

    stored: newest first. helm-controller acts on values it watches (label reconcile.fluxcd.io/watch) as soon as they
    are applied. When a commit changes the chart as well, the new values may run with the old chart for a moment:
    deployed, and well.
    """
    after = [one for one in stored if one.revision > target.revision]
    before = [one for one in stored if one.revision < target.revision and not _why_never_good(one)]
    if not after or not before:
        return []
    later, earlier = after[-1], before[0]
    replaced_at = time_or_none(later.deployed_at)
    lasted = seconds_between(time_or_none(target.deployed_at), replaced_at) if replaced_at else None
    if lasted is None or lasted >= _ONE_CHANGE:
        return []
    changed, then = _parts_that_differ(earlier, target), _parts_that_differ(target, later)
    if len(changed) != 1 or len(then) != 1 or changed == then:
        return []
    return [
        (
            f"Revision {target.revision} ran for {format_duration(lasted)} only, with the {changed[0]} of revision "
            f"{later.revision} and the {then[0]} of revision {earlier.revision}: it may be half of the change that is "
            f"to be undone. If so, go back to revision {earlier.revision} instead, with revision: {earlier.revision}."
        )
    ]


def _parts_that_differ(one: Stored, other: Stored) -> list[str]:
    chart = (one.chart, one.chart_version) != (other.chart, other.chart_version)
    return [*(["chart"] if chart else []), *(["values"] if paths_that_differ(one.config, other.config) else [])]
