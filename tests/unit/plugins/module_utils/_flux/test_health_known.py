"""Known failures in the verdict: shown, not counted, until they expire."""

from __future__ import annotations

import pytest

from tests.unit.flux_clusters import FAILS, HEALTHY, judged, rows
from tests.unit.flux_objects import Item, ago, git_repository, kustomization, ready

KNOWN = {"known_failures": [{"cluster": "ottawa", "name": "bad", "ticket": "OPS-1"}]}


@pytest.mark.parametrize(
    "item",
    [
        FAILS,
        git_repository("bad", ready("False", "GitOperationFailed", "refused")),
        kustomization("bad", spec={"suspend": True}, annotations={"gitops.flux/suspended-until": ago(60)}),
        kustomization("bad", ready("Unknown", "Progressing", age=950), spec={"timeout": "1h"}),
        kustomization("bad", deletionTimestamp=ago(700)),
    ],
)
def test_known_failures_are_shown_and_not_counted(item: Item) -> None:
    entry = judged(*HEALTHY, item, settings=KNOWN)
    assert (entry["verdict"], entry["reasons"], entry["root_causes"]) == ("healthy", [], [])
    assert [(row["name"], row["known"]) for row in entry["known_failures"]] == [
        ("bad", {"ticket": "OPS-1", "until": None})
    ]


def test_victims_of_a_known_failure_are_not_counted_either() -> None:
    victim = kustomization("b", ready("False", "DependencyNotReady", age=9000), spec={"dependsOn": [{"name": "bad"}]})
    assert judged(*HEALTHY, FAILS, victim, settings=KNOWN)["verdict"] == "healthy"


def test_a_controller_may_be_a_known_failure() -> None:
    settings = {"known_failures": [{"kind": "Deployment", "name": "kustomize-controller"}]}
    assert judged(*HEALTHY, controllers=rows(kustomize=0))["verdict"] == "degraded"
    assert judged(*HEALTHY, controllers=rows(kustomize=0), settings=settings)["verdict"] == "healthy"


def test_an_expired_known_failure_counts_and_says_so() -> None:
    settings = {"known_failures": [{"name": "bad", "until": "2026-11-20"}]}
    entry = judged(*HEALTHY, FAILS, settings=settings)
    assert entry["verdict"] == "degraded"
    assert entry["warnings"] == ["Known failure 1 (bad) has expired at 2026-11-21T00:00:00Z: it counts again."]
