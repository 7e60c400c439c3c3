# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is worth knowing and does not make a cluster unhealthy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import DRIFTED, FROZEN
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, ref_of

Record = Mapping[str, Any]

DRIFT, FREEZE, INTERVAL = "drift", "frozen", "interval"
# A HelmChart is looked for as often as its HelmRelease says, and nobody can be told of a chart.
_FETCHED = ("GitRepository", "OCIRepository", "Bucket", "HelmRepository")
_TEN_MINUTES = 600.0


def hints_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Releases that drifted, frozen objects, and sources asked more often than every ten minutes without a Receiver."""
    told = {
        ref_of(row)
        for record in records
        if record["kind"] == "Receiver"
        for row in record["references"]
        if row["field"] == "resources"
    }
    return [hint for record in records for hint in _of_record(record, _is_told(ref_of(record), told))]


def _is_told(ref: Ref, told: Collection[Ref]) -> bool:
    return ref in told or ref._replace(name="*") in told


def _of_record(record: Record, told: bool) -> Iterator[dict[str, Any]]:
    if DRIFTED in record["flags"]:
        yield _hint(record, DRIFT, "its objects differ from what Helm deployed, and nothing corrects them")
    if FROZEN in record["flags"]:
        yield _hint(record, FREEZE, "its owner leaves it alone (kustomize.toolkit.fluxcd.io/reconcile: disabled)")
    interval = record["interval"]
    if record["kind"] in _FETCHED and not told and interval and interval < _TEN_MINUTES and record["fetch"]:
        yield _hint(record, INTERVAL, f"is asked every {interval:g} s; a Receiver would tell it of changes at once")


def _hint(record: Record, name: str, message: str) -> dict[str, Any]:
    return {**ref_of(record).as_dict(), "class": name, "message": message}
