"""Status, rule by rule: conditions, generations and history decide, never message text."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import Thresholds
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import STATUSES

from tests.unit.flux_objects import (
    Item,
    ago,
    condition,
    event,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    record,
    release,
    run,
)

RECONCILING = condition("Reconciling", "True", "Progressing", "Fulfilling prerequisites")
RETRY = condition("Reconciling", "True", "ProgressingWithRetry")
UNKNOWN = ready("Unknown", "Progressing", "Reconciliation in progress", age=20)
OPERATOR_PAUSE = {"fluxcd.controlplane.io/reconcile": "Disabled"}


def written(seconds: float) -> dict[str, Any]:
    """Metadata that says when the spec was last written."""
    entry = {"manager": "kustomize-controller", "operation": "Apply", "time": ago(seconds), "fieldsV1": {"f:spec": {}}}
    return {"managedFields": [entry]}


CASES: list[tuple[str, Item, list[Item], str, list[str]]] = [
    ("deleted", kustomization(deletionTimestamp=ago(30), finalizers=["f"]), [], "terminating", []),
    ("deleted for long", kustomization(deletionTimestamp=ago(700), finalizers=["f"]), [], "terminating", ["stuck"]),
    (
        "deleted, also suspended",
        kustomization(deletionTimestamp=ago(30), spec={"suspend": True}),
        [],
        "terminating",
        [],
    ),
    ("suspended", kustomization(spec={"suspend": True}), [], "suspended", []),
    (
        "suspended while failing",
        kustomization("a", ready("False", "BuildFailed"), spec={"suspend": True}),
        [],
        "suspended",
        [],
    ),
    ("suspend is false", kustomization(spec={"suspend": False}), [], "ready", []),
    ("suspended alert", flux("Alert", spec={"suspend": True}, observed=None), [], "suspended", []),
    ("suspended provider", flux("Provider", spec={"suspend": True}, observed=None), [], "suspended", []),
    (
        "suspended by annotation",
        flux("FluxInstance", annotations=OPERATOR_PAUSE, conditions=[ready()]),
        [],
        "suspended",
        [],
    ),
    ("suspended set", flux("ResourceSet", annotations=OPERATOR_PAUSE, conditions=[ready()]), [], "suspended", []),
    (
        "suspended generator",
        flux(
            "ArtifactGenerator", annotations={"source.extensions.fluxcd.io/reconcile": "disabled"}, conditions=[ready()]
        ),
        [],
        "suspended",
        [],
    ),
    ("another kind's annotation", kustomization(annotations=OPERATOR_PAUSE), [], "ready", []),
    (
        "suspended OCI repository",
        flux("HelmRepository", spec={"type": "oci", "suspend": True}, observed=None),
        [],
        "ready",
        [],
    ),
    (
        "suspended Helm repository",
        flux("HelmRepository", spec={"suspend": True}, conditions=[ready()]),
        [],
        "suspended",
        [],
    ),
    ("alert", flux("Alert", observed=None), [], "ready", []),
    ("provider", flux("Provider", observed=None), [], "ready", []),
    ("OCI repository", flux("HelmRepository", spec={"type": "oci"}, observed=None), [], "ready", []),
    (
        "external artifact",
        flux("ExternalArtifact", observed=None, status={"artifact": {"revision": "r"}}),
        [],
        "ready",
        [],
    ),
    ("empty external artifact", flux("ExternalArtifact", observed=None), [], "unknown", ["unobserved"]),
    (
        "alert of an older API that failed",
        flux(
            "Alert",
            api_version="notification.toolkit.fluxcd.io/v1beta2",
            conditions=[ready("False", "ValidationFailed")],
        ),
        [],
        "failed",
        [],
    ),
    ("no conditions, new", flux("Kustomization", observed=-1, age=10), [], "progressing", []),
    ("no conditions, old", flux("Kustomization", observed=-1, age=61), [], "unknown", ["unobserved"]),
    (
        "stalled",
        kustomization(
            "a", condition("Stalled", "True", "InvalidCELExpression"), ready("False", "InvalidCELExpression")
        ),
        [],
        "stalled",
        [],
    ),
    (
        "stalled on an older spec",
        kustomization(
            "a",
            condition("Stalled", "True", "AccessDenied", generation=1),
            ready("False", "BuildFailed", generation=2),
            generation=2,
        ),
        [],
        "failed",
        [],
    ),
    ("failed", kustomization("a", ready("False", "BuildFailed")), [], "failed", []),
    ("failed, retrying", kustomization("a", RETRY, ready("False", "BuildFailed")), [], "failed", ["retrying"]),
    (
        "failed on an older spec",
        kustomization("a", ready("False", "BuildFailed", generation=1), generation=2, observed=1),
        [],
        "failed",
        ["old_spec"],
    ),
    ("dependency", kustomization("a", ready("False", "DependencyNotReady")), [], "blocked", []),
    ("dependency, retrying", kustomization("a", RETRY, ready("False", "DependencyNotReady")), [], "blocked", []),
    ("chart not ready", helm_release("a", ready("False", "SourceNotReady")), [], "blocked", []),
    ("chart without artifact", helm_chart("c", ready("False", "NoSourceArtifact"), version=None), [], "blocked", []),
    ("chart without repository", helm_chart("c", ready("False", "SourceUnavailable"), version=None), [], "blocked", []),
    ("include", git_repository("g", ready("False", "IncludeUnavailable"), artifact=None), [], "blocked", []),
    (
        "source has no artifact",
        kustomization("a", ready("False", "ArtifactFailed")),
        [git_repository(artifact=None)],
        "blocked",
        [],
    ),
    ("source is missing", kustomization("a", ready("False", "ArtifactFailed")), [], "failed", []),
    ("path is missing", kustomization("a", ready("False", "ArtifactFailed")), [git_repository()], "failed", []),
    ("canceled", kustomization("a", ready("False", "HealthCheckCanceled")), [], "progressing", []),
    ("a run", kustomization("a", UNKNOWN), [], "progressing", []),
    ("first run", kustomization("a", UNKNOWN, status={"history": []}), [], "progressing", []),
    (
        "a run that does not end",
        kustomization("a", ready("Unknown", "Progressing", age=181)),
        [],
        "progressing",
        ["stuck"],
    ),
    (
        "a long run within its timeout",
        kustomization("a", ready("Unknown", "Progressing", age=179)),
        [],
        "progressing",
        [],
    ),
    (
        "repeat after a failed run",
        kustomization("a", UNKNOWN, status={"history": [run("HealthCheckFailed"), run()]}),
        [],
        "failed",
        ["retrying"],
    ),
    (
        "repeat that does not end",
        kustomization("a", ready("Unknown", "Progressing", age=500), status={"history": [run("ReconciliationFailed")]}),
        [],
        "failed",
        ["retrying", "stuck"],
    ),
    ("first upgrade", helm_release("a", UNKNOWN), [], "progressing", []),
    ("upgrade after failures", helm_release("a", UNKNOWN, status={"failures": 2}), [], "failed", ["retrying"]),
    (
        "upgrade after a failed release",
        helm_release("a", UNKNOWN, status={"history": [release(2, "1.3.0", "failed"), release(1, "1.2.2")]}),
        [],
        "failed",
        ["retrying"],
    ),
    (
        "a long upgrade",
        helm_release("a", ready("Unknown", "Progressing", age=600), spec={"upgrade": {"timeout": "30m"}}),
        [],
        "progressing",
        [],
    ),
    (
        "a fetch that failed before",
        git_repository("g", UNKNOWN, condition("FetchFailed", "True", "GitOperationFailed")),
        [],
        "failed",
        ["retrying"],
    ),
    ("no Ready yet", kustomization("a", RECONCILING), [], "progressing", []),
    ("ready", kustomization(), [], "ready", []),
    ("ready, on its round", helm_release("a", RECONCILING, ready()), [], "ready", []),
    ("new spec", kustomization(generation=2, observed=1, **written(30)), [], "progressing", []),
    (
        "new spec nobody reads",
        kustomization(generation=2, observed=1, **written(61)),
        [],
        "progressing",
        ["unobserved"],
    ),
    ("new spec, time unknown", kustomization(generation=2, observed=1), [], "progressing", ["unobserved"]),
    (
        "no observedGeneration, current",
        flux("FluxInstance", observed=None, generation=3, conditions=[ready(generation=3)]),
        [],
        "ready",
        [],
    ),
    (
        "no observedGeneration, behind",
        flux("FluxInstance", observed=None, generation=3, conditions=[ready(generation=2)]),
        [],
        "progressing",
        ["unobserved"],
    ),
    ("never observed", kustomization(observed=-1, **written(20)), [], "progressing", []),
]


@pytest.mark.parametrize(
    ("item", "others", "status", "flags"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_rules(item: Item, others: list[Item], status: str, flags: list[str]) -> None:
    found = record(item, *others)
    assert (found["status"], found["flags"]) == (status, flags)


def test_every_status_has_a_case() -> None:
    assert {case[3] for case in CASES} == set(STATUSES)


@pytest.mark.parametrize(
    ("version", "item"),
    [
        ("kustomize.toolkit.fluxcd.io/v1beta2", kustomization("a", ready("False", "DependencyNotReady"))),
        ("kustomize.toolkit.fluxcd.io/v1beta2", kustomization("a", UNKNOWN, status={"history": [run("BuildFailed")]})),
        ("source.toolkit.fluxcd.io/v1beta2", git_repository("g", ready("False", "GitOperationFailed"))),
        ("helm.toolkit.fluxcd.io/v2beta1", helm_release("a", UNKNOWN, status={"failures": 1, "history": None})),
        ("helm.toolkit.fluxcd.io/v2beta2", helm_release("a", ready("False", "UpgradeFailed"))),
    ],
)
def test_older_versions_read_the_same(version: str, item: Item) -> None:
    older = {**item, "apiVersion": version}
    assert [record(older)[key] for key in ("status", "flags")] == [record(item)[key] for key in ("status", "flags")]


BUILD_FAILS = kustomization("a", UNKNOWN, status={"history": [run(last=3600)]})


@pytest.mark.parametrize(
    ("item", "raw", "status"),
    [
        # A failed build leaves no entry in the history: the last success stands there, older than the warning.
        (BUILD_FAILS, event(BUILD_FAILS, "BuildFailed", last=40), "failed"),
        # Older than any success: long mended.
        (BUILD_FAILS, event(BUILD_FAILS, "BuildFailed", last=3700), "progressing"),
        # Longer ago than two rounds.
        (BUILD_FAILS, event(BUILD_FAILS, "BuildFailed", last=1500), "progressing"),
        # Not a warning.
        (BUILD_FAILS, event(BUILD_FAILS, "Progressing", warning=False, last=40), "progressing"),
        # About another object.
        (BUILD_FAILS, event(kustomization("b"), "BuildFailed", last=40), "progressing"),
        (git_repository("g", UNKNOWN), event(git_repository("g"), "GitOperationFailed", last=40), "failed"),
    ],
)
def test_a_failing_object_sampled_while_it_retries(item: Item, raw: Item, status: str) -> None:
    found = record(item, events=events_of([raw]))
    assert found["status"] == status
    assert ("retrying" in found["flags"]) == (status == "failed")


def test_a_success_after_the_warning_clears_it() -> None:
    item = git_repository("g", UNKNOWN)
    raw = [event(item, "GitOperationFailed", last=90), event(item, "GitOperationSucceeded", warning=False, last=30)]
    assert record(item, events=events_of(raw))["status"] == "progressing"


def test_rate_limited_warnings_count_for_short_intervals() -> None:
    item = kustomization("a", UNKNOWN, spec={"interval": "5s", "timeout": "5s"}, status={"history": [run(last=3600)]})
    assert record(item, events=events_of([event(item, "BuildFailed", last=290)]))["status"] == "failed"


@pytest.mark.parametrize("text", ["", "Applied revision: x", "dependency 'x' is not ready", "timeout"])
def test_message_text_decides_nothing(text: str) -> None:
    assert record(kustomization("a", ready("False", "BuildFailed", text)))["status"] == "failed"
    assert record(kustomization("a", ready("True", message=text)))["status"] == "ready"


def test_limits_are_settings() -> None:
    limits = Thresholds(unobserved_after=5, stuck_after=5, progress_grace=5)
    item = kustomization("a", ready("Unknown", "Progressing", age=126))
    assert record(item, thresholds=limits)["flags"] == ["stuck"]
    assert record(flux("Kustomization", observed=-1, age=6), thresholds=limits)["status"] == "unknown"
    assert "stuck" in record(kustomization(deletionTimestamp=ago(6)), thresholds=limits)["flags"]
    assert "unobserved" in record(kustomization(generation=2, **written(6)), thresholds=limits)["flags"]


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("status", ["False", "Unknown", "Nonsense"])
@pytest.mark.parametrize("reason", ["BuildFailed", "Progressing", "ReconciliationSucceeded", "DependencyNotReady", ""])
def test_never_ready_unless_the_condition_says_so(name: str, status: str, reason: str) -> None:
    artifact = {"artifact": {"revision": "r"}} if KINDS[name].is_source else {}
    found = record(flux(name, conditions=[ready(status, reason)], status=artifact))
    static = KINDS[name].static and status != "False"
    assert found["status"] != "ready" or static


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.static])
def test_no_status_is_never_ready(name: str) -> None:
    assert record(flux(name, observed=None))["status"] == "unknown"
