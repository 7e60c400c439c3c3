# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a rollback: what is done in which order, what it is refused for, and what is taken off the HelmRelease."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import FluxError, InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import REQUESTED_AT
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.stand import Stand, traces_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref, mapping
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.borrowed import Operation, look_up
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.desired import CHART, VALUES, Verdict
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import CHANGE, NOTE, ROLLING_BACK, Note
from ansible_collections.gitops.flux.plugins.module_utils._flux.suspension import FREEZE

Item = Mapping[str, Any]
RESET_AT = "reconcile.fluxcd.io/resetAt"
# Nobody's name: a HelmRelease that waits for it is not acted on, whatever Git says of spec.suspend.
GUARD = "gitops-flux-held-by-a-rollback"
GUARDED = [{"name": GUARD}]
DEPENDS_ON = ("spec", "dependsOn")
# https://fluxcd.io/flux/components/helm/helmreleases/#release-name
MOVING = (CHART, "releaseName", "targetNamespace", "storageNamespace")


class Refused(FluxError):
    """The release is not let go. It stays held, as it was."""


def ending_steps(note: Note, ref: Ref, owner: Ref | None) -> list[str]:
    """In the order they are done."""
    asked = f"ask {owner} and its source to apply what Git says, and wait" if owner else "nobody applies it: as it is"
    return [
        f"suspend {ref} and wait until helm-controller has acknowledged",
        *([f"restore what the rollback has changed, as Secret {note.kept_in} has it"] if note.kept_in else []),
        *(
            ["have it wait for something that is not there, because Git says spec.suspend: false"]
            if note.git_suspend
            else []
        ),
        *([f"let {owner} apply it again"] if owner and (note.frozen or note.kept_in) else []),
        asked,
        "compare what it asks for with the bad state; if it is that still, stop here, and stay held",
        "have the chart fetched, and compare what was found as well",
        "let it go, with one patch that also removes every note of the rollback",
        "watch the first action of helm-controller to its end",
    ]


def ending_digest(note: Note, subject: str) -> str:
    """The same for as long as it is the same rollback that would be finished."""
    said = [subject, note.at, note.strategy, note.source.get("revision"), note.target.get("revision"), note.git_suspend]
    return f"sha256:{hashlib.sha256(json.dumps(said).encode()).hexdigest()}"


def require_finishable(note: Note, ref: Ref) -> None:
    """Half a rollback is not finished but carried on."""
    if note.phase == ROLLING_BACK:
        raise InvalidInput(
            f"The rollback of {ref} to revision {note.target.get('revision')} was interrupted while Helm was at it.",
            "Run gitops.flux.flux_helm_rollback again: it carries on from there. Then finish it.",
        )


def require_guardable(note: Note, item: Item, ref: Ref, *, force: bool) -> None:
    """Git would resume it the moment its owner may apply it again, good or bad: it must be stopped in another way."""
    there, found = look_up(item, DEPENDS_ON)
    if note.git_suspend and there and found != GUARDED and not force:
        raise InvalidInput(
            f"Git says spec.suspend: false, and spec.dependsOn as well: {ref} runs as soon as its owner applies it, "
            "and nothing can be compared before.",
            "Make sure that the fixing revision is in Git, and run it again with force: true; "
            "or take spec.suspend out of Git.",
        )


def refuse_stranger(stand: Stand) -> None:
    """Without a note of ours it is somebody else's pause."""
    pause = stand.pause
    if stand.suspended and pause is not None:
        change = f" under change {pause.change}" if pause.change and pause.change != CHANGE else ""
        reason = f" ({pause.reason})" if pause.reason else ""
        raise InvalidInput(
            f"{stand.ref} is not held by a rollback: it is suspended by {pause.by or 'somebody'}{change}{reason}.",
            "It is for them to resume it.",
        )


def refusal_of(verdict: Verdict, why_unverified: str | None, *, accepted: bool, fetched: bool) -> str | None:
    """Why it is not let go, in one sentence; None when what Git asks for is not the bad state any more.

    fetched: whether the chart has been fetched, so that its version is known even where Git asks for a range.
    """
    unknown = [name for name in verdict.unverified if name != VALUES]
    if unknown and not fetched:
        return None
    if verdict.still_bad and verdict.remains:
        return f"Git still asks for the bad state: unchanged is {_cut(verdict.remains)}"
    if verdict.still_bad and unknown:
        return f"Nobody can tell whether Git still asks for the bad state: {_cut(unknown)} is not known"
    if VALUES in verdict.unverified:
        return None if accepted else f"Values unverified: {why_unverified or 'they are not known'}"
    return "Git still asks for the bad state" if verdict.still_bad else None


def _cut(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def something_new(verdict: Verdict, revision: Any) -> str:
    """What is going to be deployed, as far as it is neither the bad state nor the one that was gone back to."""
    if verdict.is_target:
        return f"Git asks for what revision {revision} was"
    return f"Git asks for something new; other than in revision {revision} is {_cut(verdict.news) or 'nothing known'}"


def uninstalls_first(verdict: Verdict) -> str | None:
    """What makes helm-controller uninstall the release before it installs it anew."""
    changed = [name for name in verdict.news if name in MOVING]
    if not changed:
        return None
    return f"helm-controller is going to uninstall the release first, because of its new {_cut(changed)}"


def letting_go(item: Item, stand: Stand, token: str) -> list[Operation]:
    """One JSON patch: resumed, every annotation of ours gone, and a run asked for that counts no earlier failure."""
    annotations = mapping(mapping(item.get("metadata")).get("annotations"))
    gone = [key for key in (NOTE, FREEZE, *traces_of(stand)) if key in annotations]
    operations: list[Operation] = [{"op": "remove", "path": annotation(key)} for key in gone]
    operations += [{"op": "add", "path": annotation(key), "value": token} for key in (REQUESTED_AT, RESET_AT)]
    if look_up(item, ("spec", "suspend")) == (True, True):
        operations.append({"op": "remove", "path": "/spec/suspend"})
    return operations + unguarding(item)


def guarding(item: Item) -> list[Operation]:
    there, _found = look_up(item, DEPENDS_ON)
    return [] if there else [{"op": "add", "path": "/spec/dependsOn", "value": GUARDED}]


def unguarding(item: Item) -> list[Operation]:
    return [{"op": "remove", "path": "/spec/dependsOn"}] if look_up(item, DEPENDS_ON)[1] == GUARDED else []


def annotation(key: str) -> str:
    """Where an annotation is, as a JSON patch names it."""
    return "/metadata/annotations/" + key.replace("~", "~0").replace("/", "~1")
