"""The line a person reads while a cluster is waited for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.plugin_utils._progress.lines import (
    heartbeat_line,
    progress_line,
    progress_of,
    rhythm_for,
)


def line(**state: Any) -> str:
    found = progress_of(json.dumps({"done": 87, "total": 103} | state))
    assert found is not None
    return progress_line("ottawa", found)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({}, "ottawa 87/103 done"),
        (
            {"bad": {"failed": 2}, "waiting": {"Kustomization/flux-system/infra": 14}, "running": 0, "note": None},
            "ottawa 87/103 done · 2 failed · 14 waiting for infra",
        ),
        ({"bad": {"failed": 0, "timed_out": 1}, "running": 3}, "ottawa 87/103 done · 1 timed out · 3 running"),
        (
            {"waiting": {"Kustomization/a/web": 1, "Kustomization/b/web": 3}},
            "ottawa 87/103 done · 3 waiting for Kustomization/b/web · 1 waiting for Kustomization/a/web",
        ),
        (
            {"waiting": {f"HelmRelease/apps/{name}": number for number, name in enumerate("abcde")}},
            "ottawa 87/103 done · 4 waiting for e · 3 waiting for d · 3 waiting for 2 others",
        ),
        (
            {"waiting": {f"HelmRelease/apps/{name}": 1 for name in "abc"}},
            "ottawa 87/103 done · 1 waiting for a · 1 waiting for b · 1 waiting for 1 other",
        ),
        ({"note": "kustomize-controller does not run"}, "ottawa 87/103 done · kustomize-controller does not run"),
    ],
)
def test_a_line_says_what_is_done_and_what_is_not(state: dict[str, Any], said: str) -> None:
    assert line(**state) == said


def test_no_name_or_note_steers_a_terminal() -> None:
    said = line(
        bad={"fail\x1b[2Jed": 1}, waiting={"Kustomization/a/\x1b]0;x\x07": 1}, note="a\r\n\x1b[31mb" + "x" * 500
    )
    assert said.isprintable()
    assert len(said) < 250


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2]", "null", '"done"', '{"done": "87", "total": 103}', '{"done": null}']
)
def test_what_is_no_state_is_passed_over(text: str) -> None:
    assert progress_of(text) is None


def test_counts_that_are_none_are_left_out() -> None:
    assert line(bad=["failed"], waiting={"Kustomization/a/b": "many"}) == "ottawa 87/103 done"


def test_a_heartbeat_says_since_when_nothing_changed() -> None:
    assert heartbeat_line("ottawa", None, 30.4) == "ottawa is still being read · 30 s"
    assert heartbeat_line("ottawa", "ottawa 1/2 done", 95) == "ottawa 1/2 done · unchanged for 1 min"


def test_a_large_fleet_shares_one_screen() -> None:
    assert (rhythm_for(0).pause, rhythm_for(3).pause, rhythm_for(3).heartbeat) == (2.0, 2.0, 30.0)
    assert (rhythm_for(300).pause, rhythm_for(300).heartbeat) == (60.0, 60.0)
