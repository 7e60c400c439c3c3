"""A fleet JSON recorded from real clusters: one degraded by its controllers, one by its objects, one out of reach."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from tests.gates.tree import ROOT

FLEET: dict[str, Any] = json.loads((ROOT / "tests/fixtures/reports/fleet.json").read_text(encoding="utf-8"))
TEMPLATES: Path = ROOT / "roles/health_check/templates"

WITHOUT_CONTROLLERS = "ottawa"
WITH_FAILURES = "robbinsdale"
OUT_OF_REACH = "stpetersburg"


def fleet() -> dict[str, Any]:
    """A copy to change."""
    return copy.deepcopy(FLEET)


def entry(host: str) -> dict[str, Any]:
    """A copy of one cluster's entry."""
    found: dict[str, Any] = copy.deepcopy(FLEET["clusters"][host])
    return found
