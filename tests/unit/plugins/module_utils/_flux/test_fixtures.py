"""Every recorded object of the test bed gets the status, the flags and the reason that were recorded with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.events import events_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.facts import facts_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS, kind_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.records import View, records_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.silence import with_silence
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import signs_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.status import STATUSES
from ansible_collections.gitops.flux.plugins.module_utils._flux.times import parse_time

FOLDER = Path(__file__).parents[4] / "fixtures"
FOLDERS = {name.lower() for name in KINDS}
FILES = sorted(path for path in FOLDER.glob("*/*.yaml") if path.parent.name.lower() in FOLDERS)


def record_in(fixture: dict[str, Any]) -> dict[str, Any]:
    """The record of the fixture's object among the other objects of its reading."""
    item = fixture["object"]
    items = [item, *(fixture.get("others") or [])]
    facts = [facts_of(row) for row in items if kind_of(row["kind"], row["apiVersion"])]
    now = parse_time(str(fixture["now"]))
    raw = {kind: [row for row in items if row["kind"] == kind] for kind in ("Event", "Deployment", "Pod")}
    events = events_of(raw["Event"]) if raw["Event"] else None
    rows = (
        with_silence(controllers_of(raw["Deployment"], raw["Pod"]), facts, {}, now, 600) if raw["Deployment"] else None
    )
    view = View(fixture["cluster"], now, events=events, signs=signs_of(events, None), controllers=rows)
    metadata = item["metadata"]
    wanted = (item["kind"], metadata["namespace"], metadata["name"])
    return next(row for row in records_of(facts, view) if (row["kind"], row["namespace"], row["name"]) == wanted)


def test_there_are_fixtures() -> None:
    assert FILES, f"no recorded objects in {FOLDER}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_recorded(path: Path) -> None:
    fixture = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = record_in(fixture)
    assert {key: found[key] for key in fixture["expect"]} == fixture["expect"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_name_of_a_file_says_what_is_in_it(path: Path) -> None:
    fixture = yaml.safe_load(path.read_text(encoding="utf-8"))
    status, separator, why = path.stem.partition("__")
    assert separator
    assert why
    assert status in STATUSES
    assert fixture["expect"]["status"] == status
    assert fixture["object"]["kind"].lower() == path.parent.name.lower()
