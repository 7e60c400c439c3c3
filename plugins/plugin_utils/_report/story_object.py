# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the object says about itself: revisions, times, suspension, conditions, runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.causes import short_revision
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import age, clock, escaped, reference, table

Story = Mapping[str, Any]
REVISIONS = (
    ("asked_for", "asked for"),
    ("offered", "offered by its source"),
    ("attempted", "tried last"),
    ("running", "running"),
    ("origin", "built from"),
)


def object_lines(story: Story, now: str | None) -> list[str]:
    """Facts in short lines; what is not known has none."""
    record = story["object"]
    found = [
        ("Revisions", " · ".join(_revision(record["revisions"], key, label) for key, label in _known(record))),
        ("Expected", _expected(story["expected"])),
        ("Path in its source", escaped(record["path"], 200)),
        ("Last good", _moment(record["last_good_at"], now)),
        ("Next try by Flux itself", clock(record["next_retry_at"], now)),
        ("Running now", _running(record, now)),
        ("Suspended", _suspended(record, now)),
        ("Held by finalizers", escaped(", ".join(record["finalizers"]), 200)),
        ("Generation of its spec", _generation(record)),
        ("It names, and nobody reads here", _names(record)),
    ]
    return [f"{label}: {text}" for label, text in found if text]


def _known(record: Story) -> list[tuple[str, str]]:
    return [(key, label) for key, label in REVISIONS if record["revisions"][key]]


def _revision(revisions: Story, key: str, label: str) -> str:
    return f"{label} {escaped(short_revision(revisions[key]), 120)}"


def _expected(found: Story | None) -> str:
    if found is None:
        return ""
    words = {True: "", False: "**not** ", None: "not known whether "}
    parts = [f"{words[found[key]]}{key}" for key in ("fetched", "running")]
    return f"{escaped(found['revision'], 60)} is {', '.join(parts)}"


def _moment(moment: str | None, now: str | None) -> str:
    return f"{clock(moment, now)}, {age(moment, now)} ago" if moment else ""


def _running(record: Story, now: str | None) -> str:
    running = record["running"]
    if not running:
        return ""
    deployed = f", deployed {clock(running['deployed_at'], now)}" if running["deployed_at"] else ""
    return f"revision {running['revision']}, chart {escaped(running['chart'])} {running['chart_version']}{deployed}"


def _suspended(record: Story, now: str | None) -> str:
    pause = record["suspended"]
    if not pause:
        return ""
    by = f" by {escaped(pause['by'], 60)}" if pause["by"] else ""
    why = f": {escaped(pause['reason'], 120)}" if pause["reason"] else ""
    ticket = f" ({escaped(pause['ticket'], 60)})" if pause["ticket"] else ""
    until = f", until {pause['until']}" if pause["until"] else ""
    since = _moment(pause["since"], now)
    return f"{f'since {since}' if since else 'for an unknown time'}{by}{why}{ticket}{until}; it was {pause['last']}"


def _generation(record: Story) -> str:
    seen, wanted = record["observed_generation"], record["generation"]
    if seen == wanted or not wanted or seen is None:
        return ""
    return f"{wanted}; {f'its controller has finished {seen}' if seen > 0 else 'its controller has finished none yet'}"


def _names(record: Story) -> str:
    return ", ".join(f"{escaped(reference(row), 120)} ({row['field']})" for row in record["names"])


def object_tables(record: Story, now: str | None) -> list[list[str]]:
    """Its conditions, then its last runs."""
    conditions = [
        [row["type"], row["status"], escaped(row["reason"], 60), age(row["changed_at"], now), escaped(row["message"])]
        for row in record["conditions"]
    ]
    runs = [
        [escaped(row["outcome"], 60), escaped(short_revision(row["revision"])), *_span(row, now)]
        for row in record["history"]
    ]
    found = [
        table(["condition", "status", "reason", "for", "message"], conditions),
        table(["last runs", "revision", "first", "last"], runs),
    ]
    return [lines for lines in found if lines]


def _span(row: Story, now: str | None) -> list[str]:
    return [clock(row["first_at"], now), clock(row["last_at"], now)]
