"""What must hold for any cluster, tried on random ones: nothing breaks, nothing bad is green, nothing is lost."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.classes import CLASSES
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.flags import FLAGS
from ansible_collections.gitops.flux.plugins.module_utils._flux.health import HealthSettings, cluster_health
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import records_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import signs_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import STATUSES

from tests.unit.flux_clusters import picture, rows
from tests.unit.flux_objects import REVISION, Item, ago, condition, event, facts, flux, release, run, seen

REASONS = (
    "ReconciliationSucceeded",
    "BuildFailed",
    "DependencyNotReady",
    "ArtifactFailed",
    "SourceNotReady",
    "Progressing",
)
TYPES = ("Ready", "Reconciling", "Stalled", "FetchFailed", "Drifted", "Remediated", "Healthy")
OUTCOMES = ("ReconciliationSucceeded", "HealthCheckFailed", "BuildFailed")
SOURCES = ("GitRepository", "HelmChart", "Kustomization", "Absent")


def some_conditions(chance: random.Random) -> list[Item]:
    return [
        condition(
            name,
            chance.choice(("True", "False", "Unknown")),
            chance.choice(REASONS),
            "said something",
            generation=chance.choice((None, 1, 2)),
            age=chance.choice((1, 30, 90, 1000, 9000)),
        )
        for name in chance.sample(TYPES, chance.randrange(len(TYPES)))
    ]


def some_object(chance: random.Random, number: int) -> Item:
    kind = chance.choice(("Kustomization", "HelmRelease", "GitRepository", *KINDS))
    spec: dict[str, Any] = {"interval": chance.choice(("5s", "1m", "1h", "nonsense"))}
    spec["suspend"] = chance.random() < 0.1
    spec["sourceRef"] = {"kind": chance.choice(SOURCES), "name": f"o{chance.randrange(12)}"}
    spec["dependsOn"] = [{"name": f"o{chance.randrange(12)}"} for _each in range(chance.randrange(3))]
    status: dict[str, Any] = {"failures": chance.randrange(2), "lastAppliedRevision": chance.choice((REVISION, None))}
    if kind == "HelmRelease":
        status["history"] = [release(1, "1.2.2", chance.choice(("deployed", "failed", "pending-upgrade")))]
    elif chance.random() < 0.5:
        status["history"] = [run(chance.choice(OUTCOMES), last=chance.choice((10, 5000)))]
    if chance.random() < 0.5:
        status["artifact"] = {"revision": chance.choice((REVISION, "1.3.0", "x@sha256:0")), "lastUpdateTime": ago(2000)}
    deleted = {"deletionTimestamp": ago(chance.choice((5, 5000)))} if chance.random() < 0.1 else {}
    return flux(
        kind,
        f"o{number}",
        spec=spec,
        status=status,
        conditions=some_conditions(chance),
        generation=chance.choice((1, 2)),
        observed=chance.choice((None, -1, 1, 2)),
        age=chance.choice((5, 5000)),
        **deleted,
    )


def some_cluster(seed: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The records of a random cluster, and its entry."""
    chance = random.Random(seed)  # noqa: S311
    items = [some_object(chance, number) for number in range(12)]
    raw = [event(item, "BuildFailed", last=chance.choice((5, 500))) for item in items if chance.random() < 0.3]
    events = events_of(raw)
    found = picture(controllers=rows(kustomize=chance.randrange(2), helm=chance.randrange(2)))
    records = records_of(
        facts(*items), seen(events=events, signs=signs_of(events, []), controllers=found["controllers"])
    )
    return records, cluster_health(found, records, HealthSettings())


SEEDS = pytest.mark.parametrize("seed", range(60))


@SEEDS
def test_every_record_speaks_the_vocabulary(seed: int) -> None:
    records, entry = some_cluster(seed)
    assert json.loads(json.dumps(entry)) == entry
    for record in records:
        assert record["status"] in STATUSES
        assert set(record["flags"]) <= set(FLAGS)
        assert (record["suspended"] is not None) >= (record["status"] == "suspended")
        assert record["message"] != ""


@SEEDS
def test_nothing_bad_is_green(seed: int) -> None:
    records, entry = some_cluster(seed)
    bad = [
        record
        for record in records
        if record["status"] in ("failed", "stalled") or {"stuck", "unobserved", "behind"} & set(record["flags"])
    ]
    assert entry["verdict"] == "degraded" or not bad
    assert bool(entry["reasons"]) == (entry["verdict"] == "degraded")


@SEEDS
def test_everything_bad_is_a_cause_or_waits_for_one(seed: int) -> None:
    records, entry = some_cluster(seed)
    causes = entry["root_causes"]
    named = {f"{cause['kind']}/{cause['namespace']}/{cause['name']}" for cause in causes}
    named |= {name for cause in causes for name in (*cause["victims"], *cause["members"])}
    for record in records:
        bad = record["status"] in ("failed", "stalled") or {"stuck", "unobserved", "behind"} & set(record["flags"])
        if bad and record["status"] != "suspended":
            assert f"{record['kind']}/{record['namespace']}/{record['name']}" in named


@SEEDS
def test_numbers_of_victims_agree(seed: int) -> None:
    _records, entry = some_cluster(seed)
    for cause in entry["root_causes"]:
        name = f"{cause['kind']}/{cause['namespace']}/{cause['name']}"
        assert name not in cause["victims"]
        assert cause["victims"] == sorted(set(cause["victims"]))
        others = {victim for other in entry["root_causes"] if other is not cause for victim in other["victims"]}
        assert cause["freed_alone"] == len(set(cause["victims"]) - others)
        writes = [command["writes"] for command in cause["commands"]]
        assert writes == sorted(writes), "what reads stands first"
        assert cause["class"] in CLASSES
