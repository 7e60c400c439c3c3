# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects with the status and the flags they must get, rule by rule."""

from __future__ import annotations

from typing import Any

from tests.unit.flux_objects import (
    Item,
    ago,
    condition,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
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
    (
        "include",
        git_repository("g", ready("False", "NoArtifact"), condition("IncludeUnavailable", "True", "NoArtifact"), RETRY),
        [],
        "blocked",
        [],
    ),
    (
        "include, looked at again",
        git_repository("g", UNKNOWN, condition("IncludeUnavailable", "True", "NoArtifact")),
        [],
        "blocked",
        [],
    ),
    (
        "include, and its own fetch fails",
        git_repository(
            "g",
            ready("False", "GitOperationFailed"),
            condition("IncludeUnavailable", "True", "NoArtifact"),
            condition("FetchFailed", "True", "GitOperationFailed"),
        ),
        [],
        "failed",
        [],
    ),
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
]
