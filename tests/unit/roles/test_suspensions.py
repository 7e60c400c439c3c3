"""The role's documentation keeps up with the code."""

from __future__ import annotations

from typing import Any

import yaml
from ansible_collections.gitops.flux.plugins.plugin_utils._suspensions.report import READING, REPORT

from tests.gates.tree import ROOT

ROLE = ROOT / "roles/suspensions"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS: dict[str, Any] = SPECS["argument_specs"]["main"]["options"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
HEALTH: dict[str, Any] = yaml.safe_load((ROOT / "roles/health_check/defaults/main.yml").read_text(encoding="utf-8"))
TASKS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROLE / "tasks").iterdir()))


def test_every_option_of_the_role_is_used_and_has_a_default() -> None:
    assert [name for name in OPTIONS if name not in TASKS] == []
    assert {name: option["default"] for name, option in OPTIONS.items()} == DEFAULTS


def test_defaults_of_the_role_and_its_tasks_agree() -> None:
    for name in ("report_dir", "report_prefix", "fail_on_overdue"):
        assert DEFAULTS[f"suspensions_{name}"] == REPORT[name]["default"]
    assert DEFAULTS["suspensions_max_age"] == READING["max_age"]["default"]
    assert DEFAULTS["suspensions_max_age"] == HEALTH["health_check_suspension_max_age"]


def test_both_roles_print_pages_alike() -> None:
    window = ROOT / "roles/maintenance_window/templates/page.md.j2"
    assert (ROLE / "templates/page.md.j2").read_text(encoding="utf-8") == window.read_text(encoding="utf-8")


def test_the_playbook_and_the_readme_are_short() -> None:
    playbook = (ROOT / "playbooks/suspensions.yml").read_text(encoding="utf-8").splitlines()
    assert 12 <= len(playbook) <= 25
    assert len((ROLE / "README.md").read_text(encoding="utf-8").splitlines()) < 40
