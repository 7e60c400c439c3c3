"""Every recorded object of the test bed gets the status, the flags and the reason that were recorded with it."""

from __future__ import annotations

from datetime import datetime
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
EVERY_FILE = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")


def fixture_in(path: Path) -> dict[str, Any]:
    fixture: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return fixture


def reading_in(fixture: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None, datetime]:
    """The records of the fixture's reading, its controllers if there are any, and when it was."""
    items = [fixture["object"], *(fixture.get("others") or [])]
    facts = [facts_of(row) for row in items if kind_of(row["kind"], row["apiVersion"])]
    now = parse_time(str(fixture["now"]))
    raw = {kind: [row for row in items if row["kind"] == kind] for kind in ("Event", "Deployment", "Pod")}
    events = events_of(raw["Event"]) if raw["Event"] else None
    rows = (
        with_silence(controllers_of(raw["Deployment"], raw["Pod"]), facts, {}, now, 600) if raw["Deployment"] else None
    )
    view = View(fixture["cluster"], now, events=events, signs=signs_of(events, None), controllers=rows)
    return records_of(facts, view), rows, now


def record_in(fixture: dict[str, Any]) -> dict[str, Any]:
    """The record of the fixture's object among the other objects of its reading."""
    metadata = fixture["object"]["metadata"]
    wanted = (fixture["object"]["kind"], metadata["namespace"], metadata["name"])
    records = reading_in(fixture)[0]
    return next(row for row in records if (row["kind"], row["namespace"], row["name"]) == wanted)


def test_there_are_fixtures() -> None:
    assert FILES, f"no recorded objects in {FOLDER}"


@EVERY_FILE
def test_recorded(path: Path) -> None:
    fixture = fixture_in(path)
    found = record_in(fixture)
    assert {key: found[key] for key in fixture["expect"]} == fixture["expect"]


@EVERY_FILE
def test_the_name_of_a_file_says_what_is_in_it(path: Path) -> None:
    fixture = fixture_in(path)
    status, separator, why = path.stem.partition("__")
    assert separator
    assert why
    assert status in STATUSES
    assert fixture["expect"]["status"] == status
    assert fixture["object"]["kind"].lower() == path.parent.name.lower()


@EVERY_FILE
def test_message_text_decides_nothing(path: Path) -> None:
    fixture = fixture_in(path)
    for item in (fixture["object"], *(fixture.get("others") or [])):
        for condition in item.get("status", {}).get("conditions") or []:
            condition["message"] = "Applied revision: dependency is not ready, retries exhausted"
    found = record_in(fixture)
    assert (found["status"], found["flags"]) == (fixture["expect"]["status"], fixture["expect"]["flags"])


@EVERY_FILE
def test_what_is_suspended_on_top_remembers_what_it_was(path: Path) -> None:
    fixture = fixture_in(path)
    kind = KINDS[fixture["object"]["kind"]]
    if kind.suspend != "spec" or fixture["expect"]["status"] in ("suspended", "terminating"):
        return
    fixture["object"].setdefault("spec", {})["suspend"] = True
    found = record_in(fixture)
    takes_effect = fixture["object"]["spec"].get("type") != "oci"
    assert found["status"] == ("suspended" if takes_effect else fixture["expect"]["status"])
    assert not takes_effect or found["suspended"]["last"] == fixture["expect"]["status"]


@EVERY_FILE
def test_a_secret_in_a_message_is_shown_by_nobody(path: Path) -> None:
    fixture = fixture_in(path)
    for condition in fixture["object"].get("status", {}).get("conditions") or []:
        condition["message"] += " (https://bob:hunter2@git.example.com)"
    assert "hunter2" not in str(record_in(fixture))
