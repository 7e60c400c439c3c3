"""What the health check said of a case, to be held against what it has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .case import Case, Json

# As short as they can be: what was broken a moment ago counts as broken for long.
SETTINGS = {
    "health_check_stale_after": "5s",
    "health_check_stuck_after": "1s",
    "health_check_unobserved_after": "1s",
}
WELL = ("ready", "progressing")


def title(item: Mapping[str, object]) -> str:
    return f"{item['kind']}/{item['namespace']}/{item['name']}"


def causes_found(case: Case, entry: Json) -> dict[str, Json]:
    """The root causes of a cluster that have to do with a case: in its namespaces, or named by it."""
    return {
        title(cause): cause
        for cause in entry["root_causes"]
        if cause["namespace"] in case.namespaces or title(cause) in case.cause_names
    }


def statuses_found(case: Case, entry: Json) -> dict[str, str]:
    found = {title(record): record["status"] for record in entry["objects"]}
    return {name: found.get(name, "not seen") for name in case.expect.statuses}


def classes_expected(case: Case) -> dict[str, str]:
    return {cause.ref: cause.cls for cause in case.expect.causes}


def classes_found(case: Case, entry: Json) -> dict[str, str]:
    return {name: cause["class"] for name, cause in causes_found(case, entry).items()}


def hints_found(case: Case, entry: Json) -> dict[str, str]:
    """Hints by object, of the classes the case asks for."""
    wanted = set(case.expect.hints.values())
    rows = [row for row in entry.get("hints", ()) if row.get("class") in wanted and row.get("namespace")]
    return {title(row): row["class"] for row in rows if row["namespace"] in case.namespaces}


def overdue_found(case: Case, entry: Json) -> tuple[str, ...]:
    rows = [row for row in entry["suspensions"] if row["overdue"] and row["namespace"] in case.namespaces]
    return tuple(sorted(title(row) for row in rows))


def is_told_right(case: Case, entry: Json) -> bool:
    """Status, cause and class of a case, its hints and its overdue suspensions; nothing more and nothing less."""
    return (
        statuses_found(case, entry) == dict(case.expect.statuses)
        and classes_found(case, entry) == classes_expected(case)
        and hints_found(case, entry) == dict(case.expect.hints)
        and overdue_found(case, entry) == case.expect.overdue
        and is_not_called_well(case, entry)
    )


def is_not_called_well(case: Case, entry: Json) -> bool:
    """An object in trouble is not simply Ready: it is a cause, a victim, at risk, overdue, or has a hint or a flag."""
    named = [name for cause in entry["root_causes"] for name in (*cause["victims"], *cause.get("at_risk", ()))]
    causes = [title(cause) for cause in entry["root_causes"]]
    if case.subject in {*named, *causes, *overdue_found(case, entry), *hints_found(case, entry)}:
        return True
    return any(title(record) == case.subject and is_in_trouble(record) for record in entry["objects"])


def is_in_trouble(record: Mapping[str, object]) -> bool:
    return record["status"] not in WELL or bool(record["flags"])


def unexpected(cases: Iterable[Case], entry: Json) -> list[str]:
    """Causes that no case of this cluster has asked for."""
    wanted = {name for case in cases for name in case.cause_names}
    return sorted(name for name in map(title, entry["root_causes"]) if name not in wanted)
