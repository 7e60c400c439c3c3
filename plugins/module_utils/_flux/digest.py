# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short forms of entries and records, for people and for conditions in playbooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import STALE_SOURCE
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import VERDICTS, cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.intake import Picture, require_complete
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import ref_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings

Entry = Mapping[str, Any]


def entries_of(pictures: Iterable[Picture], settings: HealthSettings) -> dict[str, Entry]:
    """Entries by cluster. One that has its verdict already keeps it."""
    entries: dict[str, Entry] = {}
    for picture in pictures:
        name, number = picture.name, 2
        while name in entries:
            name, number = f"{picture.name} ({number})", number + 1
        entries[name] = picture.info if "verdict" in picture.info else _judged(picture, settings)
    return entries


def _judged(picture: Picture, settings: HealthSettings) -> Entry:
    require_complete(picture)
    return cluster_health(picture.info, picture.records, settings, picture.host)


def summary_of(entries: Mapping[str, Entry]) -> dict[str, Any]:
    """The worst verdict, the verdict and the numbers of each cluster, and one line to print."""
    clusters = {name: _summary(entry) for name, entry in entries.items()}
    verdicts = Counter(row["verdict"] for row in clusters.values())
    worst = max(verdicts, key=VERDICTS.index, default=VERDICTS[-1])
    counted = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in VERDICTS if verdicts[verdict])
    return {"verdict": worst, "message": counted or "no cluster", "clusters": clusters}


def _summary(entry: Entry) -> dict[str, Any]:
    records, causes, suspensions = (entry.get(key) or [] for key in ("objects", "root_causes", "suspensions"))
    return {
        "verdict": entry["verdict"],
        "reachable": bool(entry.get("reachable")),
        "reasons": list(entry.get("reasons") or ()),
        "objects": len(records),
        "by_status": dict(Counter(record["status"] for record in records)),
        "causes": [str(ref_of(cause)) for cause in causes],
        "victims": len({victim for cause in causes for victim in cause["victims"]}),
        "at_risk": sum(STALE_SOURCE in record["flags"] for record in records),
        "suspended": len(suspensions),
        "overdue": sum(bool(row["overdue"]) for row in suspensions),
        "known_failures": len(entry.get("known_failures") or ()),
    }


def lines_of(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for each record: cluster kind namespace/name: reason: message."""
    return [_line(record) for record in records]


def _line(record: Mapping[str, Any]) -> str:
    where = [record["cluster"], record["kind"], f"{record['namespace']}/{record['name']}"]
    said = [record["reason"] or record["status"], " ".join(str(record["message"] or "").split())]
    flags = f" [{', '.join(record['flags'])}]" if record["flags"] else ""
    return f"{' '.join(part for part in where if part)}: {': '.join(part for part in said if part)}{flags}"
