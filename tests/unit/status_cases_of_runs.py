# Copyright: (c) 2026, gitops.flux contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects while something runs, and after it ran well, with the status and the flags they must get."""

from __future__ import annotations

from tests.unit.flux_objects import (
    Item,
    condition,
    flux,
    git_repository,
    helm_release,
    kustomization,
    ready,
    release,
    run,
)
from tests.unit.status_cases import RECONCILING, UNKNOWN, written

CASES_OF_RUNS: list[tuple[str, Item, list[Item], str, list[str]]] = [
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
