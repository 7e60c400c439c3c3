# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way from Git to the object: commit, sources, parents, dependencies, the object itself, one row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import age, escaped, reference, table

Story = Mapping[str, Any]
COLUMNS = ["step", "object", "status", "for", "revision", "message"]
WORDS = {"missing": "**does not exist**", "unseen": "not seen"}
CALM = frozenset({"ready", "unseen"})


def way_table(story: Story, now: str | None) -> list[str]:
    """In the order in which a change travels: the farthest source first, the root parent before its children."""
    rows = [_row("source", row, now) for row in reversed(story["sources"])]
    rows += [_row("parent", row, now) for row in reversed(story["parents"])]
    rows += [_row("depends on", row, now) for row in story["depends_on"]]
    return table(COLUMNS, [*_commit(story["commit"]), *rows, _row("**object**", story["object"], now)])


def _commit(commit: Story | None) -> list[list[str]]:
    if commit is None:
        return [["commit", "not known: no source on the way names one", "", "", "", ""]]
    place = f" of {commit['ref']}" if commit["ref"] else ""
    return [
        ["commit", escaped(f"{(commit['commit'] or '')[:12]}{place}"), "", "", "", escaped(commit["url"], 200)],
    ]


def _row(step: str, row: Story, now: str | None) -> list[str]:
    flags = "".join(f" · {flag}" for flag in row["flags"])
    status = WORDS.get(row["status"]) or (row["status"] if row["status"] in CALM else f"**{row['status']}**")
    return [
        step,
        escaped(reference(row)),
        f"{status}{flags}",
        age(row["since"], now),
        escaped(short_revision(row["revision"]), 60),
        escaped(_message(row), 200),
    ]


def _message(row: Story) -> str:
    """What is well says where it comes from; what is not says why."""
    if row["status"] in CALM and not row["flags"]:
        return ", ".join(str(row[key]) for key in ("url", "wanted") if row.get(key))
    return str(row["message"] or row["reason"] or "")
