"""Every class of causes has its page; page, code and what controllers really say agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.classes import CLASSES
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.hints import hints_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.staleness import SourceSigns

from tests.unit.flux_clusters import SEEN, deployment
from tests.unit.flux_objects import (
    NOW,
    Item,
    condition,
    flux,
    git_repository,
    kustomization,
    ready,
    records,
    release,
)
from tests.unit.plugins.module_utils._flux.test_fixtures import FOLDER, fixture_in, reading_in

DOCS = Path(__file__).parents[2] / "docs"
INDEX = (DOCS / "causes.md").read_text(encoding="utf-8")
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((DOCS / "causes").glob("*.md"))}
SECTIONS = ("Sign", "Meaning", "Remedy", "Not to be confused with")
CLUSTER = {"context": "talos-ottawa"}
CONTEXT = {"kubectl": "--context talos-ottawa", "flux": "--context talos-ottawa", "helm": "--kube-context talos-ottawa"}
WRITING = re.compile(r"^(?:flux|kubectl)\b.* (?:reconcile|resume|scale|rollout restart) ")
EVERY_CLASS = pytest.mark.parametrize("name", CLASSES)


class Sign(NamedTuple):
    """What a page says that an object looks like."""

    kind: str
    namespace: str
    name: str
    status: str
    reason: str
    message: str


def section(name: str, title: str) -> str:
    return PAGES[name].partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def plain(text: str) -> str:
    """Without line breaks, which only serve the page."""
    return " ".join(text.split())


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def shell_lines(name: str) -> list[str]:
    return [line for block in blocks(PAGES[name], "shell") for line in block.splitlines()]


def signs_of(name: str) -> list[Sign]:
    """Signs are apart by an empty line: "<Kind> <namespace>/<name>: <status>, <reason>", and then the text."""
    found = []
    for text in "\n\n".join(blocks(section(name, "Sign"), "text")).strip().split("\n\n"):
        head, _newline, message = text.strip().partition("\n")
        parts = re.fullmatch(r"(\w+) ([\w-]+)/([\w-]+): (\w+), (\w+)", head)
        assert parts, head
        kind, namespace, object_name, status, reason = parts.groups()
        found.append(Sign(kind, namespace, object_name, status, reason, message))
    return found


# What the objects on the pages name: a missing one counts only when the text says so.
SPECS: Mapping[str, Mapping[str, Any]] = {
    "GitRepository": {"url": "https://git.example.com/fleet.git", "secretRef": {"name": "fleet-auth"}},
    "Kustomization": {
        "sourceRef": {"kind": "GitRepository", "name": "fleet", "namespace": "flux-system"},
        "decryption": {"provider": "sops", "secretRef": {"name": "sops-age"}},
        "postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "cluster-settings"}]},
    },
    "HelmChart": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "charts"}},
    "HelmRelease": {
        "chart": {"spec": {"sourceRef": {"kind": "HelmRepository", "name": "charts", "namespace": "flux-system"}}},
        "valuesFrom": [{"kind": "Secret", "name": "web-values"}],
        "kubeConfig": {"secretRef": {"name": "remote"}},
    },
    "Receiver": {"secretRef": {"name": "hook-token"}},
}
# Where the sign is that something else is not there.
LOST: Mapping[str, Mapping[str, Any]] = {
    "source_missing": {"sourceRef": {"kind": "GitRepository", "name": "tenants"}},
    "dependency_missing": {"dependsOn": [{"name": "infra"}]},
}
WELL = [
    git_repository(),
    flux("HelmRepository", "charts", conditions=[ready()], status={"artifact": {"revision": "sha256:1"}}),
    flux("HelmChart", "apps-web", conditions=[ready()], status={"artifact": {"revision": "1.2.2"}}),
]


def made_from(sign: Sign, page: str) -> list[Item]:
    """The object of a sign among others that are well."""
    said = ready("False", sign.reason, sign.message, age=600)
    stalled = [condition("Stalled", "True", sign.reason, sign.message)] if sign.status == "stalled" else []
    history = {"history": [release(4, "1.3.0", "failed"), release(3, "1.2.2")], "storageNamespace": sign.namespace}
    item = flux(
        sign.kind,
        sign.name,
        sign.namespace,
        spec={**SPECS.get(sign.kind, {}), **LOST.get(page, {})},
        status=history if sign.kind == "HelmRelease" else {},
        conditions=[*stalled, said],
    )
    return [item, *(other for other in WELL if other["kind"] != sign.kind)]


def diagnosed(*items: Item, controllers: list[dict[str, Any]] | None = None, **view: Any) -> list[dict[str, Any]]:
    found = records(*items, controllers=controllers, **view)
    return diagnose(found, controllers, SEEN, now=NOW, cluster=CLUSTER)


def recorded(file: str, namespace: str, name: str) -> dict[str, Any]:
    """A fixture whose object has the name it has on the page."""
    fixture = fixture_in(FOLDER / f"{file}.yaml")
    fixture["object"]["metadata"].update(namespace=namespace, name=name)
    return fixture


def recorded_causes(file: str) -> list[dict[str, Any]]:
    found, controllers, now = reading_in(recorded(file, "flux-system", "apps"))
    return diagnose(found, controllers, SEEN, now=now, cluster=CLUSTER)


def silent_source() -> list[dict[str, Any]]:
    return diagnosed(
        git_repository(changed=7200, age=90000), signs=SourceSigns(logs_reach=NOW.replace(hour=0), events_reach=None)
    )


def circle() -> list[dict[str, Any]]:
    waits = ready("False", "DependencyNotReady", "dependency is not ready", age=600)
    order = {"first": "third", "second": "first", "third": "second"}
    members = [kustomization(name, waits, spec={"dependsOn": [{"name": need}]}) for name, need in order.items()]
    return diagnosed(git_repository(), *members)


def suspended_dependency() -> list[dict[str, Any]]:
    waits = ready("False", "DependencyNotReady", "dependency 'flux-system/infra' revision is not up to date", age=600)
    infra = kustomization("infra", spec={"suspend": True}, status={"lastAppliedRevision": "main@sha1:old"})
    return diagnosed(git_repository(), infra, kustomization("apps", waits, spec={"dependsOn": [{"name": "infra"}]}))


def lost_controller() -> list[dict[str, Any]]:
    rows = controllers_of([deployment("source-controller"), deployment("kustomize-controller", 0)])
    return diagnosed(git_repository(), kustomization("apps"), controllers=rows)


def drifted_release() -> list[dict[str, Any]]:
    """No cause, but an entry of the hints, which have no commands."""
    found = reading_in(recorded("helmrelease/ready__drifted", "apps", "web"))[0]
    return [{**hint, "commands": []} for hint in hints_of(found) if hint["kind"] == "HelmRelease"]


# Classes that no text of a single object shows.
SCENES: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
    "source_stale": silent_source,
    "dependency_cycle": circle,
    "dependency_suspended": suspended_dependency,
    "stuck": lambda: recorded_causes("kustomization/progressing__stuck"),
    "terminating": lambda: recorded_causes("kustomization/terminating__stuck"),
    "drift": drifted_release,
    "controller_down": lost_controller,
}
SIGNS = [
    pytest.param(name, sign, id=f"{name}-{sign.kind}-{sign.reason}-{number}")
    for name in PAGES
    if name not in SCENES
    for number, sign in enumerate(signs_of(name))
]


def causes_on(name: str) -> list[dict[str, Any]]:
    """What the first sign of a page leads to."""
    return SCENES[name]() if name in SCENES else diagnosed(*made_from(signs_of(name)[0], name))


def test_every_class_has_a_page_and_every_page_a_class() -> None:
    assert set(PAGES) == set(CLASSES)


@EVERY_CLASS
def test_a_page_has_title_sentence_and_sections(name: str) -> None:
    lines = PAGES[name].splitlines()
    assert lines[0] == f"# {name}"
    assert lines[2].endswith(".")
    assert not lines[3]
    assert re.findall(r"^## (.*)$", PAGES[name], re.MULTILINE) == list(SECTIONS)
    assert all(section(name, title).strip() for title in SECTIONS)


@EVERY_CLASS
def test_a_page_begins_with_what_the_report_says(name: str) -> None:
    known = CLASSES[name]
    assert plain(section(name, "Meaning")).startswith(known.meaning)
    assert plain(section(name, "Remedy")).startswith(known.remedy)
    whose = f"Whose work it is: `{known.handoff}`." if known.handoff else "there is no hand-off"
    assert whose in plain(section(name, "Remedy"))


def test_the_index_has_every_class_in_the_order_of_the_code() -> None:
    assert re.findall(r"^\| \[(\w+)\]\(causes/\1\.md\) \|", INDEX, re.MULTILINE) == list(CLASSES)


def test_every_link_leads_somewhere() -> None:
    for folder, text in [(DOCS, INDEX), *((DOCS / "causes", page) for page in PAGES.values())]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (folder / target).is_file(), target


@EVERY_CLASS
def test_every_command_names_its_cluster(name: str) -> None:
    assert shell_lines(name)
    for line in shell_lines(name):
        program = line.split(" ", 1)[0]
        assert line.startswith(f"{program} {CONTEXT[program]} "), line
        assert bool(WRITING.match(line)) == ("# writes" in line), line


@EVERY_CLASS
def test_a_page_has_the_commands_that_the_first_screen_prints(name: str) -> None:
    shown = [line.partition(" # ")[0] for line in shell_lines(name)]
    for cause in causes_on(name):
        first = {row["writes"]: row["command"] for row in reversed(cause["commands"])}
        assert set(first.values()) <= set(shown)


@pytest.mark.parametrize(("name", "sign"), SIGNS)
def test_a_sign_leads_to_its_page(name: str, sign: Sign) -> None:
    items = made_from(sign, name)
    found = next(row for row in records(*items) if (row["kind"], row["name"]) == (sign.kind, sign.name))
    assert (found["status"], found["reason"]) == (sign.status, sign.reason)
    assert [cause["class"] for cause in diagnosed(*items)] == [name]


@pytest.mark.parametrize("name", SCENES)
def test_a_state_leads_to_its_page(name: str) -> None:
    assert [cause["class"] for cause in SCENES[name]()] == [name]


@EVERY_CLASS
def test_the_cause_goes_by_the_name_the_page_calls_it(name: str) -> None:
    (cause,) = causes_on(name)
    title = f"{cause['kind']} {cause['namespace']}/{cause['name']}"
    assert title in plain(section(name, "Sign"))
