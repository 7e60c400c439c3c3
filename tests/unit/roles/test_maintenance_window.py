"""The role's documentation keeps up with the code, and a survey's texts mean the same as values."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import PAUSING
from ansible_collections.gitops.flux.plugins.plugin_utils._maintenance.options import RECORD, REPORT

from tests.gates.tree import ROOT

ROLE = ROOT / "roles/maintenance_window"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
OPTIONS: dict[str, Any] = SPECS["start"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
VARIABLES: dict[str, Any] = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))
TASKS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROLE / "tasks").iterdir())}


def test_every_option_of_the_role_is_used() -> None:
    used = "\n".join(TASKS.values()) + (ROLE / "vars/main.yml").read_text(encoding="utf-8")
    assert [name for name in OPTIONS if name not in used] == []


def test_both_ends_know_the_same_options() -> None:
    assert SPECS["end"]["options"] == OPTIONS
    without = set(OPTIONS) - set(DEFAULTS)
    assert without == {"maintenance_window_change", "maintenance_window_reason"}
    assert [name for name in OPTIONS if OPTIONS[name].get("required")] == ["maintenance_window_change"]


def test_defaults_of_the_role_and_its_tasks_agree() -> None:
    for name in ("report_dir", "report_prefix"):
        assert DEFAULTS[f"maintenance_window_{name}"] == RECORD[name]["default"] == REPORT[name]["default"]
    assert DEFAULTS["maintenance_window_flux_namespace"] == PAUSING["flux_namespace"]["default"]


def test_what_a_survey_may_send_as_text_is_converted_in_one_place() -> None:
    """A task that used the variable itself would see the text."""
    converted = [name for name in VARIABLES if name.removeprefix("__") in OPTIONS]
    assert {f"__{name}" for name, option in OPTIONS.items() if option["type"] in ("list", "float")} <= set(converted)
    for name in converted:
        for file, text in TASKS.items():
            assert f"{{{{ {name.removeprefix('__')}" not in text, f"{file} uses {name.removeprefix('__')}"


def test_nothing_resumes_by_rescue_or_always() -> None:
    tasks = [task for text in TASKS.values() for task in yaml.safe_load(text)]
    assert not any("always" in task for task in tasks)
    rescued = [step for task in tasks for step in task.get("rescue", ())]
    assert rescued
    assert all("ansible.builtin.debug" in step for step in rescued)


@pytest.mark.parametrize("name", ["maintenance_start", "maintenance_end"])
def test_the_playbooks_and_the_readme_are_short(name: str) -> None:
    assert 12 <= len((ROOT / f"playbooks/{name}.yml").read_text(encoding="utf-8").splitlines()) <= 25
    assert len((ROLE / "README.md").read_text(encoding="utf-8").splitlines()) < 40
