"""A case: one fault, what is to be said about it, and how it is mended. Data, below cases/; one document is one case.

  name, title            the namespace is truth-NAME; objects, waits and the like are in it unless they say otherwise
  cluster, round         where (default ottawa) and when (default 1): what disturbs others is on a cluster or in a round
                         of its own
  subject                what an operator would ask the tools about
  sources                `fleet`: a GitRepository of its own; `charts`: a HelmRepository of its own
  make, repair           lists of stages, see `Stage`; before the first stage of `repair` the faults are undone. Where
                         it is empty, the commands the health check prints are all it takes
  ask_when               condition type → {status, …}: the moment in which the tools are asked
  expect                 see `Expected`

@NAMES@ are filled in as in the scenarios, and @NS@, @DIR@ (its folder in the
repository), @APP@ (a manifest of a ConfigMap), @AGE_KEY@ (what is encrypted is encrypted for), @OTHER_AGE_KEY@.
Objects are referred to as Kind/name, or Kind/namespace/name. What an object leaves out is as in `usual.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).with_name("cases")
Json = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """What is done together, in this order; then all waits. Files are below the case's folder, null takes one away."""

    files: Mapping[str, str | None] = field(default_factory=dict)
    encrypted: Mapping[str, str] = field(default_factory=dict)
    charts: tuple[Json, ...] = ()
    push_charts: tuple[Json, ...] = ()
    unpublish: tuple[Json, ...] = ()
    faults: tuple[Json, ...] = ()
    objects: tuple[Json, ...] = ()
    reported: tuple[Json, ...] = ()  # objects with a status, as the controller that does not run here writes it
    patches: tuple[Json, ...] = ()
    deletes: tuple[Json, ...] = ()
    reconcile: tuple[Json, ...] = ()
    wait: tuple[Json, ...] = ()
    pause: float = 0.0  # seconds this stage takes at least


@dataclass(frozen=True)
class Cause:
    """A root cause. Without `freed_alone` every victim is freed; `among_victims` names only some of the victims."""

    ref: str
    cls: str
    victims: tuple[str, ...] = ()
    among_victims: tuple[str, ...] = ()
    freed_alone: int | None = None
    members: tuple[str, ...] = ()
    at_risk: tuple[str, ...] | None = None
    handoff: str | None = None
    says: str = ""


@dataclass(frozen=True)
class Expected:
    """What the health check has to say: the status of objects, its causes, hints of a class, overdue suspensions."""

    statuses: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
    overdue: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    subject: str
    expect: Expected
    make: tuple[Stage, ...]
    repair: tuple[Stage, ...]
    cluster: str = "ottawa"
    round: int = 1
    sources: tuple[str, ...] = ()
    ask_when: Mapping[str, Any] = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        return f"truth-{self.name}"

    @property
    def folder(self) -> str:
        """In the repository."""
        return f"truth/{self.name}"

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """All that this case makes."""
        made = [item for stage in self.make for item in stage.objects if item["kind"] == "Namespace"]
        return frozenset({self.namespace, *(item["name"] for item in made)})

    @property
    def faults(self) -> list[Json]:
        return [fault for stage in self.make for fault in stage.faults]

    @property
    def cause_names(self) -> list[str]:
        return [cause.ref for cause in self.expect.causes]


def load_cases(folder: Path = CASES) -> list[Case]:
    documents = (doc for file in sorted(folder.glob("*.yaml")) for doc in yaml.safe_load_all(file.read_text()) if doc)
    return [case_of(document) for document in documents]


def case_of(told: Mapping[str, Any]) -> Case:
    place = f"truth-{told['name']}"
    given = {name: told[name] for name in ("name", "title", "cluster", "round", "ask_when") if name in told}
    unknown = set(told) - {each.name for each in fields(Case)}
    if unknown:
        raise ValueError(f"case {told['name']}: nobody knows {', '.join(sorted(unknown))}")
    return Case(
        **given,
        sources=tuple(told.get("sources", ())),
        subject=full_name(told["subject"], place),
        expect=_expected(told["expect"], place),
        make=tuple(_stage(stage, place) for stage in told["make"]),
        repair=tuple(_stage(stage, place) for stage in told["repair"]),
    )


def full_name(name: str, namespace: str) -> str:
    """Kind/namespace/name of Kind/name."""
    kind, *rest = name.split("/")
    return "/".join([kind, *([namespace] if len(rest) == 1 else []), *rest])


def _all(names: Iterable[str], place: str) -> tuple[str, ...]:
    return tuple(sorted(full_name(name, place) for name in names))


def _stage(told: Mapping[str, Any], place: str) -> Stage:
    given: Json = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    for name in ("patches", "deletes", "reconcile", "wait"):
        given[name] = tuple({"namespace": place} | row for row in given.get(name, ()))
    return Stage(**given)


def _expected(told: Mapping[str, Any], place: str) -> Expected:
    return Expected(
        statuses={full_name(name, place): status for name, status in told.get("statuses", {}).items()},
        causes=tuple(_cause(row, place) for row in told.get("causes", ())),
        hints={full_name(name, place): cls for name, cls in told.get("hints", {}).items()},
        overdue=_all(told.get("overdue", ()), place),
    )


def _cause(told: Mapping[str, Any], place: str) -> Cause:
    given = {name: value for name, value in told.items() if name not in ("cause", "class")}
    for name in ("victims", "among_victims", "members", "at_risk"):
        if name in given:
            given[name] = _all(given[name], place)
    return Cause(full_name(told["cause"], place), told["class"], **given)
