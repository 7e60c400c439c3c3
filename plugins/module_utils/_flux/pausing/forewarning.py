# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be said before something is paused or resumed: that it will not last, and whom it hurts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import Facts
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.blast import (
    LATER,
    NOW,
    Around,
    blocked_by,
    waiting_for,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import RESUMED, SUSPENDED, Step
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.ways import field_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import READY

# Who applies what stands in Git, and takes back what others have written over it.
APPLIERS = frozenset({"kustomize-controller", "helm-controller", "flux-operator"})
_SHOWN = 5


def forewarnings(step: Step, all_paused: Collection[Ref], around: Around) -> list[str]:
    """The warnings about one object, known before anything is written."""
    ref = step.stand.ref
    found = [*_will_be_reverted(step, all_paused)]
    if step.state != SUSPENDED or ref not in around.facts:
        return found
    blocked = blocked_by(ref, all_paused, around)
    now, later = ([each for each, effect in blocked.items() if effect == which] for which in (NOW, LATER))
    if now:
        found.append(f"{ref}: blocks {counted(now)} as long as it is suspended.")
    if later:
        found.append(f"{ref}: blocks {counted(later)} from the next commit of {around.facts[ref].source} on.")
    if parents := waiting_for(ref, all_paused, around):
        found.append(f"{ref}: {_waiting(parents)}{_as_it_is(around.status(ref))}.")
    return found


def _will_be_reverted(step: Step, all_paused: Collection[Ref]) -> Iterable[str]:
    """Whoever applies the field from Git applies it again. Not while the owner is paused itself."""
    stand = step.stand
    appliers = sorted(stand.managers & APPLIERS)
    is_written = (
        step.patch is not None and step.state in (SUSPENDED, RESUMED) and stand.suspended == (step.state == RESUMED)
    )
    if appliers and is_written and stand.owner not in all_paused:
        owner = f" ({stand.owner})" if stand.owner else ""
        wish = "suspended" if step.state == SUSPENDED else "running"
        yield (
            f"{stand.ref}: Git itself sets {field_of(stand.kind)}, through {', '.join(appliers)}{owner}, "
            f"and takes this back with its next apply. To keep it {wish}, change it in Git."
        )


def _waiting(parents: Sequence[Ref]) -> str:
    return f"{counted(parents)} {'waits' if len(parents) == 1 else 'wait'} for its health"


def _as_it_is(status: str) -> str:
    """A suspended object keeps its last conditions, and those are what its parent looks at."""
    if status == READY:
        return " and goes on seeing it as ready, whatever becomes of it"
    return f" and fails as long as it is suspended, because it is {status}"


def reverted(stand: Stand) -> str:
    """Said when the object is no longer as we left it."""
    writers = ", ".join(sorted(stand.managers)) or "somebody"
    return f"{stand.ref}: is not suspended any more; {writers} has taken it back."


def unacknowledged(facts: Facts, outcome: str, seconds: float) -> str | None:
    """What a barrier that was not reached means for whoever goes on."""
    controller = KINDS[facts.kind].controller
    if outcome == "controller_down":
        return (
            f"{facts.ref}: suspended, but {controller} does not run: nothing is in flight now, and it has not seen it."
        )
    if outcome == "timed_out":
        return f"{facts.ref}: suspended, but {controller} has not said so within {seconds:g} s: a run may be going on."
    return None


def counted(refs: Sequence[Ref]) -> str:
    """The first few by name: Kustomization/a/b, Kustomization/a/c and 7 more."""
    names = sorted(map(str, refs))
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
