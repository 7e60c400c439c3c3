"""The entry of a release: its rows, and what is said of it."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import Release
from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.history import (
    FORBIDDEN,
    Storage,
    release_history,
    values_compared,
    without_history,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.obtainable import ChartSource
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.stored import Stored
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.values_digest import values_digest

from tests.unit.stored_revisions import revision

REF, RELEASE = Ref("HelmRelease", "apps", "web"), Release("web", "apps", "apps")
FAILED = 'Upgrade "web" failed: context deadline exceeded'
STORED = [
    revision(3, "failed", FAILED, config={"a": 2}),
    revision(2, "deployed", config={"a": 1}),
    revision(1, "superseded", "Install complete"),
]
Json = dict[str, Any]


def snapshot(one: Stored, **more: Any) -> Json:
    return {
        "name": "web",
        "version": one.revision,
        "status": one.status,
        "action": "upgrade",
        "digest": f"sha256:{one.revision}",
        "chartVersion": one.chart_version,
        "configDigest": values_digest(one.config),
        **more,
    }


def entry(storage: Storage, *snapshots: Json) -> Json:
    return release_history(REF, RELEASE, {"history": list(snapshots)}, storage, ChartSource())


def test_a_failed_upgrade_is_told_with_the_way_back() -> None:
    found = entry(Storage(STORED), snapshot(STORED[0]), snapshot(STORED[1]))
    assert found["message"] == (
        "revision 3 (web 1.0.3) is failed, revision 2 (web 1.0.2) counts as deployed; "
        "going back means revision 2 (web 1.0.2)"
    )
    keys = ("newest_revision", "deployed_revision", "controller_revision", "default_target", "warnings")
    assert [found[key] for key in keys] == [3, 2, 3, 2, []]
    assert found["release"] == {"name": "web", "storage_namespace": "apps", "release_namespace": "apps"}
    assert [(row["revision"], row["possible_target"]) for row in found["revisions"]] == [
        (3, False),
        (2, True),
        (1, True),
    ]


def test_what_helm_controller_has_recorded_stands_beside_what_is_stored() -> None:
    tests = {"smoke": {"phase": "Failed"}}
    found = entry(Storage(STORED), snapshot(STORED[0]), snapshot(STORED[1], testHooks=tests, ociDigest="sha256:f"))
    newest, deployed, oldest = found["revisions"]
    assert (newest["controller_current"], deployed["controller_current"]) == (True, False)
    assert deployed["controller"] == {
        "status": "deployed",
        "action": "upgrade",
        "digest": "sha256:2",
        "config_digest": deployed["config_digest"],
        "oci_digest": "sha256:f",
        "tests": {"smoke": "Failed"},
    }
    assert deployed["doubt"] == "its test failed: smoke"
    assert oldest["controller"] is None
    assert found["default_target"] == 1


def test_a_revision_helm_controller_has_not_written_is_a_warning() -> None:
    found = entry(Storage(STORED), snapshot(STORED[1]))
    assert found["warnings"] == [
        "revision 3 is in storage, helm-controller knows of revision 2: its next run upgrades to what the spec asks for"
    ]
    assert "helm-controller knows of none" in entry(Storage(STORED))["warnings"][0]


def test_a_release_that_is_to_be_renamed_is_a_warning() -> None:
    found = entry(Storage(STORED), snapshot(STORED[0], name="old"))
    assert found["warnings"] == ["helm-controller knows the release as old: its next run uninstalls that"]
    assert found["controller_revision"] is None


def test_values_that_are_not_those_recorded_are_a_warning() -> None:
    found = entry(Storage(STORED), snapshot(STORED[0], configDigest="sha256:other"))
    assert found["warnings"] == ["the values of revision 3 are not those helm-controller has recorded"]


def test_a_broken_secret_is_a_row_and_no_target() -> None:
    stored = [STORED[0], STORED[2]]
    found = entry(Storage(stored, {2: "apps/sh.helm.release.v1.web.v2"}), snapshot(STORED[0]))
    assert [row["revision"] for row in found["revisions"]] == [3, 2, 1]
    assert {*found["revisions"][1]} == {*found["revisions"][0]}
    assert found["revisions"][1]["why_no_target"] == "its Secret cannot be unpacked"
    assert found["default_target"] == 1
    assert found["warnings"] == ["revision 2: Secret apps/sh.helm.release.v1.web.v2 cannot be unpacked"]


def test_a_broken_newest_secret_stops_everything() -> None:
    found = entry(Storage(STORED[1:], {3: "apps/sh.helm.release.v1.web.v3"}), snapshot(STORED[0]))
    assert found["newest_revision"] == 3
    assert found["default_target"] is None
    assert not any(row["possible_target"] for row in found["revisions"])
    assert found["revisions"][2]["why_no_target"] == (
        "revision 3, the newest, cannot be unpacked: Helm could not write the next one"
    )


def test_nothing_but_broken_secrets_is_said() -> None:
    found = entry(Storage([], {1: "apps/sh.helm.release.v1.web.v1"}))
    assert found["message"] == "no revision of release web can be unpacked"
    assert found["newest_revision"] == 1


def test_a_kind_that_is_gone_rules_a_target_out() -> None:
    found = entry(Storage(STORED, unserved={2: ["example.com/v1 Widget"]}), snapshot(STORED[0]))
    assert found["revisions"][1]["why_no_target"].endswith("example.com/v1 Widget")
    assert found["default_target"] == 1


def test_values_are_compared_as_paths_in_the_order_given() -> None:
    assert values_compared(Storage(STORED), (3, 1)) == {"revisions": [3, 1], "values_paths": ["a"]}
    assert values_compared(Storage(STORED), (3, 9)) is None


def test_no_value_is_in_an_entry() -> None:
    secret = "hunter2-of-the-night"
    one = revision(1, "failed", f'Release "web" failed: {secret}', config={"a": secret}, manifest=f"a: {secret}\n")
    assert secret not in json.dumps(entry(Storage([one]), snapshot(one)))


def test_an_entry_without_history_has_the_same_keys() -> None:
    refused = without_history(REF, FORBIDDEN, "no right", RELEASE)
    assert {*refused} == {*entry(Storage(STORED))}
    assert (refused["state"], refused["message"], refused["revisions"]) == ("forbidden", "no right", [])
    assert without_history(REF, FORBIDDEN, "no right")["release"] is None
