"""Ten thousand objects: time grows with their number and facts stay small."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.causes import root_causes
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import records_of

from tests.unit.flux_objects import NOW, Item, event, git_repository, kustomization, ready, run, seen

ENTRIES = [{"id": f"apps_web-{number}_apps_Deployment", "v": "v1"} for number in range(50)]


def fleet(size: int) -> list[Item]:
    """A third each ready, failed and blocked by the failed one before it."""
    items = [git_repository()]
    for number in range(size):
        said = (
            ready() if number % 3 == 0 else ready("False", "BuildFailed" if number % 3 == 1 else "DependencyNotReady")
        )
        spec = {"dependsOn": [{"name": f"k{number - 1}"}]} if number % 3 == 2 else {}
        status = {"inventory": {"entries": ENTRIES}, "history": [run(last=30)]}
        items.append(kustomization(f"k{number}", said, spec=spec, status=status))
    return items


def seconds(size: int) -> float:
    items = fleet(size)
    view: dict[str, Any] = {"events": events_of([event(item, "BuildFailed") for item in items])}
    began = time.process_time()
    found = records_of([facts_of(item) for item in items], seen(**view))
    causes = root_causes(found, now=NOW)
    spent = time.process_time() - began
    assert len(found) == size + 1
    assert len(causes) == len([item for item in items if item["status"]["conditions"][0]["reason"] == "BuildFailed"])
    return spent


def test_time_grows_with_the_number_of_objects() -> None:
    small, large = seconds(1000), seconds(8000)
    assert large < 16 * small
    assert large < 20


def test_facts_do_not_keep_inventories() -> None:
    items = fleet(1000)
    tracemalloc.start()
    facts = [facts_of(item) for item in items]
    size, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert facts[1].inventory_count == 50
    assert size / len(facts) < 4000
