"""HelmReleases that a rollback holds, as it leaves them on the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.note import NOTE, Note

from tests.unit.flux_objects import Item, ago, helm_release, ready

SINCE = 3600.0
WHY = {
    "gitops.flux/suspended-by": "ops-user",
    "gitops.flux/suspended-reason": "1.3.0 does not start",
    "gitops.flux/suspended-ticket": "INC-7",
    "gitops.flux/suspended-change": "helm-rollback",
}


def note(phase: str, strategy: str = "helm") -> str:
    """Revision 4 (chart 1.3.0) is taken back to revision 3 (chart 1.2.0)."""
    source, target = ({"revision": 4, "chart_version": "1.3.0"}, {"revision": 3, "chart_version": "1.2.0"})
    return Note(phase=phase, strategy=strategy, at=ago(SINCE), plan="d1", source=source, target=target).text


def held(phase: str, *, strategy: str = "helm", suspended: bool = True, until: str | None = None, **more: Any) -> Item:
    """Held by ops-user; a pinned one runs on, with suspended=False."""
    notes = {NOTE: note(phase, strategy), **WHY, **({"gitops.flux/suspended-until": until} if until else {})}
    annotations: Mapping[str, str] = {**notes, **more.pop("annotations", {})}
    said = more.pop("said", ready())
    return helm_release("shop", said, spec={"suspend": True} if suspended else {}, annotations=annotations, **more)
