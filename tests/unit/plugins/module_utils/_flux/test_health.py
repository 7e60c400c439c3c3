"""The verdict: never a false green, and every reason said."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.errors import InvalidInput
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import (
    HealthSettings,
    cluster_health,
    failed_on,
    fleet_health,
    settings_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import FAIL_ON, FINDINGS
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import signs_of

from tests.unit.flux_objects import (
    NEWER,
    NOW,
    Item,
    ago,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    records,
)

FOUR = ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")
SEEN = {name: {"state": "ok", "api_version": None, "count": 1, "message": None} for name in KINDS}
FORBIDDEN = {"state": "forbidden", "api_version": "v1", "count": None, "message": "no"}
ABSENT = {"state": "absent", "api_version": None, "count": None, "message": None}
HEALTHY = [git_repository(), kustomization(), helm_chart(), helm_release()]
FAILS = kustomization("bad", ready("False", "BuildFailed", "kustomize build failed"))


def deployment(name: str, available: int = 1) -> Item:
    container = {"name": "manager", "image": f"ghcr.io/fluxcd/{name}:v1"}
    return {
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
        "status": {"availableReplicas": available},
    }


def rows(**available: int) -> list[dict[str, Any]]:
    return controllers_of([deployment(name, available.get(name.partition("-")[0], 1)) for name in FOUR])


def picture(**changes: Any) -> dict[str, Any]:
    cluster = {"context": "talos-ottawa", "server": "https://x", "uid": "u1", "uid_mismatch": False}
    return {
        "reachable": True,
        "reason": None,
        "cluster": cluster | changes.pop("cluster", {}),
        "read_at": ago(0),
        "seconds": 0.4,
        "coverage": SEEN | changes.pop("coverage", {}),
        "controllers": rows(),
        "warnings": [],
        **changes,
    }


def judged(
    *items: Item, settings: dict[str, Any] | None = None, view: dict[str, Any] | None = None, **info: Any
) -> dict[str, Any]:
    found = picture(**info)
    seen = {"controllers": found["controllers"], **(view or {})}
    return cluster_health(found, records(*items, **seen), settings_of(settings), "ottawa")


def codes(entry: dict[str, Any]) -> list[str]:
    return sorted({row["code"] for row in entry["findings"]})


def test_a_healthy_cluster() -> None:
    entry = judged(*HEALTHY)
    assert (entry["verdict"], entry["reasons"], entry["warnings"]) == ("healthy", [], [])
    assert entry["host"] == "ottawa"
    assert entry["summary"]["total"] == 4


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
            [
                kustomization(
                    "b", ready("False", "DependencyNotReady", "waits", age=600), spec={"dependsOn": [{"name": "app"}]}
                )
            ],
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
        *("suspension_overdue", "progressing", "wrong_cluster", "coverage", "controllers"),
        *("unknown", "no_flux", "no_workload"),
    }


def test_a_cluster_without_flux() -> None:
    entry = judged(coverage=dict.fromkeys(KINDS, ABSENT), controllers=[])
    assert entry["verdict"] == "degraded"
    assert "no_flux" in codes(entry)
    assert entry["reasons"][0] == "Flux is not installed: none of its kinds is served"


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


def test_the_operator_is_expected_where_it_has_an_instance() -> None:
    instance = flux("FluxInstance", "flux", conditions=[ready()])
    assert judged(*HEALTHY)["verdict"] == "healthy"
    entry = judged(*HEALTHY, instance)
    assert codes(entry) == ["controllers"]
    with_operator = controllers_of([deployment(name) for name in (*FOUR, "flux-operator")])
    assert judged(*HEALTHY, instance, controllers=with_operator)["verdict"] == "healthy"


def test_expected_controllers_are_a_setting() -> None:
    found = [row for row in rows() if row["name"] != "notification-controller"]
    settings = {"expected_controllers": [name for name in FOUR if name != "notification-controller"]}
    assert judged(*HEALTHY, controllers=found, settings=settings)["verdict"] == "healthy"


@pytest.mark.parametrize(
    ("name", "item", "limits"),
    [
        ("settle_time", kustomization("b", ready("Unknown", "Progressing", age=100)), ("2m", "1m")),
        ("settle_time", flux("Kustomization", "b", observed=-1, age=30), ("2m", "10s")),
        (
            "suspension_max_age",
            kustomization(
                "b",
                spec={"suspend": True},
                managedFields=[{"manager": "flux", "time": ago(100), "fieldsV1": {"f:spec": {"f:suspend": {}}}}],
            ),
            ("2m", "1m"),
        ),
    ],
)
def test_ages_are_settings(name: str, item: Item, limits: tuple[str, str]) -> None:
    verdicts = [judged(*HEALTHY, item, settings={name: limit})["verdict"] for limit in limits]
    assert verdicts == ["healthy", "degraded"]


def test_without_a_verdict_for_too_long() -> None:
    found = records(*HEALTHY, flux("ImagePolicy", "b", conditions=[ready()]))
    found[-1] |= {"status": "unknown", "since": ago(1000)}
    entry = cluster_health(picture(), found, HealthSettings())
    assert codes(entry) == ["unknown"]


def test_an_overdue_suspension_by_age_shows_as_overdue() -> None:
    fields = [{"manager": "flux", "time": ago(90000), "fieldsV1": {"f:spec": {"f:suspend": {}}}}]
    entry = judged(*HEALTHY, kustomization("b", spec={"suspend": True}, managedFields=fields))
    assert [(row["name"], row["by"], row["overdue"], row["frozen"]) for row in entry["suspensions"]] == [
        ("b", "flux", True, False)
    ]
    assert codes(entry) == ["suspension_overdue"]


def test_what_is_frozen_is_listed_with_the_suspensions() -> None:
    item = helm_release("cold", annotations={"kustomize.toolkit.fluxcd.io/reconcile": "disabled"})
    entry = judged(*HEALTHY, item)
    assert entry["verdict"] == "healthy"
    assert [(row["name"], row["last"], row["frozen"]) for row in entry["suspensions"]] == [("cold", "ready", True)]


def test_one_sentence_for_one_object() -> None:
    entry = judged(*HEALTHY, git_repository("bad", ready("False", "GitOperationFailed", "refused")))
    assert codes(entry) == ["failed", "stale_source"]
    assert entry["reasons"] == ["GitRepository flux-system/bad: refused"]


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


@pytest.mark.parametrize(
    ("words", "fails"),
    [
        (["degraded", "unreachable"], True),
        (["degraded"], True),
        (["failed"], True),
        (["stalled", "stale_source"], False),
        ([], False),
    ],
)
def test_the_gate_can_be_narrowed_the_verdict_not(words: list[str], *, fails: bool) -> None:
    entry = judged(*HEALTHY, FAILS)
    assert bool(failed_on(entry, words)) is fails
    assert entry["verdict"] == "degraded"
    assert failed_on(judged(*HEALTHY), FAIL_ON) == []


@pytest.mark.parametrize(("words", "fails"), [(["unreachable"], True), (["degraded"], False)])
def test_the_gate_and_an_unreachable_cluster(words: list[str], *, fails: bool) -> None:
    entry = cluster_health({"reachable": False, "reason": "refused"}, [], HealthSettings())
    assert bool(failed_on(entry, words)) is fails


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"fail_on": ["faild"]}, "fail_on does not know 'faild'; it knows degraded, unreachable, no_flux,"),
        ({"required_kinds": "Deployment"}, "required_kinds does not know 'Deployment'; it knows GitRepository,"),
        ({"settle_time": "soon"}, "settle_time: 'soon' is not a duration like 10m"),
        ({"setle_time": "1m"}, "There is no health setting 'setle_time'; there are required_kinds,"),
        ({"known_failures": "app"}, "known_failures is a list of mappings"),
        ({"fail_on": 5}, "fail_on is a list of words"),
    ],
)
def test_a_setting_nobody_can_use(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput) as error:
        settings_of(given)
    assert str(error.value).startswith(sentence)


def test_settings_as_people_write_them() -> None:
    settings = settings_of(
        {"settle_time": "30m", "suspension_max_age": 60, "fail_on": "failed, stalled", "stale_after": None}
    )
    assert (settings.settle_time, settings.suspension_max_age, settings.stale_after) == (1800, 60, 600)
    assert settings.fail_on == ("failed", "stalled")
    assert settings_of({}) == HealthSettings()
    assert settings_of({"stale_after": "20s"}).thresholds.stale_after == 20


def test_a_picture_without_a_time_is_refused() -> None:
    with pytest.raises(InvalidInput, match="does not say when it was read"):
        cluster_health(picture(read_at=None), [], HealthSettings())


def test_the_fleet_is_as_good_as_its_worst_cluster() -> None:
    healthy, degraded = judged(*HEALTHY), judged(FAILS)
    unreachable = cluster_health({"reachable": False, "reason": "x"}, [], HealthSettings())
    for entries, verdict in (
        ({"a": healthy}, "healthy"),
        ({"a": healthy, "b": degraded}, "degraded"),
        ({"a": healthy, "b": degraded, "c": unreachable}, "unreachable"),
        ({}, "unreachable"),
    ):
        assert fleet_health(entries, 3, 5, ago(0))["verdict"] == verdict


def test_the_fleets_document() -> None:
    fleet = fleet_health({"a": judged(*HEALTHY), "b": judged(*HEALTHY)}, 2, 3, ago(0))
    assert {key: fleet[key] for key in fleet if key != "clusters"} == {
        "schema_version": 1,
        "generated_at": ago(0),
        "verdict": "healthy",
        "selected": 2,
        "total": 3,
        "duplicates": [["a", "b"]],
    }
    assert NOW.tzinfo is not None
