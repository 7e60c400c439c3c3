# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what runs now is what it is meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import mapping
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import count, escaped, listed, reference
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import Section, section
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import FINISH
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.verdict import revision

Row = Mapping[str, Any]
PATHS = 12


def now_section(told: Row, step: str) -> list[Section]:
    """What the verification found, bad news first."""
    verification = mapping(told.get("verification"))
    if not verification:
        return []
    if step == FINISH:
        return [_first_action(verification)]
    workloads = verification.get("workloads") or []
    late = [row for row in workloads if not row.get("ready")]
    lines = [
        *(
            f"- {_named(row)} differs at {escaped(listed(row.get('paths') or (), PATHS), 800)}"
            for row in _of(verification, "differences")
        ),
        *(f"- {_named(row)} is left over from the bad version" for row in _of(verification, "leftovers")),
        *(f"- {_named(row)} is not ready: {escaped(row.get('message'), 400)}" for row in late),
    ]
    good = [
        "" if verification.get("differences") else "- Every object is exactly what it is meant to be",
        "" if verification.get("leftovers") else "- Nothing of the bad version is left over",
        "" if late or not workloads else f"- {count(len(workloads), 'workload')} ready",
    ]
    title = "What is now: verified" if verification.get("ok") else "What is now: NOT verified"
    return [section(title, text=[*lines, *filter(None, good)])]


def _first_action(verification: Row) -> Section:
    """After a finish: what helm-controller has made of what Git asks for."""
    release = revision(verification.get("release"))
    ended = "came to a good end" if verification.get("ok") else "did NOT come to a good end"
    return section("What is now", text=[f"- The first action of helm-controller {ended}: {escaped(release)}"])


def _of(verification: Row, key: str) -> list[Row]:
    return list(verification.get(key) or ())


def _named(row: Row) -> str:
    return escaped(reference({"namespace": "", **row}))
