"""A measured figure, and the bound it has to keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """value is a ratio or a number in unit; bound is its upper limit, None for what is only printed."""

    name: str
    value: float
    unit: str = ""
    bound: float | None = None
    detail: str = ""

    @property
    def missed(self) -> bool:
        return self.bound is not None and self.value > self.bound


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = ["| figure | measured | bound | |", "|---|---|---|---|"]
    for figure in figures:
        bound = "" if figure.bound is None else f"≤ {figure.bound:g} {figure.unit}".rstrip()
        rows.append(f"| {figure.name} | {figure.value:.2f} {figure.unit} | {bound} | {figure.detail} |")
    return "\n".join(rows)
