"""The role's documentation keeps up with the code."""

from __future__ import annotations

from typing import Any

import yaml
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import OBJECT
from ansible_collections.gitops.flux.plugins.plugin_utils._report.object_options import OBJECT_REPORT

from tests.gates.tree import ROOT

ROLE = ROOT / "roles/explain"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS: dict[str, Any] = SPECS["argument_specs"]["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
TASKS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROLE / "tasks").iterdir()))


def test_every_option_of_the_role_is_used() -> None:
    assert [name for name in OPTIONS if name not in TASKS] == []


def test_the_object_has_to_be_named_and_everything_else_has_a_default() -> None:
    required = {name for name, option in OPTIONS.items() if option.get("required")}
    assert required == {"explain_kind", "explain_namespace", "explain_name"}
    assert {name: option["default"] for name, option in OPTIONS.items() if name not in required} == DEFAULTS


def test_defaults_of_the_role_and_its_task_agree() -> None:
    for name in ("report_dir", "report_prefix"):
        assert DEFAULTS[f"explain_{name}"] == OBJECT_REPORT[name]["default"]
    for name in ("flux_namespace", "event_count", "log_lines"):
        assert DEFAULTS[f"explain_{name}"] == OBJECT[name]["default"]


def test_the_playbook_and_the_readme_are_short() -> None:
    playbook = (ROOT / "playbooks/explain.yml").read_text(encoding="utf-8").splitlines()
    assert 12 <= len(playbook) <= 25
    assert len((ROLE / "README.md").read_text(encoding="utf-8").splitlines()) < 40
