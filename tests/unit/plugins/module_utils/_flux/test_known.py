"""Known failures hold until they expire, and say so when they do not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.known import known_of

from tests.unit.flux_objects import NOW, ago

CAUSE = {"kind": "Kustomization", "namespace": "flux-system", "name": "app", "class": "unknown"}


@pytest.mark.parametrize(
    ("entry", "holds"),
    [
        ({"kind": "Kustomization"}, True),
        ({"name": "app", "namespace": "flux-system"}, True),
        ({"class": "unknown"}, True),
        ({"cluster": "ottawa"}, True),
        ({"cluster": "talos-ottawa", "name": "app"}, True),
        ({"cluster": "robbinsdale", "name": "app"}, False),
        ({"name": "other"}, False),
        ({"name": "app", "class": "build"}, False),
        ({"name": "app", "until": ago(-60)}, True),
        ({"name": "app", "until": date(2026, 11, 21)}, True),
        ({"name": "app", "until": ago(0)}, False),
        ({"name": "app", "until": "2026-11-20"}, False),
    ],
)
def test_matching(entry: dict[str, Any], *, holds: bool) -> None:
    assert (known_of([entry], ("ottawa", "talos-ottawa"), NOW).mark_of(CAUSE) is not None) is holds


def test_what_is_shown() -> None:
    known = known_of([{"name": "app", "ticket": "OPS-1", "until": "2026-12-24"}], (), NOW)
    assert known.mark_of(CAUSE) == {"ticket": "OPS-1", "until": "2026-12-25T00:00:00Z"}
    assert known.warnings == []


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("app", "Known failure 1 is not used: it is not a mapping with some of cluster, kind,"),
        ({"ticket": "OPS-1"}, "Known failure 1 is not used: it needs at least one of cluster, kind,"),
        ({"nmae": "app"}, "Known failure 1 is not used: it has 'nmae', which is none of cluster, kind,"),
        (
            {"name": "app", "until": "soon"},
            "Known failure 1 is not used: its until, 'soon', is no time like 2026-12-24T18:00:00Z",
        ),
        (
            {"kind": "Kustomization", "name": "app", "ticket": "OPS-1", "until": "2026-11-20"},
            "Known failure 1 (Kustomization/app, OPS-1) has expired at 2026-11-21T00:00:00Z: it counts again.",
        ),
    ],
)
def test_one_sentence_for_an_entry_that_does_not_hold(entry: Any, sentence: str) -> None:
    known = known_of([entry], (), NOW)
    assert known.mark_of(CAUSE) is None
    assert len(known.warnings) == 1
    assert known.warnings[0].startswith(sentence)


def test_other_clusters_entries_are_not_this_clusters_business() -> None:
    assert known_of([{"cluster": "elsewhere", "until": "2026-11-20"}], ("ottawa",), NOW).warnings == []
