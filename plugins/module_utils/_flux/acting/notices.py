# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be said before anything is sent: circles, dependencies that are not there, and those that rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.board import Board
from ansible_collections.gitops.flux.plugins.module_utils._flux.acting.member import SUSPENDED
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref

_NAMED = 5


def notices_of(board: Board) -> list[str]:
    """One sentence for each thing that will keep objects from being reconciled."""
    return [*_circles(board), *_missing(board), *_resting(board)]


def _circles(board: Board) -> Iterator[str]:
    circles = {circle[0]: circle for ref, circle in board.circles.items() if ref in board.members}
    for first, circle in sorted(circles.items()):
        names = " -> ".join(str(ref) for ref in [*circle, first])
        yield f"a circle of dependencies keeps its members from ever running: {names}"


def _missing(board: Board) -> Iterator[str]:
    missed: defaultdict[Ref, list[Ref]] = defaultdict(list)
    for member in board.members.values():
        for ref in member.needs:
            if ref not in board.world and ref.kind in board.readable:
                missed[ref].append(member.ref)
    for ref, needing in sorted(missed.items()):
        yield f"{ref} does not exist and is needed by {_named(needing)}"


def _resting(board: Board) -> Iterator[str]:
    """A suspended dependency stays at its revision: once a source it shares moves, it satisfies nobody any more."""
    blocked: defaultdict[tuple[Ref, Ref], list[Ref]] = defaultdict(list)
    for member in board.members.values():
        facts = board.world.get(member.ref)
        source = facts.source if facts is not None and facts.kind == "Kustomization" else None
        if facts is None or source is None or source not in board.members:
            continue
        for ref in facts.depends_on:
            other = board.members.get(ref)
            rests = other is not None and other.verdict is not None and other.verdict.verdict == SUSPENDED
            if rests and ref in board.world and board.world[ref].source == source:
                blocked[source, ref].append(member.ref)
    for (source, ref), needing in sorted(blocked.items()):
        yield f"{ref} is suspended: when {source} moves, it will block {len(needing)}: {_named(needing)}"


def _named(refs: list[Ref]) -> str:
    found = sorted(map(str, refs))
    rest = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + rest
