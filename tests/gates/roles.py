"""What a role's files and meta/runtime.yml promise, compared with what is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

LONGEST_TASK_FILE = 50
LONGEST_README = 40
ABSENT = "no default"


def role_findings(root: Path) -> Iterator[str]:
    yield from ungrouped_modules(root)
    for role in sorted(path for path in (root / "roles").glob("*") if path.is_dir()):
        yield from disagreeing_defaults(role)
        yield from unprefixed_defaults(role)
        yield from too_long(role)


def ungrouped_modules(root: Path) -> Iterator[str]:
    """Every module is in the action group `flux`, and nothing else is."""
    group = set(_yaml(root / "meta/runtime.yml")["action_groups"]["flux"])
    modules = {path.stem for path in (root / "plugins/modules").glob("[!_]*.py")}
    yield from (f"meta/runtime.yml: module {name} is not in the action group flux" for name in sorted(modules - group))
    yield from (
        f"meta/runtime.yml: the action group flux has {name}, no such module" for name in sorted(group - modules)
    )


def disagreeing_defaults(role: Path) -> Iterator[str]:
    """defaults/main.yml sets the values, argument_specs.yml only documents them: both must say the same."""
    defaults = _yaml(role / "defaults/main.yml") or {}
    entries = (_yaml(role / "meta/argument_specs.yml") or {}).get("argument_specs", {})
    options = {name: spec for entry in entries.values() for name, spec in entry.get("options", {}).items()}
    for name in sorted(defaults.keys() - options.keys()):
        yield f"{role.name}: {name} has a default and no argument spec"
    for name, spec in sorted(options.items()):
        documented, actual = spec.get("default", ABSENT), defaults.get(name, ABSENT)
        if documented != actual:
            yield f"{role.name}: {name} is documented with {documented!r}, and its default is {actual!r}"


def unprefixed_defaults(role: Path) -> Iterator[str]:
    names = _yaml(role / "defaults/main.yml") or {}
    yield from (f"{role.name}: {name} does not start with {role.name}_" for name in names if not _is_of(name, role))


def too_long(role: Path) -> Iterator[str]:
    limits = [(path, LONGEST_TASK_FILE) for path in sorted((role / "tasks").glob("*.yml"))]
    for path, limit in [*limits, (role / "README.md", LONGEST_README)]:
        if not path.is_file():
            yield f"{role.name}: {path.name} is missing"
        elif (lines := len(path.read_text(encoding="utf-8").splitlines())) > limit:
            yield f"{role.name}: {path.name} has {lines} lines, more than {limit}"


def _is_of(name: str, role: Path) -> bool:
    return name.startswith((f"{role.name}_", f"__{role.name}_"))


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
