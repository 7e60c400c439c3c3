"""When a suspended object has come to rest, and in which order objects run again."""

from __future__ import annotations

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.barrier import barrier_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.resuming import resume_waves
from ansible_collections.gitops.flux.plugins.module_utils._flux.pausing.steps import step_for

from tests.unit.flux_objects import Item, flux, git_repository, helm_release, kustomization, records
from tests.unit.paused_objects import NOTES, REQUEST, resuming, stand


def asked(requested: str | None, handled: str | None, kind: str = "Kustomization") -> Item:
    annotations = {REQUEST: requested} if requested else {}
    return flux(
        kind,
        spec={"suspend": True},
        annotations=annotations,
        status={"lastHandledReconcileAt": handled} if handled else {},
    )


@pytest.mark.parametrize(
    ("requested", "handled", "token", "outcome"),
    [
        ("ours", "ours", "ours", "reached"),
        ("ours", "before", "ours", None),
        ("ours", None, "ours", None),
        # Somebody asked again, and that was answered: later than ours.
        ("theirs", "theirs", "ours", "reached"),
        ("theirs", "ours", "ours", "reached"),
        ("theirs", "before", "ours", None),
        # Suspended by an earlier run of the same task.
        ("ours", "ours", None, "reached"),
        ("ours", "before", None, None),
        (None, "before", None, "unsupported"),
    ],
)
def test_the_barrier(requested: str | None, handled: str | None, token: str | None, outcome: str | None) -> None:
    assert barrier_of(stand(asked(requested, handled)), token) == outcome


@pytest.mark.parametrize("kind", ["ImageUpdateAutomation", "Alert", "Provider"])
def test_some_never_answer(kind: str) -> None:
    assert barrier_of(stand(asked("ours", None, kind)), "ours") == "unsupported"


def test_objects_run_again_along_their_dependencies() -> None:
    items = [
        git_repository(spec={"suspend": True}, annotations=NOTES),
        kustomization("apps", spec={"suspend": True, "dependsOn": [{"name": "infra"}]}, annotations=NOTES),
        kustomization("infra", spec={"suspend": True}, annotations=NOTES),
        helm_release("web", spec={"suspend": True}, annotations=NOTES),
        flux("Alert", "alert", spec={"suspend": True}, annotations=NOTES),
    ]
    steps = [step_for(stand(item), resuming()) for item in items]
    waves = resume_waves(steps, records(*items))
    assert [[step.stand.ref.name for step in wave] for wave in waves] == [
        ["fleet"],
        ["infra"],
        ["apps"],
        ["web"],
        ["alert"],
    ]


def test_a_circle_has_no_order_and_runs_all_the_same() -> None:
    items = [kustomization(a, spec={"suspend": True, "dependsOn": [{"name": b}]}) for a, b in (("a", "b"), ("b", "a"))]
    steps = [step_for(stand(item), resuming()) for item in items]
    assert [len(wave) for wave in resume_waves(steps, records(*items))] == [2]
