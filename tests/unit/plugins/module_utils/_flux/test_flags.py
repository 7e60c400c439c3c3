"""Flags that come from an object's surroundings."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import FLAGS
from ansible_collections.gitops.flux.plugins.module_utils._flux.helm import runs_artifact
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well

from tests.unit.flux_clusters import deployment
from tests.unit.flux_objects import (
    NEWER,
    REVISION,
    Item,
    condition,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    record,
    records,
    release,
    run,
)

FETCH_FAILS = ready("False", "GitOperationFailed", "failed to checkout: connection refused")
DIGEST = "sha256:4a7f0c1d2e3b5a6978695a4b3c2d1e0f4a7f0c1d2e3b5a6978695a4b3c2d1e0f"


@pytest.mark.parametrize(
    ("changed", "applied", "behind"),
    [
        (119, REVISION, False),  # within its timeout of two minutes
        (121, REVISION, True),
        (3600, NEWER, False),
    ],
)
def test_a_kustomization_that_does_not_follow(changed: float, applied: str, *, behind: bool) -> None:
    item = kustomization(status={"lastAppliedRevision": applied})
    found = record(item, git_repository(artifact=NEWER, changed=changed))
    assert found["status"] == "ready"
    assert ("behind" in found["flags"]) is behind
    assert is_well(found) is not behind


@pytest.mark.parametrize(
    ("history", "artifact", "behind"),
    [
        ([release(1, "1.2.2")], "1.2.2", False),
        ([release(2, "1.2.2"), release(1, "1.2.1")], "1.3.0", True),
        ([release(1, "1.2.2+3")], "1.2.2+3", False),
        ([release(1, "0.1.0+cb1ce32f2a4a")], "0.1.0+f9b254e0b0a4", True),
        ([], "1.3.0", False),
    ],
)
def test_a_release_that_does_not_follow_its_chart(history: list[Item], artifact: str, *, behind: bool) -> None:
    item = helm_release(status={"history": history})
    assert ("behind" in record(item, helm_chart(version=artifact))["flags"]) is behind


def test_a_release_has_its_timeout_to_follow() -> None:
    chart = helm_chart(version="1.3.0", changed=299)
    assert record(helm_release(), chart)["flags"] == []
    assert record(helm_release(spec={"upgrade": {"timeout": "4m"}}), helm_chart(version="1.3.0", changed=301))[
        "flags"
    ] == ["behind"]


@pytest.mark.parametrize(
    ("revision", "artifact", "same"),
    [
        ({"chart_version": "6.5.4"}, "6.5.4", True),
        ({"chart_version": "6.5.4"}, "v6.5.4", True),
        ({"chart_version": "6.5.4+4a7f0c1d2e3b"}, f"6.5.4@{DIGEST}", True),
        ({"chart_version": "6.5.4+000000000000"}, f"6.5.4@{DIGEST}", False),
        ({"chart_version": "6.5.4+4a7f0c1d2e3b"}, DIGEST, True),
        ({"chart_version": "6.5.4+4a7f0c1d2e3b"}, f"latest@{DIGEST}", True),
        ({"chart_version": "6.5.4", "oci_digest": DIGEST}, f"6.5.4@{DIGEST}", True),
        ({"chart_version": "6.5.4", "oci_digest": "sha256:0"}, f"6.5.4@{DIGEST}", False),
        ({"chart_version": "6.5.4"}, f"6.5.4@{DIGEST}", True),
        ({"chart_version": "6.5.3"}, f"6.5.4@{DIGEST}", False),
        ({"chart_version": "6.5.4+build.7"}, f"6.5.4_build.7@{DIGEST}", True),
    ],
)
def test_which_artifact_a_release_came_from(revision: dict[str, Any], artifact: str, *, same: bool) -> None:
    assert runs_artifact(revision, artifact) is same


def test_a_failing_source_puts_its_consumers_at_risk() -> None:
    source = git_repository("fleet", FETCH_FAILS)
    assert record(kustomization(), source)["flags"] == ["stale_source"]
    assert record(kustomization("a", ready("False", "BuildFailed")), source)["flags"] == []
    assert record(kustomization(), git_repository())["flags"] == []


def test_a_failing_repository_puts_chart_and_release_at_risk() -> None:
    repository = flux(
        "HelmRepository", "charts", "apps", status={"artifact": {"revision": "r"}}, conditions=[FETCH_FAILS]
    )
    chart, found = records(helm_chart(), helm_release(), repository)[:2]
    assert (chart["status"], chart["flags"]) == ("ready", ["stale_source"])
    assert (found["status"], found["flags"]) == ("ready", ["stale_source"])


def test_a_failing_chart_with_an_artifact_leaves_its_release_ready() -> None:
    chart = helm_chart("apps-web", ready("False", "ChartPullError"))
    found = records(chart, helm_release())
    assert [row["status"] for row in found] == ["failed", "ready"]
    assert found[1]["flags"] == ["stale_source"]


def test_a_suspended_source_is_no_alarm() -> None:
    assert record(kustomization(), git_repository(spec={"suspend": True}))["flags"] == []


@pytest.mark.parametrize("field", ["annotations", "labels"])
def test_frozen(field: str) -> None:
    metadata: dict[str, Any] = {field: {"kustomize.toolkit.fluxcd.io/reconcile": "Disabled"}}
    found = record(helm_release(**metadata))
    assert (found["status"], found["flags"]) == ("ready", ["frozen"])
    assert found["suspended"] is not None
    assert found["suspended"]["last"] == "ready"


@pytest.mark.parametrize(
    ("mode", "flags"), [("warn", ["drifted"]), ("enabled", ["drifted"]), ("disabled", []), (None, [])]
)
def test_drift_counts_only_while_it_is_looked_for(mode: str | None, flags: list[str]) -> None:
    spec = {"driftDetection": {"mode": mode}} if mode else {}
    drifted = condition("Drifted", "True", "DriftDetected")
    assert record(helm_release("web", ready(), drifted, spec=spec))["flags"] == flags


def test_rolled_back_and_what_runs() -> None:
    history = [release(4, "1.2.2"), release(3, "1.3.0", "failed"), release(2, "1.2.2", "superseded")]
    said = ready("False", "RollbackSucceeded", "Helm rollback to previous release apps/web.v2 succeeded")
    found = record(
        helm_release("web", said, condition("Remediated", "True", "RollbackSucceeded"), status={"history": history})
    )
    assert (found["status"], found["flags"]) == ("failed", ["rolled_back"])
    assert found["running"]["chart_version"] == "1.2.2"
    assert found["running"]["revision"] == 4


def test_out_of_retries_after_a_rollback() -> None:
    stalled = condition("Stalled", "True", "RetriesExceeded", "Failed to upgrade after 2 attempt(s)")
    remediated = condition("Remediated", "True", "RollbackSucceeded")
    said = ready("False", "RetriesExceeded", "Failed to upgrade after 2 attempt(s)")
    found = record(helm_release("web", stalled, said, remediated))
    assert (found["status"], found["flags"]) == ("stalled", ["rolled_back"])


def test_a_rollback_that_was_mended_leaves_no_flag() -> None:
    remediated = condition("Remediated", "True", "RollbackSucceeded")
    assert record(helm_release("web", ready(reason="UpgradeSucceeded"), remediated))["flags"] == []


@pytest.mark.parametrize(
    ("last", "spec", "flags"),
    [
        (1319, {}, []),
        (1321, {}, ["unobserved"]),  # twice ten minutes and the timeout of two
        (599, {"interval": "1m"}, []),
        (601, {"interval": "1m"}, ["unobserved"]),
        (601, {"interval": "1m", "suspend": True}, []),
    ],
)
def test_a_kustomization_nobody_runs_any_more(last: float, spec: dict[str, Any], flags: list[str]) -> None:
    assert record(kustomization(spec=spec, status={"history": [run(last=last)]}))["flags"] == flags


def test_without_a_history_there_is_no_silence() -> None:
    assert record(kustomization(status={"history": None}))["flags"] == []


def test_a_controller_that_is_down_leaves_its_objects_unobserved() -> None:
    rows = controllers_of([deployment("kustomize-controller", 0), deployment("source-controller")])
    app, source, chart = records(kustomization(), git_repository(), helm_release(), controllers=rows)
    assert (app["status"], app["flags"]) == ("ready", ["unobserved"])
    assert source["flags"] == []
    assert chart["flags"] == ["unobserved"]  # there is no helm-controller at all


def test_nothing_is_said_when_controllers_were_not_read() -> None:
    assert record(kustomization())["flags"] == []


@pytest.mark.parametrize(
    ("labels", "flags"),
    [({}, []), ({"sharding.fluxcd.io/key": "one"}, []), ({"sharding.fluxcd.io/key": "two"}, ["unobserved"])],
)
def test_a_shard_nobody_watches(labels: dict[str, str], flags: list[str]) -> None:
    main = deployment("kustomize-controller", 1, "--watch-label-selector=!sharding.fluxcd.io/key")
    shard = deployment("kustomize-controller", 1, "--watch-label-selector=sharding.fluxcd.io/key in (one)")
    shard["metadata"]["name"] = "kustomize-controller-one"
    assert record(kustomization(labels=labels), controllers=controllers_of([main, shard]))["flags"] == flags


@pytest.mark.parametrize(
    "item",
    [
        kustomization(spec={"suspend": True}),
        flux("Alert", observed=None),
        flux("ExternalArtifact", observed=None, status={"artifact": {"revision": "r"}}),
    ],
)
def test_nobody_has_to_look_at_these(item: Item) -> None:
    assert record(item, controllers=[])["flags"] == []


def test_every_flag_stands_in_the_order_of_all() -> None:
    item = kustomization(
        "a", ready("False", "BuildFailed", generation=1), condition("Reconciling", "True", "ProgressingWithRetry")
    )
    item["metadata"]["generation"] = 2
    found = record(item, controllers=[])["flags"]
    assert found == [flag for flag in FLAGS if flag in found] == ["retrying", "old_spec", "unobserved"]
