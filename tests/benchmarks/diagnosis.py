"""The diagnosis of a large fleet in trouble: processor time, and how much of the report a first screen takes."""

from __future__ import annotations

import statistics
import time
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.health import cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings

from tests.testbed.bed import Bed
from tests.unit.flux_clusters import picture
from tests.unit.flux_objects import Item, git_repository, kustomization, ready, records
from tests.unit.rendered_report import report

from .figures import Figure

CLUSTERS, OBJECTS, CAUSES = 3, 2000, 20
# What the first screen does not hold any more.
_FURTHER = ("## Further causes", "## Sources", "## Kustomizations", "## HelmReleases", "## At risk")
_FAILURES = (
    ("BuildFailed", "kustomize build failed: accumulating resources: no such file"),
    ("ReconciliationFailed", "Deployment/apps/web dry-run failed (Invalid): spec.selector: field is immutable"),
    (
        "ReconciliationFailed",
        'CronTab/apps/web dry-run failed: no matches for kind "CronTab" in version "example.com/v1"',
    ),
    (
        "HealthCheckFailed",
        "health check failed after 30s: timeout waiting for: [Deployment/apps/web status: 'InProgress']",
    ),
)


def diagnosis_figures(_bed: Bed, rounds: int) -> list[Figure]:
    """Seconds to judge all clusters, and the lines before the details of the worst report."""
    known = [records(*_cluster(number)) for number in range(CLUSTERS)]
    taken: list[float] = []
    entries: list[dict[str, Any]] = []
    for _round in range(rounds):
        began = time.process_time()
        entries = [cluster_health(picture(), found, HealthSettings(), "ottawa") for found in known]
        taken.append(time.process_time() - began)
    causes = [cause for entry in entries for cause in entry["root_causes"]]
    if len(causes) != CAUSES or any(cause["class"] == "unknown" for cause in causes):
        raise AssertionError(f"{[cause['class'] for cause in causes]} instead of {CAUSES} causes")
    lines = max(_first_screen(report(entry)) for entry in entries)
    victims = sum(len(cause["victims"]) for cause in causes)
    name = f"{CLUSTERS} x {OBJECTS:,} objects with {CAUSES} causes"
    return [
        Figure(f"processor time to diagnose {name}", statistics.median(taken), "s", 2.0, f"{victims:,} victims"),
        Figure(f"first screen of the worst report, {name}", lines, "lines", 60.0),
    ]


def _cluster(number: int) -> list[Item]:
    """A source, and chains of ten behind each of this cluster's causes and behind what is well."""
    causes = [name for name in range(CAUSES) if name % CLUSTERS == number]
    items = [git_repository()]
    for cause in causes:
        reason, message = _FAILURES[cause % len(_FAILURES)]
        items.append(kustomization(f"cause-{cause}", ready("False", reason, message)))
    for place in range(OBJECTS - len(items)):
        head = f"cause-{causes[place // 10 % len(causes)]}"
        needs = {"dependsOn": [{"name": f"k{place - 1}" if place % 10 else head}]}
        waits = ready("False", "DependencyNotReady", "dependency is not ready", age=600)
        broken = place < OBJECTS // 2
        items.append(kustomization(f"k{place}", *([waits] if broken else []), spec=needs if broken else {}))
    return items


def _first_screen(text: str) -> int:
    lines = text.splitlines()
    return next((place for place, line in enumerate(lines) if line.startswith(_FURTHER)), len(lines))
