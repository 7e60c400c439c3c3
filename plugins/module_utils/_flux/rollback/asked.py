# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which releases a history is wanted of, and which two revisions are to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.subject import subject_of

_HOW = "Give namespace and name, or releases, a list of both."
_TWO = 2


def wanted_releases(params: Mapping[str, Any]) -> list[Ref]:
    """The HelmReleases that are named, each once, in their order; none at all is an error."""
    single = {key: params.get(key) for key in ("namespace", "name")}
    several = params.get("releases") or []
    given = [value is not None for value in single.values()]
    if any(given) and (several or not all(given)):
        raise InvalidInput("It is not clear which HelmRelease is meant.", _HOW)
    named = [single] if any(given) else several
    if not named:
        raise InvalidInput("No HelmRelease is named.", _HOW)
    return list(dict.fromkeys(_ref(row) for row in named))


def _ref(row: Mapping[str, Any]) -> Ref:
    for part in ("namespace", "name"):
        if not str(row.get(part) or "").strip():
            raise InvalidInput(f"The {part} of a HelmRelease is empty.", _HOW)
    return subject_of("HelmRelease", row["namespace"], row["name"])


def compared_revisions(wanted: Sequence[int] | None) -> tuple[int, int] | None:
    """Two different revisions, in the order they are given."""
    if not wanted:
        return None
    if len(wanted) != _TWO or wanted[0] == wanted[1]:
        raise InvalidInput(
            f"compare takes two different revisions, not {list(wanted)}.", "For example compare: [3, 4]."
        )
    return wanted[0], wanted[1]
