"""Whatever flux_info answers, or fails with, becomes the picture of a cluster."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import HealthSettings
from ansible_collections.gitops.flux.plugins.plugin_utils._report.intake import entry_of, picture_from

NOW = "2026-11-21T09:30:00Z"
# What ansible-core before 2.19 makes of a module that crashes.
TRACEBACK = {
    "failed": True,
    "msg": "MODULE FAILURE\nSee stdout/stderr for the exact error",
    "module_stderr": "Traceback (most recent call last):\n  File x, line 1\nRuntimeError: boom, token=abcdef012345\n",
}


@pytest.mark.parametrize(
    ("result", "reason", "hint"),
    [
        (
            {"failed": True, "msg": "A. B.", "error": {"type": "InvalidTarget", "message": "A.", "hint": "B."}},
            "A.",
            "B.",
        ),
        (
            {"failed": True, "msg": "Failed to import the\nkubernetes library"},
            "Failed to import the kubernetes library",
            None,
        ),
        (
            # ansible-core from 2.19 on keeps the message of a failed module in an object.
            {"failed": True, "exception": SimpleNamespace(event=SimpleNamespace(msg="Unsupported parameters: x"))},
            "Unsupported parameters: x",
            None,
        ),
        ({}, "the module stopped unexpectedly: it gave no result", None),
    ],
)
def test_a_failure_is_a_cluster_out_of_reach(result: dict[str, Any], reason: str, hint: str | None) -> None:
    picture = picture_from(result, "talos-ottawa", NOW)
    assert (picture["reachable"], picture["reason"], picture["hint"]) == (False, reason, hint)
    assert (picture["cluster"]["context"], picture["read_at"]) == ("talos-ottawa", NOW)


def test_of_a_crash_the_last_line_is_told_without_its_secrets() -> None:
    reason = picture_from(TRACEBACK, None, NOW)["reason"]
    assert reason.startswith("the module stopped unexpectedly: RuntimeError: boom")
    assert "abcdef012345" not in reason
    assert "Traceback" not in reason


def test_what_ansible_adds_to_a_result_is_no_part_of_the_picture() -> None:
    result = {"reachable": False, "reason": "x", "changed": False, "invocation": {"module_args": {"api_key": "secret"}}}
    assert picture_from(result, None, NOW) == {"reachable": False, "reason": "x", "read_at": NOW}


def test_the_clusters_own_clock_counts_when_there_is_one() -> None:
    assert (
        picture_from({"reachable": True, "read_at": "2026-01-01T00:00:00Z"}, None, NOW)["read_at"]
        == "2026-01-01T00:00:00Z"
    )


def test_the_entry_has_the_names_of_its_host() -> None:
    picture = picture_from(TRACEBACK, "talos-ottawa", NOW)
    entry = entry_of("ottawa", None, picture, [], HealthSettings())
    assert (entry["host"], entry["display_name"], entry["verdict"]) == ("ottawa", "ottawa", "unreachable")
    assert entry_of("ottawa", "Ottawa", picture, [], HealthSettings())["display_name"] == "Ottawa"
    assert entry["same_cluster_as"] == []
