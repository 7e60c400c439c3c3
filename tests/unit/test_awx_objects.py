"""docs/awx as AWX would take it: every name leads somewhere, and every question is an option of the role behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.awx_objects import FOLDER, Json, injected, kubeconfig_type, objects

ROOT = FOLDER.parents[1]
PROJECT = FOLDER / "project"
# awx/api/views: what a question may be, and what its default has to be.
QUESTIONS = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}
TYPES = {
    "str": {"text", "textarea", "multiplechoice"},
    "list": {"text", "textarea", "multiselect"},
    "bool": {"multiplechoice"},
    "int": {"integer"},
    "float": {"integer", "float"},
}
FOUND = objects()
TEMPLATES = {each["name"]: each for each in FOUND["controller_templates"]}
WORKFLOWS = {each["name"]: each for each in FOUND["controller_workflows"]}
SURVEYS = TEMPLATES | {name: flow for name, flow in WORKFLOWS.items() if flow.get("survey_enabled")}


def names(variable: str) -> set[str]:
    return {each["name"] for each in FOUND[variable]}


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def imported(playbook: str) -> str | None:
    """The playbook of the collection that one of the project imports; None when it has tasks of its own."""
    play = loaded(PROJECT / playbook)[0]
    name: str | None = play.get("ansible.builtin.import_playbook")
    return None if name is None else name.removeprefix("gitops.flux.")


def options_of(playbook: str) -> dict[str, Json]:
    """The options of the roles a playbook of the collection uses, at the entry points it uses."""
    text = (ROOT / f"playbooks/{playbook}.yml").read_text(encoding="utf-8")
    found: dict[str, Json] = {}
    for role in set(re.findall(r"gitops\.flux\.(\w+)$", text, re.MULTILINE)):
        entries = loaded(ROOT / f"roles/{role}/meta/argument_specs.yml")["argument_specs"]
        used = set(re.findall(r"tasks_from: (\w+)", text)) & entries.keys() or {"main"}
        found |= {name: spec for entry in used for name, spec in entries[entry].get("options", {}).items()}
    return found


def questions(survey: Json) -> list[Json]:
    found: list[Json] = survey["survey_spec"]["spec"]
    return found


def asked_options() -> Iterator[Any]:
    """Each question of a playbook of the collection, with the option of that name."""
    for template in TEMPLATES.values():
        playbook = imported(template["playbook"])
        if playbook:
            options = options_of(playbook)
            for question in questions(template):
                name = question["variable"]
                yield pytest.param(question, options.get(name), id=f"{playbook}-{name}")


def as_answer(value: Any) -> Any:
    """A role's default as a survey would have it."""
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else value


def test_every_playbook_of_the_collection_has_a_template() -> None:
    published = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    project = {path.name for path in PROJECT.glob("*.yml")}
    assert {template["playbook"] for template in TEMPLATES.values()} == project
    assert {name for name in map(imported, project) if name} == published


@pytest.mark.parametrize(("question", "option"), list(asked_options()))
def test_a_question_asks_for_an_option_of_the_role(question: Json, option: Json | None) -> None:
    assert option is not None, "the role has no such option"
    assert question["type"] in TYPES[option.get("type", "str")]
    if option.get("required"):
        assert question["required"]
    if option.get("type") == "bool":
        assert set(question["choices"]) == {"false", "true"}
    elif "choices" in option:
        assert list(question["choices"]) == list(option["choices"])


@pytest.mark.parametrize(("question", "option"), list(asked_options()))
def test_an_answer_that_is_left_alone_is_the_default_of_the_role(question: Json, option: Json) -> None:
    """An empty one arrives as an empty text, and on ansible-core 2.19 and newer as nothing at all."""
    if question.get("default") == "":
        assert not question["required"]
        empty = option.get("default")
        assert empty in (None, ""), f"an empty answer does not mean {empty!r}"
    elif "default" in question and not option.get("required"):
        assert as_answer(question["default"]) == as_answer(option["default"])


@pytest.mark.parametrize("name", SURVEYS)
def test_awx_would_take_the_survey(name: str) -> None:
    """The checks of awx/api/views, JobTemplateSurveySpec."""
    survey = SURVEYS[name]["survey_spec"]
    assert all(isinstance(survey[field], str) for field in ("name", "description"))
    variables = [question["variable"] for question in survey["spec"]]
    assert len(variables) == len(set(variables)) > 0
    for question in survey["spec"]:
        assert isinstance(question["question_name"], str)
        assert isinstance(question["required"], bool)
        wanted = QUESTIONS[question["type"]]
        assert isinstance(question.get("default", wanted()), wanted)
        assert all(isinstance(question.get(limit, 0), int) for limit in ("min", "max"))
        if "choices" in question:
            assert question["default"] in question["choices"]
        assert not question["variable"].startswith("ansible_")


def test_the_playbook_of_the_project_uses_what_its_survey_asks_for() -> None:
    for template in TEMPLATES.values():
        if imported(template["playbook"]) is None:
            text = (PROJECT / template["playbook"]).read_text(encoding="utf-8")
            asked = {question["variable"] for question in questions(template)}
            prefix = next(iter(asked)).partition("_")[0]
            assert asked <= set(re.findall(rf"\b{prefix}_\w+", text))


def test_every_name_leads_to_an_object_of_these_files() -> None:
    for template in TEMPLATES.values():
        assert template["project"] in names("controller_projects")
        assert template["inventory"] in names("controller_inventories")
        assert set(template["credentials"]) <= names("controller_credentials")
    for source in FOUND["controller_inventory_sources"]:
        assert source["inventory"] in names("controller_inventories")
        assert source["source_project"] in names("controller_projects")
    for schedule in FOUND["controller_schedules"]:
        assert schedule["unified_job_template"] in TEMPLATES | WORKFLOWS
        assert re.match(r"DTSTART(;TZID=\S+)?:\d{8}T\d{6}Z? RRULE:FREQ=\w+;INTERVAL=\d+", schedule["rrule"])
    assert {each["credential_type"] for each in FOUND["controller_credentials"]} == names("controller_credential_types")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_runs_through(name: str) -> None:
    """Each node but the first is reached, and runs a template that takes what the workflow was asked."""
    nodes = {node["identifier"]: node for node in WORKFLOWS[name]["simplified_workflow_nodes"]}
    followers = {
        node: [
            each for edge in ("success_nodes", "failure_nodes", "always_nodes") for each in nodes[node].get(edge, [])
        ]
        for node in nodes
    }
    reached = {each for after in followers.values() for each in after}
    assert reached == set(nodes) - {next(iter(nodes))}
    for node in nodes.values():
        assert ("unified_job_template" in node) != ("approval_node" in node)
        if "unified_job_template" in node:
            template = TEMPLATES[node["unified_job_template"]]
            assert template.get("ask_job_type_on_launch") or "job_type" not in node
        else:
            assert node["approval_node"]["timeout"] > 0, "0 never expires"


def test_nothing_is_resumed_without_an_approval() -> None:
    window = WORKFLOWS["Flux: maintenance window"]["simplified_workflow_nodes"]
    before = [
        node for node in window if "end" in [each for edge in node.values() if isinstance(edge, list) for each in edge]
    ]
    assert [sorted(node) for node in before] == [["approval_node", "identifier", "success_nodes"]]


def test_nothing_is_rolled_back_or_let_go_without_an_approval_and_only_the_plan_that_was_approved() -> None:
    flow = WORKFLOWS["Flux: Helm rollback with approvals"]
    nodes = {node["identifier"]: node for node in flow["simplified_workflow_nodes"]}
    assert nodes["plan"]["job_type"] == "check"
    for acting in ("rollback", "finish"):
        before = [node for node in nodes.values() if acting in node.get("success_nodes", [])]
        assert [sorted(node) for node in before] == [["approval_node", "identifier", "success_nodes"]]
        assert not any(
            acting in node.get(edge, []) for node in nodes.values() for edge in ("always_nodes", "failure_nodes")
        )
    # What a workflow asks for wins over what a job before has handed on.
    assert "helm_rollback_plan_digest" not in {question["variable"] for question in questions(flow)}


def test_a_credential_of_our_type_becomes_a_file_and_its_path(tmp_path: Path) -> None:
    kind = kubeconfig_type()
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    assert fields["kubeconfig"]["secret"]
    assert fields["kubeconfig"]["multiline"]
    assert set(kind["inputs"]["required"]) <= fields.keys()
    content = "apiVersion: v1\nkind: Config\nusers: [{name: '{{ braces }}'}]\n"
    environment = injected(kind, {"kubeconfig": content}, tmp_path, Path("/runner/env"))
    assert environment == {"K8S_AUTH_KUBECONFIG": "/runner/env/tmp-kubeconfig"}
    assert (tmp_path / "tmp-kubeconfig").read_text(encoding="utf-8") == content.rstrip("\n") or content


def test_no_key_is_said_twice() -> None:
    """Also not by a merge: ansible-core warns of each."""
    for path in sorted(FOLDER.glob("*.yml")):
        for node in _mappings(yaml.compose(path.read_text(encoding="utf-8"))):
            keys = [key.value for key, _value in node.value if key.tag != "tag:yaml.org,2002:merge"]
            keys += [
                inner.value
                for key, value in node.value
                if key.tag == "tag:yaml.org,2002:merge"
                for inner, _rest in value.value
            ]
            assert len(keys) == len(set(keys)), f"{path.name}: {sorted(keys)}"


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _key, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)
