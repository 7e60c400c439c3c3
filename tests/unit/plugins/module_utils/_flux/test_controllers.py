"""Controllers: their rows, their shards, and whether they still say anything."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import (
    component_of,
    controllers_of,
    flux_version_of,
    shard_of,
)
from ansible_collections.gitops.flux.plugins.module_utils._flux.silence import with_silence
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_time

from tests.unit.flux_objects import NOW, Item, ago, facts, flux, git_repository, kustomization, ready, run


def deployment(name: str = "source-controller", replicas: int = 1, available: int = 1, **rest: Any) -> Item:
    labels = {
        "app.kubernetes.io/component": name,
        "app.kubernetes.io/part-of": "flux",
        "app.kubernetes.io/version": "v2.9.5",
    }
    container = {"name": "manager", "image": f"ghcr.io/fluxcd/{name}:v1.9.5", "args": rest.pop("args", [])}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "flux-system", "labels": labels, **rest},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
        "status": {"availableReplicas": available, "readyReplicas": available} if available else {},
    }


def pod(name: str = "source-controller-7d9c8b6f5-abcde", *, ready: bool = True, restarts: int = 2) -> Item:
    owner = {"kind": "ReplicaSet", "name": name.rpartition("-")[0]}
    state = {"ready": ready, "restartCount": restarts, "state": {"running": {"startedAt": ago(500)}}}
    return {
        "metadata": {"name": name, "namespace": "flux-system", "ownerReferences": [owner]},
        "status": {"phase": "Running", "containerStatuses": [state], "startTime": ago(900)},
    }


def test_a_row() -> None:
    row = controllers_of([deployment()], [pod(), pod("other-7d9c8b6f5-abcde")])[0]
    assert row == {
        "name": "source-controller",
        "namespace": "flux-system",
        "component": "source-controller",
        "state": "ready",
        "message": None,
        "ready": 1,
        "desired": 1,
        "available": 1,
        "version": "v1.9.5",
        "image": "ghcr.io/fluxcd/source-controller:v1.9.5",
        "selector": None,
        "shard": None,
        "started_at": ago(500),
        "restarts": 2,
        "pods": [
            {
                "name": "source-controller-7d9c8b6f5-abcde",
                "phase": "Running",
                "ready": True,
                "restarts": 2,
                "started_at": ago(500),
            }
        ],
        "last_log_at": None,
        "silent_seconds": None,
    }


@pytest.mark.parametrize(
    ("replicas", "available", "state", "message"),
    [
        (1, 1, "ready", None),
        (1, 0, "not_ready", "0 of 1 replicas available"),
        (2, 1, "ready", "1 of 2 replicas available"),
        (0, 0, "not_ready", "scaled to 0"),
    ],
)
def test_states(replicas: int, available: int, state: str, message: str | None) -> None:
    row = controllers_of([deployment(replicas=replicas, available=available)])[0]
    assert (row["state"], row["message"]) == (state, message)


def test_an_expected_controller_that_is_not_there() -> None:
    rows = controllers_of([deployment()], expected=["source-controller", "helm-controller"], flux_namespace="flux")
    assert [(row["name"], row["namespace"], row["state"]) for row in rows] == [
        ("helm-controller", "flux", "missing"),
        ("source-controller", "flux-system", "ready"),
    ]


@pytest.mark.parametrize(
    ("item", "component"),
    [
        (deployment("helm-controller"), "helm-controller"),
        (deployment("web", labels={}), None),
        (deployment("flux-operator", labels={"app.kubernetes.io/name": "flux-operator"}), "flux-operator"),
        # Renamed and relabelled: the image still tells.
        ({**deployment("source-controller", labels={}), "metadata": {"name": "sc"}}, "source-controller"),
    ],
)
def test_which_controller_a_deployment_is(item: Item, component: str | None) -> None:
    assert component_of(item) == component


def test_the_version_of_flux() -> None:
    assert flux_version_of([{"metadata": {"labels": {}}}, deployment()]) == "v2.9.5"
    assert flux_version_of([]) is None


@pytest.mark.parametrize(
    ("selector", "shard"),
    [
        ("", None),
        ("!sharding.fluxcd.io/key", None),
        ("sharding.fluxcd.io/key=one", "one"),
        ("sharding.fluxcd.io/key in (one, two)", "one, two"),
        ("team=a", None),
    ],
)
def test_shards(selector: str, shard: str | None) -> None:
    assert shard_of(selector) == shard
    row = controllers_of([deployment(args=[f"--watch-label-selector={selector}"])])[0]
    assert (row["shard"], row["selector"]) == (shard, selector or None)


POD = pod()["metadata"]["name"]
QUIET = git_repository(changed=7200)


def states(item: Item, log_age: float | None, *, logs: bool = True, stale_after: float = 600) -> list[tuple[str, str]]:
    logged = {POD: None if log_age is None else parse_time(ago(log_age))} if logs else {}
    rows = with_silence(controllers_of([deployment()], [pod()]), facts(item), logged, NOW, stale_after)
    return [(row["name"], row["state"]) for row in rows]


@pytest.mark.parametrize(
    ("item", "log_age", "stale_after", "state"),
    [
        (QUIET, 30, 600, "ready"),
        (QUIET, 601, 600, "silent"),
        (QUIET, 100, 20, "ready"),  # twice its minute and the timeout of one
        (QUIET, 181, 20, "silent"),
        (git_repository(changed=7200, spec={"interval": "1h"}), 3000, 600, "ready"),
        (git_repository(changed=7200, spec={"suspend": True}), 9000, 600, "ready"),
        # It has just written a status: alive, whatever the log looks like.
        (
            git_repository(managedFields=[{"manager": "s", "time": ago(20), "fieldsV1": {"f:status": {}}}]),
            9000,
            600,
            "ready",
        ),
        # Too new to be overdue.
        (git_repository(age=60), 9000, 600, "ready"),
        # It has not logged a line since it started 500 seconds ago.
        (QUIET, None, 600, "ready"),
        (QUIET, None, 20, "silent"),
    ],
)
def test_a_controller_that_hangs(item: Item, log_age: float | None, stale_after: float, state: str) -> None:
    assert states(item, log_age, stale_after=stale_after) == [("source-controller", state)]


def test_without_logs_nobody_is_silent() -> None:
    assert states(QUIET, None, logs=False) == [("source-controller", "ready")]


def test_objects_whose_controller_or_shard_is_not_there() -> None:
    main = deployment("kustomize-controller", args=["--watch-label-selector=!sharding.fluxcd.io/key"])
    objects = facts(
        kustomization(),
        kustomization("b", labels={"sharding.fluxcd.io/key": "two"}),
        git_repository(),
        flux("Alert", observed=None),
        flux("ImagePolicy", spec={"suspend": True}, conditions=[ready()]),
    )
    rows = with_silence(controllers_of([main]), objects, {}, NOW, 600)
    assert [(row["name"], row["state"], row["message"]) for row in rows] == [
        ("kustomize-controller", "ready", None),
        ("kustomize-controller-two", "missing", "no controller watches sharding.fluxcd.io/key two"),
        ("source-controller", "missing", "there is no such Deployment"),
    ]


@pytest.mark.parametrize(("last", "state"), [(600, "ready"), (1400, "silent")])
def test_without_logs_the_history_of_kustomizations_tells(last: float, state: str) -> None:
    """Their interval is ten minutes, their timeout two."""
    objects = facts(kustomization(status={"history": [run(last=last)]}))
    rows = with_silence(controllers_of([deployment("kustomize-controller")]), objects, {}, NOW, 600)
    assert [row["state"] for row in rows] == [state]


def test_runs_are_signs_of_life() -> None:
    rows = with_silence(
        controllers_of([deployment("kustomize-controller")], [pod("kustomize-controller-7d9c8b6f5-abcde")]),
        facts(kustomization(spec={"interval": "10s", "timeout": "10s"}, status={"history": [run(last=15)]})),
        {"kustomize-controller-7d9c8b6f5-abcde": parse_time(ago(9000))},
        NOW,
        20,
    )
    assert rows[0]["state"] == "ready"
