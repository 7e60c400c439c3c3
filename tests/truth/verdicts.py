"""Right or wrong: the one rule every tool is held against, ours too."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .answers import IN_PROGRESS, NOT_OK, NOTHING, OK, SUSPENDED, Answer
from .case import Case, Json
from .judging import causes_found, classes_found, hints_found, is_told_right, overdue_found, title

OURS = "gitops.flux"
_BLAMES_ANOTHER = "does not name the cause"
_WRONG = {
    OK: "says it is well",
    IN_PROGRESS: "says it is under way",
    SUSPENDED: "says only that it is suspended",
    NOTHING: "says nothing",
}


@dataclass(frozen=True)
class Verdict:
    tool: str
    right: bool
    said: str
    why: str  # of a wrong one


def verdict_on(answer: Answer, case: Case) -> Verdict:
    """Right is: not ok, and the fault is named. What is asked about names itself."""
    said = ": ".join(part for part in (answer.said, answer.text) if part)
    if answer.means != NOT_OK:
        return Verdict(answer.tool, False, said, _WRONG[answer.means])
    named = all(name == case.subject or _is_named(name, answer.text) for name in case.cause_names)
    return Verdict(answer.tool, named and bool(case.cause_names), said, "" if named else _BLAMES_ANOTHER)


def _is_named(ref: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(ref.rpartition('/')[2])}(?![\w-])", text) is not None


def our_verdict(case: Case, entry: Json) -> Verdict:
    """The same rule and more: status, cause and class have to be the ones of the case, and no other cause is named."""
    return Verdict(OURS, is_told_right(case, entry), our_words(case, entry), "not what the case asks for")


def our_words(case: Case, entry: Json) -> str:
    """Status of the object asked about, then causes with their classes, hints and overdue suspensions."""
    record = next((each for each in entry["objects"] if title(each) == case.subject), None)
    status = " ".join([record["status"], *record["flags"]]) if record else "not seen"
    found = causes_found(case, entry)
    causes = [f"{_short(name, case)} {cls}" for name, cls in classes_found(case, entry).items() if name in found]
    hints = [f"hint: {cls}" for cls in hints_found(case, entry).values()]
    overdue = ["overdue suspension"] if overdue_found(case, entry) else []
    return "; ".join([status, *causes, *hints, *overdue])


def _short(name: str, case: Case) -> str:
    """Kind and name; the namespace only where it is another one."""
    kind, namespace, plain = name.split("/")
    return f"{kind} {plain}" if namespace == case.namespace else f"{kind} {namespace}/{plain}"
