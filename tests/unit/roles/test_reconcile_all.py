"""The role's documentation keeps up with the code."""

from __future__ import annotations

from typing import Any

import jinja2
import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS
from ansible_collections.gitops.flux.plugins.plugin_utils._reconcile.options import CLUSTER, FLEET

from tests.gates.tree import ROOT

ROLE = ROOT / "roles/reconcile_all"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS: dict[str, Any] = SPECS["argument_specs"]["main"]["options"]
TASKS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROLE / "tasks").iterdir()))
VARIABLES: dict[str, Any] = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))
PLAYBOOK = (ROOT / "playbooks/reconcile_all.yml").read_text(encoding="utf-8")


def test_every_option_of_the_role_is_used() -> None:
    used = TASKS + yaml.safe_dump(VARIABLES)
    assert [name for name in OPTIONS if name not in used] == []
    assert "__reconcile_all_serial" in PLAYBOOK


def test_defaults_of_the_role_and_its_tasks_agree() -> None:
    for name in ("report_dir", "report_prefix"):
        assert OPTIONS[f"reconcile_all_{name}"]["default"] == CLUSTER[name]["default"] == FLEET[name]["default"]
    known = OPTIONS["reconcile_all_allow_known_failures"]["default"]
    assert known == FLEET["allow_known_failures"]["default"]


def test_every_mode_says_what_it_asks_for() -> None:
    modes = VARIABLES["__reconcile_all_modes"]
    assert list(modes) == OPTIONS["reconcile_all_mode"]["choices"]
    assert {tuple(sorted(mode)) for mode in modes.values()} == {("all", "kinds", "names", "namespaces", "not_ready")}
    assert [name for name, mode in modes.items() if mode["all"]] == ["all"]
    assert [name for name, mode in modes.items() if mode["not_ready"]] == ["failed"]


def test_the_kinds_asked_by_default_are_sources_and_what_they_feed() -> None:
    kinds = OPTIONS["reconcile_all_kinds"]["default"]
    sources = [name for name, kind in KINDS.items() if kind.is_source and kind.controller]
    assert kinds == [*sources, "Kustomization", "HelmRelease"]


@pytest.mark.parametrize("name", ["kinds", "namespaces", "serial"])
@pytest.mark.parametrize(
    ("sent", "meant"),
    [("a, b\nc\r\n", ["a", "b", "c"]), (["a", "b"], ["a", "b"]), ("", []), ([], []), (1, ["1"]), ("100%", ["100%"])],
)
def test_a_list_may_be_a_text(name: str, sent: object, meant: list[str]) -> None:
    expression = str(VARIABLES[f"__reconcile_all_{name}"]).strip().removeprefix("{{").removesuffix("}}")
    environment = jinja2.Environment(autoescape=True)
    environment.filters["flatten"] = _flatten
    assert environment.compile_expression(expression)(**{f"reconcile_all_{name}": sent}) == meant


def _flatten(items: list[Any]) -> list[Any]:
    return [part for item in items for part in (item if isinstance(item, list) else [item])]


def test_the_playbook_and_the_readme_are_short() -> None:
    assert 12 <= len(PLAYBOOK.splitlines()) <= 25
    assert len((ROLE / "README.md").read_text(encoding="utf-8").splitlines()) < 40
