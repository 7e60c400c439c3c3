# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a run: one row for each object, and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import SUSPENDED, Member
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.run import Run
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER
from ansible_collections.gitops.flux.plugins.module_utils._flux.redaction import redact
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

_MOST_TEXT = 600

Record = Mapping[str, Any]


def rows_of(run: Run, records: Mapping[Ref, Record], causes: Sequence[Record]) -> list[dict[str, Any]]:
    """A row for each object of the run; records and causes are those of the reading after it."""
    by_victim = {victim: cause for cause in reversed(causes) for victim in cause["victims"]}
    by_name = {f"{cause['kind']}/{cause['namespace']}/{cause['name']}": cause for cause in causes}
    members = sorted((member for member in run.members.values() if member.reported), key=_place)
    return [
        _row(member, run, records.get(member.ref), by_name.get(str(member.ref)) or by_victim.get(str(member.ref)))
        for member in members
    ]


def _place(member: Member) -> tuple[int, str, str]:
    return KIND_ORDER[member.ref.kind], member.ref.namespace, member.ref.name


def _row(member: Member, run: Run, record: Record | None, cause: Record | None) -> dict[str, Any]:
    verdict, facts = member.verdict, run.board.world.get(member.ref)
    rests = verdict is not None and verdict.verdict == SUSPENDED
    bad = verdict is not None and (verdict.bad or (rests and run.wishes.fail_on_suspended))
    known = facts or member.before
    return {
        **member.ref.as_dict(),
        "verdict": verdict.verdict if verdict else None,
        "bad": bad,
        "blocked_by": str(verdict.blocked_by) if verdict and verdict.blocked_by else None,
        "reason": verdict.reason if verdict else None,
        "message": redact(verdict.message)[:_MOST_TEXT] if verdict and verdict.message else None,
        "cause": _cause(cause, str(member.ref)) if bad and cause else None,
        "outcome": verdict.outcome if verdict else None,
        "requested": member.sent,
        "role": member.role,
        "source": known.source.as_dict() if known and known.source else None,
        "revision_before": member.before.revision if member.before else None,
        "revision_after": facts.revision if facts else None,
        "seconds": _seconds(member),
        "suspended": record["suspended"] if record and rests else None,
    }


def _seconds(member: Member) -> float | None:
    if member.began is None or member.ended is None:
        return None
    return round(member.ended - member.began, 2)


def _cause(cause: Record, name: str) -> dict[str, Any]:
    """The commands only where the object is the cause itself: a thousand victims must not repeat them."""
    kept = {key: cause[key] for key in ("kind", "namespace", "name", "class", "message", "meaning", "remedy")}
    own = f"{cause['kind']}/{cause['namespace']}/{cause['name']}" == name
    return {**kept, "commands": cause["commands"] if own else []}


def summary_of_run(rows: Sequence[Record], requests: int) -> dict[str, Any]:
    """The numbers of a run. requests: patches that were accepted."""
    return {
        "total": len(rows),
        "done": sum(row["verdict"] is not None for row in rows),
        "bad": sum(row["bad"] for row in rows),
        "verdicts": dict(Counter(row["verdict"] for row in rows if row["verdict"])),
        "requests": requests,
    }


def failure_of_run(rows: Sequence[Record]) -> str | None:
    """Why a run has failed, in one sentence; None when it has not."""
    bad = [row for row in rows if row["bad"]]
    if not bad:
        return None
    numbers = Counter(row["outcome"] or row["verdict"] for row in bad)
    counted = ", ".join(f"{number} {verdict.replace('_', ' ')}" for verdict, number in numbers.most_common())
    first = min(bad, key=lambda row: (row["verdict"] == "blocked", row["verdict"] == "timed_out"))
    name = f"{first['kind']} {first['namespace']}/{first['name']}"
    said = f": {first['message']}" if first["message"] else ""
    return f"{len(bad)} of {len(rows)} objects are bad ({counted}); first {name} {first['verdict']}{said}"
