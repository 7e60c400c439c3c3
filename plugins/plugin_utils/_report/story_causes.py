# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object hangs on, each cause with what it says and its first command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import age, clock, count, escaped, reference

Story = Mapping[str, Any]
EVIDENCE, EVIDENCE_START = 3, 60


def story_causes(story: Story, now: str | None) -> list[dict[str, Any]]:
    """One block a cause, the object itself first."""
    ordered = sorted(story["causes"], key=lambda cause: cause["relation"] != "itself")
    return [_block(cause, story["object"], now) for cause in ordered]


def _block(cause: Story, record: Story, now: str | None) -> dict[str, Any]:
    return {
        "heading": f"{_heading(cause)} ({cause['class']})",
        "lines": [*_facts(cause, record, now), *_advice(cause)],
        "commands": [
            {"label": "Then" if command["writes"] else "Look", "text": command["command"], "writes": command["writes"]}
            for command in cause["commands"][:1]
        ],
    }


def _heading(cause: Story) -> str:
    name, others = escaped(reference(cause)), cause["victims_count"]
    if cause["relation"] == "itself":
        return "It is itself the cause" + (
            f", and {count(others, 'object')} {'hangs' if others == 1 else 'hang'} on it" if others else ""
        )
    if cause["relation"] == "member":
        return "It is in a circle in which each waits for the next"
    return f"It gets nothing new from {name}" if cause["relation"] == "at_risk" else f"It hangs on {name}"


def _facts(cause: Story, record: Story, now: str | None) -> list[str]:
    """What it says and since when; of the object itself both stand at the top of the report."""
    lines = []
    if cause["relation"] != "itself" or cause["message"] != record["message"]:
        since = cause.get("since")
        when = f" · since {clock(since, now)}, {age(since, now)} ago" if since else ""
        lines.append(f"{escaped(cause['message'], 600)}{when}")
    lines += [f"Evidence: {escaped(text, 400)}" for text in _news(cause)]
    if cause["members"]:
        lines.append(f"Together: {escaped(', '.join(cause['members']), 400)}")
    return lines


def _news(cause: Story) -> list[str]:
    """The evidence that says more than the message; the object's own stands all over this report."""
    found = [] if cause["relation"] == "itself" else cause["evidence"]
    return [text for text in found if text[:EVIDENCE_START] not in cause["message"]][:EVIDENCE]


def _advice(cause: Story) -> list[str]:
    pairs = (("Meaning", cause["meaning"]), ("Remedy", cause["remedy"]), ("Hand over to", cause["handoff"]))
    return [f"{label}: {escaped(text, 600)}" for label, text in pairs if text]
