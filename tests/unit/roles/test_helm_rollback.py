"""The role's documentation keeps up with the code, and a survey's texts mean the same as values."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import ROLLING_BACK
from ansible_collections.gitops.flux.plugins.plugin_utils._rollback.options import ASKED, REPORT

from tests.gates.tree import ROOT

ROLE = ROOT / "roles/helm_rollback"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
OPTIONS: dict[str, Any] = SPECS["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
VARIABLES: dict[str, Any] = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))
TASKS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROLE / "tasks").iterdir())}
WRITERS = {"roll_back.yml": "gitops.flux.flux_helm_rollback", "let_go.yml": "gitops.flux.flux_helm_rollback_finish"}
NAMED = {"namespace", "name", "confirm", "reason"}


def test_every_option_of_the_role_is_used() -> None:
    used = "\n".join(TASKS.values()) + (ROLE / "vars/main.yml").read_text(encoding="utf-8")
    assert [name for name in OPTIONS if name not in used] == []


def test_what_is_meant_and_why_has_no_default_and_everything_else_has() -> None:
    required = {name for name, option in OPTIONS.items() if option.get("required")}
    assert required == {f"helm_rollback_{name}" for name in NAMED} == set(OPTIONS) - set(DEFAULTS)


def test_the_finish_takes_the_same_and_needs_no_reason() -> None:
    assert SPECS["finish"]["options"] == {
        name: option for name, option in OPTIONS.items() if name != "helm_rollback_reason"
    }


def test_what_is_asked_of_the_role_is_what_the_report_can_ask_again() -> None:
    assert set(VARIABLES["__helm_rollback_asked"]) == set(ASKED)
    assert {f"helm_rollback_{name}" for name in ASKED} == set(OPTIONS) - {
        "helm_rollback_report_dir", "helm_rollback_plan_digest",
    }  # fmt: skip


def test_defaults_of_the_role_its_report_and_its_module_agree() -> None:
    assert DEFAULTS["helm_rollback_report_dir"] == REPORT["report_dir"]["default"]
    for name, option in ASKED.items():
        if name not in NAMED:
            assert DEFAULTS[f"helm_rollback_{name}"] in (option["default"], None)
    for name in ("strategy", "force", "helm"):
        assert DEFAULTS[f"helm_rollback_{name}"] == ROLLING_BACK[name]["default"]
    assert OPTIONS["helm_rollback_strategy"]["choices"] == ROLLING_BACK["strategy"]["choices"]


def test_what_a_survey_may_send_as_text_is_converted_in_one_place() -> None:
    """A task that used the variable itself would see the text."""
    for name in ASKED:
        for file, text in TASKS.items():
            assert f"{{{{ helm_rollback_{name}" not in text, f"{file} uses helm_rollback_{name}"


def test_one_task_writes_and_nothing_is_let_go_by_rescue_or_always() -> None:
    for file, module in WRITERS.items():
        (task,) = yaml.safe_load(TASKS[file])
        assert [set(step) - {"name", "register"} for step in task["block"]] == [{module}]
        assert all("ansible.builtin.debug" in step for step in task["rescue"])
        assert "always" not in task


@pytest.mark.parametrize("name", ["helm_rollback", "helm_rollback_finish"])
def test_the_playbooks_and_the_readme_are_short(name: str) -> None:
    assert 12 <= len((ROOT / f"playbooks/{name}.yml").read_text(encoding="utf-8").splitlines()) <= 25
    assert len((ROLE / "README.md").read_text(encoding="utf-8").splitlines()) < 40
