# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One object's story as data for its report: every choice and order is made here, the template only prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.commands import aim_at
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    age,
    clock,
    count,
    cut,
    escaped,
    reference,
    stamp,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.story_causes import story_causes
from ansible_collections.gitops.flux.plugins.plugin_utils._report.story_object import object_lines, object_tables
from ansible_collections.gitops.flux.plugins.plugin_utils._report.story_runs import (
    event_table,
    inventory_part,
    log_parts,
    release_part,
    workload_parts,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.story_way import way_table

Story = Mapping[str, Any]
ALARMING = frozenset({"failed", "stalled", "blocked", "terminating", "unknown"})


def story_view(story: Story) -> dict[str, Any]:
    """Everything story.md.j2 prints."""
    told = story["found"]
    return {
        "title": _title(story),
        "subtitle": _subtitle(story),
        "notes": [escaped(text, 400) for text in _notes(story)],
        "told": told,
        "untold": "" if told else escaped(_sentence(story["message"]), 1200),
        "attempts": [] if story["reachable"] else _attempts(story),
        "said": escaped(_said(story["object"]), 1200) if told else "",
        **(_parts(story) if told else {}),
    }


def _parts(story: Story) -> dict[str, Any]:
    now = story["read_at"]
    return {
        "causes": story_causes(story, now),
        "way": way_table(story, now),
        "facts": object_lines(story, now),
        "tables": object_tables(story["object"], now),
        "inventory": inventory_part(story, now),
        "release": release_part(story["release"], now),
        "workloads": workload_parts(story, now),
        "events": event_table(story["events"], now),
        "logs": log_parts(story, now),
        "not_seen": [_unseen(row) for row in story["not_seen"]],
    }


def _title(story: Story) -> str:
    """'Ottawa: Kustomization apps/web FAILED · retrying · at least since 02:31, 41 min ago'."""
    name = escaped(story["display_name"] or story["host"])
    what = escaped(reference(story["subject"]))
    if not story["found"]:
        return f"{name}: {what} cannot be explained"
    record = story["object"]
    status = record["status"].upper() if record["status"] in ALARMING else record["status"]
    return " · ".join([f"{name}: {what} {status}", *record["flags"], *_since(record, story["read_at"])])


def _since(record: Story, now: str | None) -> list[str]:
    moment = record["failing_at_least_since"] or record["since"]
    if not moment:
        return []
    words = "at least since" if record["failing_at_least_since"] else "since"
    return [f"{words} {clock(moment, now)}, {age(moment, now)} ago"]


def _subtitle(story: Story) -> str:
    cluster = story["cluster"] or {}
    user = (cluster.get("user") or {}).get("name")
    version = cluster.get("kubernetes_version")
    parts = [
        cluster.get("context"),
        cluster.get("server"),
        stamp(story["read_at"]),
        f"Kubernetes {version}" if version else None,
        f"as {user}" if user else None,
        f"took {story['seconds']:.1f} s" if story["seconds"] else None,
    ]
    return " · ".join(escaped(part) for part in parts if part)


def _notes(story: Story) -> list[str]:
    if not (story["cluster"] or {}).get("uid_mismatch"):
        return []
    return [f"The cluster that answered is not the one that is meant: its UID is {story['cluster'].get('uid')}."]


def _said(record: Story) -> str:
    return ": ".join(str(record[key]) for key in ("reason", "message") if record[key])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _attempts(story: Story) -> list[str]:
    """What to try when nothing could be read; every command only reads."""
    cluster = story["cluster"] or {}
    hint = [escaped(story["hint"], 400)] if story.get("hint") else []
    if not cluster.get("context"):
        return hint
    asked = aim_at(cluster).kubectl("", "--request-timeout", "10s", "auth", "whoami")
    return [*hint, f"Look: `{asked['command']}`"]


def _unseen(row: Story) -> str:
    words = {"forbidden": "forbidden for this user", "error": "could not be read", "absent": "is not there"}
    message = "" if row["state"] == "forbidden" or not row["message"] else f" ({escaped(row['message'], 160)})"
    return f"{escaped(row['what'], 120)}: {words.get(row['state'], 'not all looked at')}{message}"


def closing_line(story: Story) -> str:
    """The last line of the play about this cluster."""
    if not story["found"]:
        return cut(_sentence(story["message"]), 600)
    causes = story["causes"]
    why = f" · hangs on {count(len(causes), 'cause')}" if causes else ""
    return f"{cut(story['message'], 300)}{why}"
