"""What a gate is, and the result of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Command = tuple[str | Path, ...]


@dataclass(frozen=True)
class Gate:
    """Commands run one after the other until one fails; all of them good is the gate passed."""

    name: str
    commands: tuple[Command, ...] = ()
    minutes: float = 5
    folder: Path | None = None  # None: the root of the project
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: str | None = None  # the gate that must have passed before
    skipped: str | None = None  # why it cannot be run on this machine

    @property
    def log_name(self) -> str:
        return "".join(each if each.isalnum() or each in ".-" else "-" for each in self.name) + ".log"


@dataclass(frozen=True)
class Phase:
    """Gates that may run side by side, `width` at a time."""

    gates: tuple[Gate, ...]
    width: int = 1


@dataclass(frozen=True)
class Outcome:
    gate: Gate
    state: str  # passed, failed, skipped
    message: str = ""
    seconds: float = 0
    skips: tuple[str, ...] = ()  # what the gate itself left out, in its own words
