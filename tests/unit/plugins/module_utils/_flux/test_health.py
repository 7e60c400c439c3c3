"""The verdict: never a false green, and every reason said."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import HealthSettings, cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import FINDINGS
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import signs_of

from tests.unit.flux_clusters import ABSENT, FAILS, FORBIDDEN, HEALTHY, codes, judged, rows
from tests.unit.flux_objects import (
    NEWER,
    Item,
    ago,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
)
from tests.unit.held_releases import held


def test_a_healthy_cluster() -> None:
    entry = judged(*HEALTHY)
    assert (entry["verdict"], entry["reasons"], entry["warnings"]) == ("healthy", [], [])
    assert entry["host"] == "ottawa"
    assert entry["summary"]["total"] == 4


CALM = kustomization("calm", ready(age=600))
WAITS_FOR_NOTHING = kustomization(
    "b", ready("False", "DependencyNotReady", "waits", age=600), spec={"dependsOn": [{"name": "calm"}]}
)
SILENT = signs_of(None, [{"kind": "GitRepository", "namespace": "n", "name": "x", "at": ago(9000), "pod": "p"}])


@pytest.mark.parametrize(
    ("items", "options", "code", "sentence"),
    [
        pytest.param([FAILS], {}, "failed", "Kustomization flux-system/bad: kustomize build failed", id="failed"),
        pytest.param(
            [
                helm_release(
                    "bad", {"type": "Stalled", "status": "True", "reason": "RetriesExceeded", "message": "gave up"}
                )
            ],
            {},
            "stalled",
            "HelmRelease apps/bad: gave up",
            id="stalled",
        ),
        pytest.param(
            [kustomization("b", ready("False", "DependencyNotReady", age=600), spec={"dependsOn": [{"name": "gone"}]})],
            {},
            "missing",
            "Kustomization flux-system/gone: does not exist (1 waiting for it)",
            id="missing",
        ),
        pytest.param(
            [WAITS_FOR_NOTHING, CALM],
            {},
            "blocked",
            "Kustomization flux-system/b: waits; nothing it waits for is in the way any more",
            id="blocked",
        ),
        pytest.param(
            [kustomization("b", deletionTimestamp=ago(700), finalizers=["f"])],
            {},
            "stuck",
            f"Kustomization flux-system/b: waits for f since {ago(700)}",
            id="stuck",
        ),
        pytest.param(
            [flux("Kustomization", "b", observed=-1)],
            {},
            "unobserved",
            "Kustomization flux-system/b: no controller has said anything about it yet",
            id="unobserved",
        ),
        pytest.param(
            [
                git_repository("moved", artifact=NEWER, changed=900),
                kustomization("b", spec={"sourceRef": {"kind": "GitRepository", "name": "moved"}}),
            ],
            {},
            "behind",
            "Kustomization flux-system/b: still runs main@sha1:cb1ce32",
            id="behind",
        ),
        pytest.param(
            [git_repository("old", changed=9000)],
            {"view": {"signs": SILENT}},
            "stale_source",
            f"GitRepository flux-system/old is not fetched any more: no sign of a fetch since {ago(9000)}",
            id="stale source",
        ),
        pytest.param(
            [
                kustomization(
                    "b",
                    spec={"suspend": True},
                    annotations={"gitops.flux/suspended-until": ago(60), "gitops.flux/suspended-by": "al"},
                )
            ],
            {},
            "suspension_overdue",
            f"Kustomization flux-system/b is still suspended by al, planned until {ago(60)}",
            id="overdue",
        ),
        pytest.param(
            [held("rolling_back")],
            {},
            "rollback_unfinished",
            "HelmRelease apps/shop: HALF rolled back, under way, or interrupted: then run gitops.flux.",
            id="half a rollback",
        ),
        pytest.param(
            [kustomization("b", ready("Unknown", "Progressing", "running", age=950), spec={"timeout": "1h"})],
            {},
            "progressing",
            f"Kustomization flux-system/b is progressing since {ago(950)}: running",
            id="progressing",
        ),
        pytest.param(
            [], {"cluster": {"uid_mismatch": True}}, "wrong_cluster", "the cluster that answered", id="identity"
        ),
        pytest.param(
            [],
            {"coverage": {"HelmRelease": FORBIDDEN}},
            "coverage",
            "HelmRelease is required and could not be read",
            id="403",
        ),
        pytest.param(
            [],
            {"coverage": {"HelmRelease": ABSENT}},
            "coverage",
            "HelmRelease is required and could not be read",
            id="absent",
        ),
        pytest.param(
            [],
            {"controllers": rows(notification=0)},
            "controllers",
            "Deployment flux-system/notification-controller: 0 of 1 replicas available",
            id="not ready",
        ),
        pytest.param(
            [],
            {"controllers": [row for row in rows() if row["name"] != "notification-controller"]},
            "controllers",
            "Deployment flux-system/notification-controller: there is no such Deployment",
            id="no Deployment",
        ),
    ],
)
def test_every_single_reason_is_enough(items: list[Item], options: dict[str, Any], code: str, sentence: str) -> None:
    entry = judged(*HEALTHY, *items, **options)
    assert entry["verdict"] == "degraded"
    assert codes(entry) == [code]
    assert len(entry["reasons"]) == 1
    assert entry["reasons"][0].startswith(sentence)


def test_every_finding_has_a_case() -> None:
    """unknown, no_flux and no_workload have tests of their own."""
    assert set(FINDINGS) == {
        *("failed", "stalled", "missing", "blocked", "stuck", "unobserved", "behind", "stale_source"),
        *("suspension_overdue", "rollback_unfinished", "progressing", "wrong_cluster", "coverage", "controllers"),
        *("unknown", "no_flux", "no_workload"),
    }


def test_a_cluster_without_flux() -> None:
    entry = judged(coverage=dict.fromkeys(KINDS, ABSENT), controllers=[])
    assert entry["verdict"] == "degraded"
    assert entry["reasons"] == ["Flux is not installed: none of its kinds is served"]
    assert codes(entry) == ["no_flux"]


@pytest.mark.parametrize("items", [[], [git_repository()], [git_repository(), flux("Alert", observed=None)]])
def test_a_cluster_with_nothing_in_it(items: list[Item]) -> None:
    entry = judged(*items)
    assert (entry["verdict"], codes(entry)) == ("degraded", ["no_workload"])


def test_suspended_work_is_work() -> None:
    assert judged(git_repository(), kustomization(spec={"suspend": True}))["verdict"] == "healthy"


def test_unreachable() -> None:
    info = {"reachable": False, "reason": "connection refused", "cluster": {"context": "talos-ottawa"}, "read_at": None}
    entry = cluster_health(info, [], HealthSettings())
    assert (entry["verdict"], entry["reachable"], entry["reasons"]) == ("unreachable", False, ["connection refused"])
    assert entry["objects"] == []
    assert set(entry) == set(judged(*HEALTHY))


@pytest.mark.parametrize(("kind", "required"), [("ImagePolicy", None), ("HelmRelease", ["Kustomization"])])
def test_a_forbidden_kind_that_is_not_required_is_noted(kind: str, required: list[str] | None) -> None:
    entry = judged(git_repository(), kustomization(), coverage={kind: FORBIDDEN}, settings={"required_kinds": required})
    assert (entry["verdict"], entry["warnings"]) == ("healthy", [f"{kind} could not be read (forbidden for this user)"])


@pytest.mark.parametrize("name", ["Event", "Log", "Pod", "Namespace", "ConfigMap"])
def test_forbidden_surroundings_are_noted(name: str) -> None:
    entry = judged(*HEALTHY, coverage={name: FORBIDDEN})
    assert (entry["verdict"], entry["warnings"]) == ("healthy", [f"{name} could not be read (forbidden for this user)"])


@pytest.mark.parametrize("found", [None, []])
def test_forbidden_deployments_are_noted_and_nobody_is_missed(found: Any) -> None:
    entry = judged(*HEALTHY, coverage={"Deployment": FORBIDDEN}, controllers=found, view={"controllers": None})
    assert entry["verdict"] == "healthy"
    assert entry["warnings"] == [
        "Deployment could not be read (forbidden for this user)",
        "the controllers were not looked at",
    ]


def test_a_source_that_waits_for_another_is_no_second_reason() -> None:
    chart = helm_chart("bad", ready("False", "SourceUnavailable", age=600), version=None)
    entry = judged(*HEALTHY, chart)
    assert codes(entry) == ["missing"]
    assert entry["reasons"] == ["HelmRepository apps/charts: does not exist (1 waiting for it)"]


def test_one_sentence_for_one_object() -> None:
    entry = judged(*HEALTHY, git_repository("bad", ready("False", "GitOperationFailed", "refused")))
    assert codes(entry) == ["failed", "stale_source"]
    assert entry["reasons"] == ["GitRepository flux-system/bad: refused"]
