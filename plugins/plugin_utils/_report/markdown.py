# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words and Markdown: how counts, ages, references and foreign text are written in every report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_time

MESSAGE_LIMIT = 240
# A cell above this width is not padded to: one long name must not push a table out of the window.
WIDEST_PADDED = 60
# What would end a table cell, start HTML or switch emphasis on in the middle of a controller's message.
SPECIAL = re.compile(r"([\\|`<*])")
BLANK_LINES = re.compile(r"\n{3,}")


def cut(text: object, limit: int = MESSAGE_LIMIT) -> str:
    """One line of at most limit characters; the cut keeps the start and the end, where the cause often stands."""
    line = " ".join(str(text or "").split())
    if len(line) <= limit:
        return line
    tail = limit // 3
    return f"{line[: limit - tail - 3]} … {line[-tail:]}"


def escaped(text: object, limit: int = MESSAGE_LIMIT) -> str:
    """Foreign text as one line of Markdown that cannot break the line, the table or the page."""
    return SPECIAL.sub(r"\\\1", cut(text, limit))


def count(number: int, noun: str) -> str:
    """'1 cause', '2 causes', '1,204 objects'."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def reference(item: Mapping[str, Any]) -> str:
    """'Kustomization apps/web', the name of an object everywhere."""
    place = f"{item['namespace']}/" if item.get("namespace") else ""
    return f"{item['kind']} {place}{item['name']}"


def slash_reference(item: Mapping[str, Any]) -> str:
    """'Kustomization/apps/web', as victims are named in the JSON."""
    return f"{item['kind']}/{item.get('namespace') or ''}/{item['name']}"


def duration(seconds: float | None) -> str:
    """The two words an operator thinks in: '41 min', '3 h', '2 d'. Empty when unknown."""
    if seconds is None:
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def age(moment: str | None, now: str | None) -> str:
    """How long before now (both RFC 3339) moment was; empty when either is unknown."""
    if not moment or not now:
        return ""
    return duration((parse_time(now) - parse_time(moment)).total_seconds())


def clock(moment: str | None, now: str | None) -> str:
    """'02:31' on the day of now, else '2026-11-18 02:31': UTC, like everything in the reports."""
    if not moment:
        return ""
    day, time = moment[:10], moment[11:16]
    return time if now and now[:10] == day else f"{day} {time}"


def stamp(moment: str | None) -> str:
    """'2026-11-21 03:12:07 UTC'."""
    return f"{moment[:10]} {moment[11:19]} UTC" if moment else ""


def listed(items: Iterable[str], most: int) -> str:
    """The first items, and how many more there are."""
    names = list(items)
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def compact(references: Iterable[str], most: int) -> str:
    """'Kustomization apps/a, apps/b · HelmRelease apps/c' from 'Kind/namespace/name' references."""
    kinds: dict[str, list[str]] = {}
    for text in references:
        kind, _slash, rest = text.partition("/")
        kinds.setdefault(kind, []).append(rest)
    return " · ".join(f"{kind} {listed(names, most)}" for kind, names in kinds.items())


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns line up in a terminal too; wide cells and the last column stay as they are."""
    if not rows:
        return []
    widths = [_width(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    widths[-1] = len(columns[-1])
    dashes = [(width + 2) * "-" for width in widths]
    return [_table_row(columns, widths), f"|{'|'.join(dashes)}|", *(_table_row(row, widths) for row in rows)]


def _width(column: str, cells: Iterable[str]) -> int:
    return max([len(column), *(len(cell) for cell in cells if len(cell) <= WIDEST_PADDED)])


def _table_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"


def rendered(template: Path, view: Mapping[str, Any]) -> str:
    """The view printed by the template file; includes are looked up beside it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Markdown, not HTML: foreign text is escaped where the views are built.
        autoescape=False,  # noqa: S701
    )
    text = environment.get_template(template.name).render(view)
    return BLANK_LINES.sub("\n\n", text).strip() + "\n"
