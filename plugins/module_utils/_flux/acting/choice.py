# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects a run is asked to act on. Nothing is ever everything by silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import selection_of

SELECTORS = ("kinds", "namespaces", "names", "label_selectors", "statuses")

Record = Mapping[str, Any]


def require_selection(params: Mapping[str, Any]) -> None:
    """InvalidInput unless something is selected, or everything is asked for in so many words."""
    if not (params["all"] or params["not_ready"] or any(params.get(name) for name in SELECTORS)):
        raise InvalidInput(
            "Nothing is selected.",
            f"Give any of {', '.join(SELECTORS)}, not_ready, or all: true for every Flux object of the cluster.",
        )


def chosen_targets(
    params: Mapping[str, Any], records: Iterable[Record], facts: Iterable[Facts], coverage: Mapping[str, Record]
) -> list[Ref]:
    """The objects that are selected. A kind that cannot be read, and a name that is not there, is an error."""
    listed = list(records)
    selection = selection_of(params)
    labels = {fact.ref: fact.labels for fact in facts}
    chosen = [
        ref_of(record)
        for record in listed
        if selection.takes(record, labels[ref_of(record)]) and not (params["not_ready"] and is_well(record))
    ]
    _require_read(params, coverage)
    _require_names(params, listed)
    return chosen


def _require_read(params: Mapping[str, Any], coverage: Mapping[str, Record]) -> None:
    """What may not be read cannot be waited for, and must not be passed over in silence."""
    wanted = params["kinds"] or list(KINDS)
    unread = [kind for kind in wanted if coverage.get(kind, {}).get("state") in ("forbidden", "error")]
    if unread:
        raise InvalidInput(
            f"{', '.join(unread)} cannot be read: {coverage[unread[0]]['message']}",
            "Select other kinds, or give this user the right to list and watch them.",
        )


def _require_names(params: Mapping[str, Any], records: Iterable[Record]) -> None:
    narrow = {key: params[key] for key in ("kinds", "namespaces")}
    known = {
        record["name"]
        for record in records
        if all(not wanted or record[key.removesuffix("s")] in wanted for key, wanted in narrow.items())
    }
    missing = [name for name in params["names"] or () if name not in known]
    if missing:
        where = "".join(f", {key} {', '.join(wanted)}" for key, wanted in narrow.items() if wanted)
        raise InvalidInput(
            f"There is no object named {' or '.join(missing)}{where}.",
            "Check the names with flux_info, or select by namespaces or label_selectors.",
        )


def require_forceable(params: Mapping[str, Any], targets: Iterable[Ref]) -> None:
    """Only helm-controller knows force and reset."""
    asked = [name for name in ("force", "reset") if params.get(name)]
    if asked and not any(ref.kind == "HelmRelease" for ref in targets):
        raise InvalidInput(
            f"{' and '.join(asked)} only means something for HelmReleases, and none is selected.",
            "Select HelmReleases, or leave it out.",
        )
