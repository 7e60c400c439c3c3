"""docs/truth.md: every fault, what each tool says, and which of them are right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from .answers import TOOLS
from .case import Case
from .verdicts import OURS, Verdict

COLUMNS = (OURS, *TOOLS)
_LONGEST = 110
_HEAD = Path(__file__).with_name("head.md")


def page(rows: Sequence[tuple[Case, Mapping[str, Verdict]]]) -> str:
    return "\n".join([_HEAD.read_text().replace("@NUMBER@", str(len(rows))), *_summary(rows), "", *_table(rows), ""])


def _summary(rows: Sequence[tuple[Case, Mapping[str, Verdict]]]) -> list[str]:
    lines = ["| tool | right | wrong | why wrong |", "|---|---|---|---|"]
    for tool in COLUMNS:
        verdicts = [row[tool] for _case, row in rows]
        right = sum(verdict.right for verdict in verdicts)
        whys = Counter(verdict.why for verdict in verdicts if not verdict.right)
        why = ", ".join(f"{number}x {name}" for name, number in whys.most_common())
        lines.append(f"| {tool} | {right} | {len(rows) - right} | {why} |")
    return lines


def _table(rows: Sequence[tuple[Case, Mapping[str, Verdict]]]) -> list[str]:
    head = ["fault", "asked about", *COLUMNS]
    lines = [_line(head), _line(["---"] * len(head))]
    for case, verdicts in rows:
        kind, _namespace, name = case.subject.split("/")
        lines.append(_line([case.title, f"{kind} {name}", *(_cell(verdicts[tool]) for tool in COLUMNS)]))
    return lines


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(verdict: Verdict) -> str:
    word = "**right**" if verdict.right else f"**wrong**, {verdict.why}"
    return f"{word}: {_cut(verdict.said)}" if verdict.said else word


def _cut(text: str) -> str:
    """In one line, without what differs from run to run."""
    plain = re.sub(r"127\.0\.0\.1:\d{2,5}", "127.0.0.1:…", " ".join(text.split()))
    plain = re.sub(r"/\S*?/\.testbed/", "/testbed/", plain)
    plain = re.sub(r"\b(sha1:|sha256:)?[0-9a-f]{40,64}\b", r"\1…", plain)
    plain = re.sub(r"\bafter \d+(\.\d+)?m?s\b", "after … s", plain)
    short = plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rstrip()} …"
    return short.replace("|", "\\|").replace("<", "&lt;").replace("${", "&#36;{")
