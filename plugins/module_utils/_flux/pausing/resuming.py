# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order objects start to run again: each after what it waits for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.order import reconcile_order
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import SUSPENDED


def resume_waves(steps: Sequence[Step], records: Iterable[Mapping[str, Any]]) -> list[list[Step]]:
    """The steps in waves. Objects without an order, and those that wait for each other, come last."""
    place = _places(records)
    waves: defaultdict[int, list[Step]] = defaultdict(list)
    for step in steps:
        waves[place.get(step.stand.ref, len(place))].append(step)
    return [waves[number] for number in sorted(waves)]


def _places(records: Iterable[Mapping[str, Any]]) -> dict[Ref, int]:
    try:
        waves = reconcile_order(map(_as_if_running, records))
    except InvalidInput:
        return {}
    return {ref_of(row): number for number, wave in enumerate(waves) for row in wave}


def _as_if_running(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The order leaves out what is suspended."""
    return {**record, "status": record["suspended"]["last"]} if record["status"] == SUSPENDED else record
