# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the objects a person asked for: several kinds of restriction, an absent one does not restrict."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput

SET_BASED = re.compile(r"^\s*(?P<key>[\w./-]+)\s+(?P<word>in|notin)\s*\((?P<values>[^()]*)\)\s*$")
EQUALITY = re.compile(r"^\s*(?P<key>[\w./-]+)\s*(?P<sign>==|=|!=)\s*(?P<value>[\w.-]*)\s*$")
EXISTENCE = re.compile(r"^\s*(?P<not>!?)\s*(?P<key>[\w./-]+)\s*$")
REQUIREMENTS = re.compile(r",(?![^()]*\))")

Requirement = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True)
class Selection:
    """Kinds, namespaces, names, labels and statuses; empty means all."""

    kinds: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    requirements: tuple[Requirement, ...] = ()

    def takes(self, record: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
        """Whether a record with these labels is asked for."""
        wanted = (
            (self.kinds, record["kind"]),
            (self.namespaces, record["namespace"]),
            (self.names, record["name"]),
            (self.statuses, record["status"]),
        )
        return all(not chosen or value in chosen for chosen, value in wanted) and all(
            holds(labels) for holds in self.requirements
        )


def selection_of(params: Mapping[str, Any]) -> Selection:
    """The selection that kinds, namespaces, names, label_selectors and statuses name together."""
    given = {name: frozenset(params.get(name) or ()) for name in ("kinds", "namespaces", "names", "statuses")}
    selectors = params.get("label_selectors") or ()
    return Selection(
        **given, requirements=tuple(requirement for text in selectors for requirement in requirements_of(text))
    )


def requirements_of(selector: str) -> list[Requirement]:
    """The requirements of a label selector, in the syntax of kubectl: a=b, a!=b, a in (b,c), a notin (b), a, !a."""
    return [_requirement(part, selector) for part in REQUIREMENTS.split(selector) if part.strip()]


def _requirement(part: str, selector: str) -> Requirement:
    if match := SET_BASED.match(part):
        values = {value.strip() for value in match["values"].split(",")}
        return _one_of(match["key"], values, wanted=match["word"] == "in")
    if match := EQUALITY.match(part):
        return _one_of(match["key"], {match["value"]}, wanted=match["sign"] != "!=")
    if match := EXISTENCE.match(part):
        return _there(match["key"], wanted=not match["not"])
    raise InvalidInput(
        f"Label selector {selector!r} cannot be read at {part.strip()!r}.",
        "Write it as for kubectl, for example app=web, tier!=test, team in (a,b), !legacy.",
    )


def _one_of(key: str, values: set[str], *, wanted: bool) -> Requirement:
    return lambda labels: (labels.get(key) in values) is wanted


def _there(key: str, *, wanted: bool) -> Requirement:
    return lambda labels: (key in labels) is wanted
