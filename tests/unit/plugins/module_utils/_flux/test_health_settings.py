"""What counts as healthy can be set, and what makes the gate fail can be narrowed."""

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
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import FAIL_ON

from tests.unit.flux_clusters import FAILS, FOUR, HEALTHY, codes, deployment, judged, picture, rows
from tests.unit.flux_objects import Item, ago, flux, helm_release, kustomization, ready, records


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
