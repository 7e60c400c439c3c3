"""Records: always the same keys, honest times, the controllers' own words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KIND_ORDER, KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import is_well, records_of

from tests.gates.tree import ROOT
from tests.unit.flux_objects import (
    NEWER,
    REVISION,
    Item,
    ago,
    event,
    facts,
    flux,
    git_repository,
    helm_release,
    kustomization,
    ready,
    record,
    release,
    run,
    seen,
)

IDENTITY = {
    "cluster",
    "kind",
    "api_version",
    "namespace",
    "name",
    "uid",
    "generation",
    "observed_generation",
    "created_at",
}
VERDICT = {"status", "flags", "reason", "message", "suspended", "release", "running", "fetch", "finalizers"}
RELATIONS = {"depends_on", "references", "owner", "source", "url", "path", "shard", "interval"}
REVISIONS = {"revision", "attempted_revision", "artifact_revision"}
TIMES = {"last_good_at", "failing_at_least_since", "since", "next_retry_at"}
KEYS = IDENTITY | VERDICT | RELATIONS | REVISIONS | TIMES


@pytest.mark.parametrize("name", list(KINDS))
def test_exactly_these_keys(name: str) -> None:
    for item in (flux(name), flux(name, conditions=[ready()]), {"apiVersion": KINDS[name].newest, "kind": name}):
        assert set(record({"metadata": {"namespace": "", "name": ""}, **item})) == KEYS


def test_the_documentation_of_flux_info_has_every_key() -> None:
    text = (ROOT / "plugins/modules/flux_info.py").read_text(encoding="utf-8")
    documented = yaml.safe_load(text.partition('RETURN = r"""')[2].partition('"""')[0])
    assert set(documented["objects"]["contains"]) == KEYS


def test_the_order_is_sources_first() -> None:
    items = [
        helm_release("b"),
        helm_release("a"),
        kustomization("z"),
        git_repository("y"),
        flux("Alert", observed=None),
    ]
    found = [row["kind"] for row in records_of(facts(*items), seen())]
    assert found == sorted(found, key=lambda kind: KIND_ORDER[kind])


def test_a_record_in_full() -> None:
    item = kustomization(spec={"dependsOn": [{"name": "infra"}]}, labels={"sharding.fluxcd.io/key": "one"})
    assert record(item) == {
        "cluster": "talos-ottawa",
        "kind": "Kustomization",
        "api_version": "kustomize.toolkit.fluxcd.io/v1",
        "namespace": "flux-system",
        "name": "app",
        "uid": "uid-Kustomization-flux-system-app",
        "status": "ready",
        "flags": [],
        "reason": "ReconciliationSucceeded",
        "message": None,
        "revision": REVISION,
        "attempted_revision": None,
        "artifact_revision": None,
        "source": {"kind": "GitRepository", "namespace": "flux-system", "name": "fleet"},
        "depends_on": [{"kind": "Kustomization", "namespace": "flux-system", "name": "infra"}],
        "references": [],
        "owner": None,
        "url": None,
        "path": "./",
        "last_good_at": ago(60),
        "failing_at_least_since": None,
        "since": ago(60),
        "next_retry_at": None,
        "suspended": None,
        "release": None,
        "running": None,
        "fetch": None,
        "generation": 1,
        "observed_generation": 1,
        "interval": 600.0,
        "finalizers": [],
        "created_at": ago(86400),
        "shard": "one",
    }


FAILED_RUNS = [run("HealthCheckFailed", first=900, last=30), run("BuildFailed", first=1500, last=1000), run(last=1800)]


@pytest.mark.parametrize(
    ("item", "good", "failing"),
    [
        # Ready=Unknown or False: the history knows both ends, the condition's time is of the last run only.
        (kustomization("a", ready("False", "HealthCheckFailed", age=30), status={"history": FAILED_RUNS}), 1800, 1500),
        (kustomization("a", ready("Unknown", "Progressing", age=5), status={"history": FAILED_RUNS}), 1800, 1500),
        # The same failure was there before the last success: only its last time is sure.
        (
            kustomization(
                "a",
                ready("False", "HealthCheckFailed", age=20),
                status={"history": [run("HealthCheckFailed", first=9000, last=40), run(last=1800)]},
            ),
            1800,
            40,
        ),
        (kustomization("a", ready("False", "BuildFailed", age=45)), 60, 45),
        (
            helm_release(
                "a",
                ready("False", "UpgradeFailed", age=10),
                status={"history": [release(2, "1.3.0", "failed", age=500), release(1, "1.2.2", "deployed", age=9000)]},
            ),
            9000,
            500,
        ),
        (git_repository("g", ready("False", "GitOperationFailed", age=10), changed=7200), 7200, 10),
        (git_repository("g", changed=7200), 7200, None),
    ],
)
def test_since_when(item: Item, good: float, failing: float | None) -> None:
    found = record(item)
    assert found["last_good_at"] == ago(good)
    assert found["failing_at_least_since"] == (None if failing is None else ago(failing))


def test_events_know_more_about_since_when() -> None:
    item = git_repository("g", ready("False", "GitOperationFailed", age=10), changed=7200)
    raw = [
        event(item, "GitOperationSucceeded", warning=False, last=3600),
        event(item, "GitOperationFailed", first=3000, last=20),
    ]
    found = record(item, events=events_of(raw))
    assert (found["last_good_at"], found["failing_at_least_since"]) == (ago(3600), ago(3000))


@pytest.mark.parametrize(
    ("item", "since"),
    [
        (kustomization(deletionTimestamp=ago(90)), 90),
        (kustomization("a", ready("Unknown", "Progressing", age=25)), 25),
        (flux("Kustomization", observed=-1, age=300), 300),
        (kustomization(generation=2), 86400),
        (kustomization("a", ready(age=77)), 77),
    ],
)
def test_since_when_in_its_status(item: Item, since: float) -> None:
    assert record(item)["since"] == ago(since)


@pytest.mark.parametrize(
    ("item", "due"),
    [
        (kustomization("a", ready("False", "BuildFailed", age=45), spec={"retryInterval": "2m"}), -75),
        (kustomization("a", ready("False", "BuildFailed", age=45)), -555),
        (kustomization("a", ready("False", "DependencyNotReady", age=45)), None),
        (kustomization("a", ready("Unknown", "Progressing", age=5), status={"history": [run("BuildFailed")]}), None),
        (kustomization("a", ready("False", "BuildFailed", age=45), spec={"retryInterval": "10s"}), None),
        (helm_release("a", ready("False", "UpgradeFailed", age=45)), None),
        (
            helm_release(
                "a",
                ready("False", "UpgradeFailed", age=45),
                spec={"upgrade": {"strategy": {"name": "RetryOnFailure", "retryInterval": "2m"}}},
            ),
            -75,
        ),
        (git_repository("g", ready("False", "GitOperationFailed")), None),
    ],
)
def test_the_next_try_where_it_is_known(item: Item, due: float | None) -> None:
    assert record(item)["next_retry_at"] == (None if due is None else ago(due))


def test_finalizers_show_only_while_they_hold() -> None:
    assert record(kustomization(finalizers=["f"]))["finalizers"] == []
    assert record(kustomization(finalizers=["f"], deletionTimestamp=ago(5)))["finalizers"] == ["f"]


@pytest.mark.parametrize(
    ("item", "revision"),
    [
        (kustomization(status={"lastAttemptedRevision": NEWER}), REVISION),
        (git_repository(), REVISION),
        (helm_release(status={"history": [release(2, "1.3.0", "failed"), release(1, "1.2.2")]}), "1.2.2"),
        (helm_release(status={"history": [release(1, "1.3.0", "failed")]}), "1.3.0"),
        (helm_release(status={"history": [], "lastAttemptedRevision": "1.3.0"}), "1.3.0"),
        (flux("ImagePolicy", status={"latestRef": {"name": "ghcr.io/x", "tag": "v1"}}), "ghcr.io/x:v1"),
        (flux("ImagePolicy", status={"latestImage": "ghcr.io/x:v0"}), "ghcr.io/x:v0"),
        (flux("ImageUpdateAutomation", status={"lastPushCommit": "abc"}), "abc"),
        (flux("Receiver"), None),
    ],
)
def test_revisions(item: Item, revision: str | None) -> None:
    assert record(item)["revision"] == revision


def test_times_of_the_operators_kinds_come_from_annotations() -> None:
    assert record(flux("ResourceSet"))["interval"] == 3600
    notes = {"fluxcd.controlplane.io/reconcileEvery": "10m"}
    assert record(flux("ResourceSet", annotations=notes))["interval"] == 600


@pytest.mark.parametrize(
    ("status", "flags", "well"),
    [
        ("ready", [], True),
        ("ready", ["stale_source", "frozen", "drifted"], True),
        ("ready", ["unobserved"], False),
        ("ready", ["behind"], False),
        ("suspended", [], False),
        ("progressing", [], False),
    ],
)
def test_what_needs_no_look(status: str, flags: list[str], *, well: bool) -> None:
    assert is_well({"status": status, "flags": flags}) is well


@pytest.mark.parametrize("broken", [None, [], "text", 5])
def test_nonsense_in_an_object_breaks_nothing(broken: Any) -> None:
    item = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "a", "namespace": "n", "labels": broken, "annotations": broken, "managedFields": broken},
        "spec": broken,
        "status": broken,
    }
    assert record(item)["status"] == "unknown"
