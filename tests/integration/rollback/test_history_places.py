"""flux_helm_history finds the storage wherever it is, and gives values the digest helm-controller gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.history_desk import Desk, told
from tests.integration.rollback.odd_charts import PLAIN, REFUSED, chart_spec, published, pushed
from tests.testbed.bed import Bed

LONG = "a-name-of-a-release-that-is-longer-than-helm-takes-it-to-be"
ODD_VALUES = Path(__file__).parents[2] / "fixtures" / "values_digests.json"
ODD_TEXT = """
a: 0x1F
b: 010
c: 1e3
d: 2026-11-21
e: 1:30
f: yes
g: [1.0, 1.50, ~]
h: |
  two
  lines
i: 1_000
"""
REFERRED = [
    {"kind": "ConfigMap", "name": "kept"},
    {"kind": "Secret", "name": "kept", "valuesKey": "word", "targetPath": "from.secret"},
    {"kind": "Secret", "name": "kept", "valuesKey": "number", "targetPath": "from.number"},
]


@pytest.fixture(scope="module")
def desk(bed: Bed, make_scene: MakeScene) -> Iterator[Desk]:
    with published(bed):
        yield Desk(make_scene("ottawa", "hist"))


@pytest.fixture(scope="module")
def placed(desk: Desk) -> dict[str, tuple[str, str, str]]:
    """By name of the HelmRelease: release, storage namespace, release namespace. Each has two revisions."""
    home, target, storage = (
        desk.scene.namespace("home"),
        desk.scene.namespace("target"),
        desk.scene.namespace("storage"),
    )
    specs: dict[str, Json] = {
        "plain": {},
        "targeted": {"targetNamespace": target},
        "stored": {"storageNamespace": storage},
        "both": {"targetNamespace": target, "storageNamespace": storage},
        "renamed": {"releaseName": "another", "targetNamespace": target},
        LONG: {},
    }
    for revision, title in ((1, "one"), (2, "two")):
        for name, spec in specs.items():
            desk.release(home, name, values={"title": title}, **spec)
        for name in specs:
            desk.wait_revision(home, name, revision)
    return {
        "plain": ("plain", home, home),
        "targeted": (f"{target}-targeted", home, target),
        "stored": ("stored", storage, home),
        "both": (f"{target}-both", storage, target),
        "renamed": ("another", home, target),
        LONG: ("a-name-of-a-release-that-is-longer-than--00d21e4af571", home, home),
    }


def test_the_storage_is_found_wherever_it_is(desk: Desk, placed: dict[str, tuple[str, str, str]]) -> None:
    home = desk.scene.namespace("home")
    result = desk.history(*[(home, name) for name in placed])
    for (name, (release_name, storage, target)), entry in zip(placed.items(), result["releases"], strict=True):
        found = entry["release"]
        assert entry["name"] == name
        assert found == {"name": release_name, "storage_namespace": storage, "release_namespace": target}
        desk.same_as_helm(entry)
        assert desk.same_as_recorded(entry) == 2
        assert [told(row) for row in entry["revisions"]] == [
            (2, "deployed", False, "it is the newest revision, the one to go back from"),
            (1, "superseded", True, None),
        ]
        assert entry["default_target"] == 1
        # The version is the same, so the chart that is offered now is theirs.
        assert [row["chart_obtainable"] for row in entry["revisions"]] == [True, True]


def test_values_of_every_sort_have_the_digest_helm_controller_gives_them(desk: Desk) -> None:
    namespace = desk.scene.namespace("values")
    sorts = {f"sort-{number}": row["values"] for number, row in enumerate(json.loads(ODD_VALUES.read_text()))}
    kept = {"apiVersion": "v1", "metadata": {"name": "kept", "namespace": namespace}}
    objects = [
        {**kept, "kind": "ConfigMap", "data": {"values.yaml": ODD_TEXT}},
        {**kept, "kind": "Secret", "stringData": {"word": "007", "number": "12"}},
    ]
    desk.scene.cluster.apply(yaml.safe_dump_all(objects))
    given: dict[str, Json] = {
        "nothing": {},
        "inline": {"values": sorts},
        "referred": {"valuesFrom": REFERRED, "values": {"title": "over"}},
    }
    given |= {name: {"values": values} for name, values in sorts.items()}
    items = [
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"interval": "10m", "chart": chart_spec(PLAIN), **spec},
        }
        for name, spec in given.items()
    ]
    # As JSON: what is applied goes through YAML, which takes no control characters.
    desk.scene.cluster.kubectl(
        "create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    )
    for name in given:
        desk.wait_revision(namespace, name, 1)
    result = desk.history(*[(namespace, name) for name in given])
    assert [desk.same_as_recorded(entry) for entry in result["releases"]] == [1] * len(given)
    assert not any(entry["warnings"] for entry in result["releases"])


def test_a_chart_from_a_registry_is_known_by_its_digest(desk: Desk) -> None:
    namespace = desk.scene.namespace("registry")
    url = pushed(desk.scene, PLAIN, REFUSED)
    source: Json = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": "charts", "namespace": namespace},
    }
    spec = {"interval": "10m", "insecure": True, "url": url}
    item = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "oci", "namespace": namespace},
        "spec": {
            "interval": "10m",
            "chartRef": {"kind": "OCIRepository", "name": "charts"},
            "values": {"password": "a-name"},
        },
    }
    for revision, tag in ((1, PLAIN), (2, REFUSED)):
        desk.scene.cluster.apply(yaml.safe_dump_all([source | {"spec": spec | {"ref": {"tag": tag}}}, item]))
        desk.wait_revision(namespace, "oci", revision)
    (entry,) = desk.history(namespace, "oci")["releases"]
    desk.same_as_helm(entry)
    assert desk.same_as_recorded(entry) == 2
    newest, older = entry["revisions"]
    assert newest["chart_version"].startswith(f"{REFUSED}+")
    assert (newest["chart_obtainable"], older["chart_obtainable"]) == (True, None)
    assert older["chart_reason"] == f"OCIRepository/{namespace}/charts has not been asked for it: that takes a pull"
    assert older["controller"]["oci_digest"].startswith("sha256:")
