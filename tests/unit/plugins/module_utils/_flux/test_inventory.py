"""Inventories: Flux' ids taken apart, and thousands of names in little room."""

from __future__ import annotations

import json

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.inventory import Entry, inventory_of, kind_rows

from tests.unit.flux_objects import Item, kustomization
from tests.unit.stories import recorded


def with_ids(*ids: str) -> Item:
    return kustomization(status={"inventory": {"entries": [{"id": each, "v": "v1"} for each in ids]}})


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("apps_web_apps_Deployment", Entry("apps", "Deployment", "apps", "web")),
        ("_apps__Namespace", Entry("", "Namespace", "", "apps")),
        ("apps_web-config__ConfigMap", Entry("", "ConfigMap", "apps", "web-config")),
        (
            "_system__metrics_rbac.authorization.k8s.io_ClusterRole",
            Entry("rbac.authorization.k8s.io", "ClusterRole", "", "system:metrics"),
        ),
        ("apps_Not_A_Valid_Name__ConfigMap", Entry("", "ConfigMap", "apps", "Not_A_Valid_Name")),
    ],
)
def test_an_id(text: str, entry: Entry) -> None:
    assert inventory_of(with_ids(text)) == (entry,)


def test_what_is_no_id_is_passed_over() -> None:
    assert inventory_of(with_ids("", "nonsense", "a_b", "apps_web_apps_Deployment")) == (
        Entry("apps", "Deployment", "apps", "web"),
    )


def test_real_ones() -> None:
    failing = inventory_of(recorded("kustomization/failed__health_check_failed")[0])
    assert failing == (Entry("apps", "Deployment", "failing-and-retrying", "app"),)
    release = inventory_of(recorded("helmrelease/stalled__retries_exceeded")[0]) or ()
    assert [entry.name for entry in release] == ["Not_A_Valid_Name", "app-config"]
    made = inventory_of(recorded("artifactgenerator/ready__generated")[0]) or ()
    assert {entry.kind for entry in made} == {"ExternalArtifact"}
    assert all(entry.is_flux for entry in made)


def test_a_kind_that_keeps_none_differs_from_an_empty_one() -> None:
    assert inventory_of(recorded("gitrepository/ready__artifact_stored")[0]) is None
    assert inventory_of(with_ids()) == ()


def test_the_names_of_thousands_stay_small() -> None:
    entries = [Entry("", "ConfigMap", "apps", f"settings-{number:05}") for number in range(5000)]
    entries += [Entry("apps", "Deployment", "apps", "web")]
    rows = kind_rows(entries)
    assert [(row["kind"], row["count"]) for row in rows] == [("ConfigMap", 5000), ("Deployment", 1)]
    assert sum(len(row["names"]) for row in rows) == 1000
    assert len(json.dumps(rows)) < 40_000
