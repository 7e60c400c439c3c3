# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects are meant. Never everything by silence: an empty choice is a mistake, and is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import RESUMED, SUSPENDED
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.selection import Selection, selection_of

Record = Mapping[str, Any]

_OPTIONS = ("kinds", "namespaces", "names", "label_selectors", "statuses")
_HOW = "Name kinds, namespaces, names, label_selectors or statuses, or say all: true."


def require_choice(params: Mapping[str, Any]) -> None:
    """InvalidInput when nothing is chosen, or what can never be paused; asked before anything is read."""
    change = params["change"]
    if params["state"] == SUSPENDED and not (params["reason"] or "").strip():
        raise InvalidInput("reason is missing.", "Say why it is suspended: whoever finds it has to know.")
    if change is not None and not change.strip():
        # A variable that is empty by mistake must not widen "this change" to "whatever is selected".
        raise InvalidInput("change is empty.", "Give the id of the change, or leave the option out.")
    if not params["all"] and not any(params[name] for name in _OPTIONS):
        if params["state"] != RESUMED:
            raise InvalidInput("Nothing is selected.", _HOW)
        if change is None:
            raise InvalidInput("Nothing is selected.", f"{_HOW} Or name the change that is over.")
    never = [name for name in params["kinds"] or () if KINDS[name].suspend is None]
    if never:
        raise InvalidInput(f"{never[0]} cannot be paused: no controller reconciles it.", "Pause what produces it.")


def chosen(params: Mapping[str, Any], records: Iterable[Record], facts: Mapping[Any, Facts]) -> list[Record]:
    """The records of everything that is selected; with nothing but a change, of everything paused under it."""
    records = list(records)
    if not params["all"] and not any(params[name] for name in _OPTIONS):
        return [record for record in records if _is_noted(record, params["change"], facts)]
    selection = selection_of(params)
    found = [record for record in records if selection.takes(record, facts[ref_of(record)].labels)]
    _require_names(params["names"] or (), found, records, selection)
    if not found:
        raise InvalidInput("No object matches the selection.", "Look at the names, and at the context.")
    return found


def _is_noted(record: Record, change: str, facts: Mapping[Any, Facts]) -> bool:
    return facts[ref_of(record)].noted_change == change


def _require_names(
    names: Sequence[str], found: Sequence[Record], records: Sequence[Record], selection: Selection
) -> None:
    present = {record["name"] for record in found}
    missing = [name for name in names if name not in present]
    if missing:
        kinds = ", ".join(sorted(selection.kinds)) or "object"
        near = get_close_matches(missing[0], sorted({record["name"] for record in records}), n=3)
        hint = f"Near it are: {', '.join(near)}." if near else "Look at the name, and at the namespaces and kinds."
        raise InvalidInput(f"No {kinds} of the selection is called {', '.join(missing)}.", hint, missing=missing)


def require_pausable(params: Mapping[str, Any], stands: Sequence[Stand]) -> None:
    """InvalidInput when all that was chosen, or all that bears one of the names, cannot be paused."""
    named = [[stand for stand in stands if stand.ref.name == name] for name in params["names"] or ()]
    for group in named or [list(stands)]:
        if group and all(stand.unpausable for stand in group):
            raise InvalidInput(f"{group[0].ref}: {group[0].unpausable}.")
