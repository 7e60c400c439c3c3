"""The role's documentation keeps up with the code."""

from __future__ import annotations

import re
from typing import Any

import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.settings import FAIL_ON
from ansible_collections.gitops.flux.plugins.plugin_utils._report.options import CLUSTER, FLEET

from tests.gates.tree import ROOT

ROLE = ROOT / "roles/health_check"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS: dict[str, Any] = SPECS["argument_specs"]["main"]["options"]
TASKS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROLE / "tasks").iterdir()))
VARIABLES = (ROLE / "vars/main.yml").read_text(encoding="utf-8")


def test_every_word_the_gate_knows_is_documented() -> None:
    told = "\n".join(OPTIONS["health_check_fail_on"]["description"])
    assert set(re.findall(r"V\((\w+)\)", told)) == set(FAIL_ON)


def test_every_option_of_the_role_is_used() -> None:
    assert [name for name in OPTIONS if name not in TASKS + VARIABLES] == []


def test_defaults_of_the_role_and_its_tasks_agree() -> None:
    for name in ("report_dir", "report_prefix", "event_count", "log_count"):
        assert OPTIONS[f"health_check_{name}"]["default"] == CLUSTER[name]["default"]
    for name in ("root_source", "fail_on"):
        assert OPTIONS[f"health_check_{name}"]["default"] == FLEET[name]["default"]


def test_the_playbook_and_the_readme_are_short() -> None:
    playbook = (ROOT / "playbooks/health_check.yml").read_text(encoding="utf-8").splitlines()
    assert 12 <= len(playbook) <= 25
    assert len((ROLE / "README.md").read_text(encoding="utf-8").splitlines()) < 40
