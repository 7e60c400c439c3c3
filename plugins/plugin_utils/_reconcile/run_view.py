# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One cluster's report on a run as data: every count, choice and order is made here, the template only prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.comparing import Row
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.judging import (
    Judgement,
    row_in_brief,
    would_ask,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.moves import move_lines, population_lines
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.run import Run, said
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.trouble import blocked_lines, trouble
from ansible_collections.gitops.flux.plugins.plugin_utils._report.cluster_view import attempts, export_line, subtitle
from ansible_collections.gitops.flux.plugins.plugin_utils._report.markdown import (
    compact,
    count,
    escaped,
    reference,
    slash_reference,
    table,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_tables import (
    SUSPENSION_COLUMNS,
    suspension_rows,
)
from ansible_collections.gitops.flux.plugins.plugin_utils._report.objects import object_named
from ansible_collections.gitops.flux.plugins.plugin_utils._report.sentences import REASON_LIMIT

Verdict = Mapping[str, Any]
VERDICTS = (
    "reconciled", "failed", "stalled", "blocked", "timed_out", "superseded", "suspended", "not_supported", "removed",
)  # fmt: skip
ROWS = 10
NAMED = 20
SLOWEST = 10


def run_view(run: Run, judgement: Judgement, kubeconfig: str | None = None) -> dict[str, Any]:
    """Everything cluster.md.j2 prints for one run."""
    seen = run.after["reachable"]
    return {
        "title": _title(run, judgement),
        "subtitle": f"{subtitle({**run.after, 'seconds': run.seconds})} · mode {escaped(run.mode)}",
        "reachable": seen,
        "check": run.check,
        "problem": escaped(run.problem, REASON_LIMIT) if run.problem else "",
        "attempts": attempts(run.after, kubeconfig) if run.unreachable else [],
        "export": export_line(kubeconfig),
        "counts": _counts(run.verdicts) if not run.check else [],
        "asked": _asked(run.verdicts) if run.check else [],
        "worse": _changed(judgement.worse),
        "fixed": _changed(judgement.fixed),
        **(trouble(run) if seen else {"causes": [], "more_causes": [], "elsewhere": ""}),
        "blocked": blocked_lines(run.verdicts),
        **_skipped(run),
        "notices": [escaped(text, 400) for text in (*run.notices, *run.warnings)],
        "moves": [*move_lines(run.verdicts), *population_lines(run.before, run.after)] if not run.check else [],
        "slowest": _slowest(run.verdicts),
    }


def _title(run: Run, judgement: Judgement) -> str:
    name = escaped(run.display_name)
    if run.problem:
        return f"{name}: {judgement.word} · {escaped(run.problem, REASON_LIMIT)}"
    if run.check:
        return f"{name}: check mode · {would_ask(run)}"
    return f"{name}: {judgement.word} · {_in_numbers(run, judgement)}"


def _in_numbers(run: Run, judgement: Judgement) -> str:
    numbers = judgement.numbers
    if not numbers["objects"]:
        return "there was nothing to ask"
    parts = [
        f"{numbers['reconciled']:,} of {count(numbers['objects'], 'object')} reconciled",
        f"{numbers['bad']} bad" if numbers["bad"] else "",
        f"{numbers['worse']} worse than before" if numbers["worse"] else "",
        f"{numbers['fixed']} fixed" if numbers["fixed"] else "",
        f"{numbers['suspended']} suspended" if numbers["suspended"] else "",
        count(run.requests, "request"),
    ]
    return ", ".join(part for part in parts if part)


def _counts(verdicts: Sequence[Verdict]) -> list[str]:
    """Kinds and verdicts that there are, and only those; a zero is an empty cell."""
    found = Counter((verdict["kind"], verdict["verdict"]) for verdict in verdicts)
    columns = [name for name in VERDICTS if any(verdict == name for _kind, verdict in found)]
    rows = [[kind, *(str(found[kind, name] or "") for name in columns)] for kind in _kinds(verdicts)]
    return table(["", *(name.replace("_", " ") for name in columns)], rows) if columns else []


def _kinds(verdicts: Iterable[Verdict]) -> list[str]:
    return sorted({verdict["kind"] for verdict in verdicts}, key=lambda kind: KIND_ORDER.get(kind, len(KIND_ORDER)))


def _asked(verdicts: Sequence[Verdict]) -> list[str]:
    """In check mode: one line a kind."""
    asked = [verdict for verdict in verdicts if verdict["requested"]]
    names = {kind: [slash_reference(each) for each in asked if each["kind"] == kind] for kind in _kinds(asked)}
    return [f"{count(len(found), kind)}: {compact(found, NAMED).partition(' ')[2]}" for kind, found in names.items()]


def _changed(rows: Sequence[Row]) -> list[str]:
    """What stands for itself line by line; what only waited is counted behind what it waits for."""
    own = [row for row in rows if not row["waits_for"]]
    waiting = Counter(row["waits_for"] for row in rows if row["waits_for"])
    lines = [_changed_line(row) for row in own[:ROWS]]
    more = [row for row in own[ROWS:] if row["name"]]
    lines += [f"and {compact(map(slash_reference, more), NAMED)}"] if more else []
    return [*lines, *(_waiting(name, number) for name, number in waiting.items())]


def _waiting(name: str, number: int) -> str:
    return f"with {count(number, 'object')} waiting for {reference(object_named(name))}"


def _changed_line(row: Row) -> str:
    message = f": {escaped(row['message'], 200)}" if row["message"] else ""
    return f"{row_in_brief(row)}{message}"


def _skipped(run: Run) -> dict[str, Any]:
    """What nobody asked, and why; suspended objects are only listed."""
    part = {slash_reference(verdict) for verdict in run.verdicts}
    rows = [item for item in run.after["suspensions"] if slash_reference(item) in part and not item["frozen"]]
    named = {
        verdict: [slash_reference(each) for each in run.verdicts if each["verdict"] == verdict]
        for verdict in ("not_supported", "superseded")
    }
    words = {
        "not_supported": "Its controller takes no request",
        "superseded": "A newer request of somebody else took over",
    }
    table_rows = suspension_rows(rows, run.after["objects"], run.after["read_at"])
    return {
        "suspended": table(SUSPENSION_COLUMNS, table_rows),
        "skipped": [f"{words[verdict]}: {compact(names, NAMED)}" for verdict, names in named.items() if names],
    }


def _slowest(verdicts: Iterable[Verdict]) -> list[str]:
    timed = sorted((each for each in verdicts if each["seconds"]), key=lambda each: -float(each["seconds"]))
    rows = [[reference(each), said(each), f"{each['seconds']:.1f}"] for each in timed[:SLOWEST]]
    return table(["object", "verdict", "seconds"], rows)
