"""The values we put together are those helm-controller wrote into Helm's storage, for every way to give them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.differing import paths_that_differ
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.unverifiable import Unverifiable
from ansible_collections.gitops.flux.plugins.module_utils._kube.rollback.values import composed_values
from ansible_collections.gitops.flux.plugins.module_utils._kube.session import Session, opened
from ansible_collections.gitops.flux.plugins.module_utils._module.spec import AUTH

from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.scene import REPOSITORY, Scene

HOST = "stpetersburg"
FIRST = """
title: from yaml
flags: {on: off, "on": 1, y: N, version: 1.10, exponent: 1e3, octal: 0755, hex: 0x1F, time: 12:30, day: 2026-11-21}
numbers: [1, 1.0, 1.5, 9007199254740993, 12345678901234567890, 1e21, 0.1, -0, 1_000]
nothing: ~
empty: {}
list: [a, {b: c}, []]
text: |
  two
    lines
folded: >-
  one
  line
anchor: &it {a: 1, b: 2}
merged: {b: 3, <<: *it, c: 4}
1: a number
true: a boolean
"""
SECOND = "title: later\nlist: [only]\nempty: {not: any more}\nanchor: gone\n"
NESTED = "outer: {inner: {kept: yes, replaced: yes}}\n"


@dataclass(frozen=True)
class Case:
    """inline: spec.values. texts: kind, key, text of a holder each. refs: fields of valuesFrom beside kind and name."""

    inline: Json = field(default_factory=dict)
    texts: tuple[tuple[str, str, str], ...] = ()
    refs: tuple[Json, ...] = ()


def at(path: str, text: str, kind: str = "Secret", **more: Any) -> tuple[tuple[str, str, str], Json]:
    """One reference with a targetPath."""
    return (kind, "value", text), {"valuesKey": "value", "targetPath": path} | more


def case(*pairs: tuple[tuple[str, str, str], Json], inline: Json | None = None) -> Case:
    return Case(inline or {}, tuple(text for text, _ref in pairs), tuple(ref for _text, ref in pairs))


def whole(text: str, kind: str = "ConfigMap", **more: Any) -> tuple[tuple[str, str, str], Json]:
    return (kind, str(more.get("valuesKey", "values.yaml")), text), more


CASES = {
    "inline": Case({"title": "in line", "list": [1, 2.5, None, True], "deep": {"er": {"x": None}}, "big": 2**60}),
    "none-at-all": Case(),
    "yaml": case(whole(FIRST)),
    "yaml-in-a-secret": case(whole(FIRST, "Secret", valuesKey="other.yaml")),
    "later-wins": case(whole(FIRST), whole(SECOND, "Secret")),
    "inline-wins": case(whole(FIRST), inline={"title": "in line", "flags": {"y": "in line"}, "list": "a text"}),
    "empty-document": case(whole("# nothing\n"), inline={"title": "x"}),
    "first-document-only": case(whole("title: one\n---\ntitle: two\n")),
    "json": case(whole('{"title": "\\u00e9\\n", "a": [1e3, 1E-7, {"b": null}]}')),
    "typed": case(
        at("a.bool", "TRUE"),
        at("a.null", "Null"),
        at("a.int", "+7"),
        at("a.zero", "0"),
        at("a.octal", "0755"),
        at("a.float", "1.5"),
        # From 2^53 on helm-controller never finds in storage what it has written there, and upgrades without end.
        at("a.most", "9007199254740991"),
        at("a.over", "9223372036854775808"),
        at("a.line", "true\n"),
        at("a.empty", ""),
        at("a.minus", "-0"),
    ),
    "quoted": case(at("a.double", '"true"'), at("a.single", "'5'"), at("a.mixed", "'\"x\"'"), at("a.half", "'x")),
    "lists": case(
        at("a", "{x,1,true,}"),
        at("b[2]", "third"),
        at("b[0].name", "first"),
        at("c[1][1]", "deep"),
        at("d", "{}"),
        at("b[0].port", "80"),
    ),
    "escapes": case(
        at(r"nodeSelector.kubernetes\.io/role", "master"),
        at("commas", r"a\,b"),
        at("braces", r"\{x\}"),
        at("end", "x\\"),
    ),
    "several-in-one": case(at("a", "1,b=2,c.d={x,y}")),
    "literal": case(
        at("config.file", 'a = [1, 2], {"b": "\\c"}\nnext=line\n', literal=True),
        at("config.bool", "true", literal=True),
        at(r"config.dotted\.key", "'quoted'", literal=True),
    ),
    "target-then-yaml": case(at("title", "from a path"), whole("title: from yaml\nother: 1\n")),
    "target-over-inline-below": case(
        at("outer.inner.replaced", "path"), inline={"outer": {"inner": {"replaced": "line"}}}
    ),
    "target-under-inline-above": case(at("title", "path"), inline={"title": "line"}),
    "target-between-yaml-and-inline": case(
        whole(NESTED),
        at("outer.inner.replaced", "path"),
        inline={"outer": {"inner": {"mine": 1}}},
    ),
    "target-into-inline-list": case(
        at("list[0].name", "changed"),
        at("list[3]", "longer"),
        inline={"list": [{"name": "first", "port": 1}, "second"]},
    ),
    "optional": Case(
        {"title": "x"},
        (("Secret", "values.yaml", "present: 1\n"),),
        (
            {"optional": True},
            {"kind": "Secret", "name": "not-there", "optional": True},
            {"kind": "ConfigMap", "name": "nor-this", "optional": True, "targetPath": "a.b"},
            {"same": 0, "valuesKey": "no-such-key", "optional": True},
        ),
    ),
    "the-same-twice": Case(
        {}, (("ConfigMap", "values.yaml", FIRST),), ({}, {"same": 0, "targetPath": "whole.text", "literal": True})
    ),
    "unicode": case(whole("title: grüße 日本 😀\n'ключ': значение\n"), at("path.key", "é")),
}


@dataclass(frozen=True)
class Ground:
    scene: Scene
    namespace: str
    session: Session

    def item(self, name: str) -> Json:
        return self.scene.read(self.namespace, name)


def _objects(namespace: str, name: str, given: Case) -> list[Json]:
    """The HelmRelease, and whatever holds its values."""
    objects, refs = [], []
    for number, (kind, key, text) in enumerate(given.texts):
        part = {"stringData" if kind == "Secret" else "data": {key: text}}
        metadata = {"name": f"{name}-{number}", "namespace": namespace}
        objects.append({"apiVersion": "v1", "kind": kind, "metadata": metadata, **part})
    for number, ref in enumerate(given.refs):
        source = ref.get("same", number)
        own = {"kind": given.texts[source][0], "name": f"{name}-{source}"} if source < len(given.texts) else {}
        refs.append(own | {key: value for key, value in ref.items() if key != "same"})
    chart = {"chart": "demo-config", "version": "1.0.0", "sourceRef": {"kind": "HelmRepository", "name": REPOSITORY}}
    spec = {"interval": "1h", "chart": {"spec": chart}, "valuesFrom": refs, "values": given.inline}
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {key: value for key, value in spec.items() if value},
    }
    return [*objects, release]


@pytest.fixture(scope="module")
def ground(make_scene: MakeScene, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    scene = make_scene(HOST, "pin-values")
    namespace = scene.namespace("all")
    objects = [item for name, given in CASES.items() for item in _objects(namespace, name, given)]
    scene.cluster.apply(yaml.safe_dump_all(objects, allow_unicode=True))
    for name in CASES:
        scene.wait_deployed(namespace, name, "1.0.0", 180)
    off = dict.fromkeys(AUTH) | {"in_cluster": False, "request_timeout": 10.0}
    session = opened(off | scene.target, str(tmp_path_factory.mktemp("session")))
    return Ground(scene, namespace, session)


@pytest.mark.parametrize("name", list(CASES))
def test_they_are_what_helm_controller_has_stored(ground: Ground, name: str) -> None:
    stored = ground.scene.storage(ground.namespace, name)[1].get("config") or {}
    found = composed_values(ground.session.client, ground.item(name))
    assert paths_that_differ(found, stored) == [], (found, stored)


@pytest.mark.parametrize(
    "row", [{"kind": "Secret", "name": "not-there"}, {"kind": "ConfigMap", "name": "yaml-0", "valuesKey": "no"}]
)
def test_what_helm_controller_would_refuse_is_not_guessed(ground: Ground, row: Json) -> None:
    item = ground.item("inline")
    with pytest.raises(Unverifiable, match=r"^(Secret not-there|ConfigMap yaml-0), key "):
        composed_values(ground.session.client, item | {"spec": {**item["spec"], "valuesFrom": [row]}})


def test_what_may_not_be_read_is_not_guessed_either(ground: Ground, tmp_path: Path) -> None:
    off = dict.fromkeys(AUTH) | {"in_cluster": False, "request_timeout": 10.0, "impersonate_user": "nobody-at-all"}
    stranger = opened(off | ground.scene.target, str(tmp_path))
    with pytest.raises(Unverifiable, match="which holds values, may not be read"):
        composed_values(stranger.client, ground.item("yaml-in-a-secret"))


def test_only_what_is_named_is_read(ground: Ground) -> None:
    mark = ground.scene.bed.mark(HOST)
    composed_values(ground.session.client, ground.item("later-wins"))
    read = [request for request in ground.scene.bed.audit(HOST, mark) if request.resource in ("secrets", "configmaps")]
    assert sorted((each.verb, each.resource, each.name) for each in read if each.namespace == ground.namespace) == [
        ("get", "configmaps", "later-wins-0"),
        ("get", "secrets", "later-wins-1"),
    ]
