"""flux_helm_history beside helm history: every way a revision can have ended, and every place it can be stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.objects import applied
from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.odd_charts import (
    CHART,
    CRD,
    PLAIN,
    REFUSED,
    WIDGET,
    chart_spec,
    helm,
    helm_history,
    published,
    pushed,
    stuck_upgrade,
)
from tests.integration.rollback.scene import Scene
from tests.testbed.bed import Bed

# Also the name of a ConfigMap that the API server refuses, and quotes.
PASSWORD = "Hunter2_Of_The_Night"
LONG = "a-name-of-a-release-that-is-longer-than-helm-takes-it-to-be"
ODD_VALUES = Path(__file__).parents[2] / "fixtures" / "values_digests.json"
READER = "hist-reader"
RIGHTS = f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: {READER}}}
rules:
  - {{apiGroups: [helm.toolkit.fluxcd.io], resources: [helmreleases], verbs: [get, list]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: {READER}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {READER}}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: {READER}}}]
"""


@pytest.fixture(scope="module")
def scene(bed: Bed, make_scene: MakeScene) -> Iterator[Scene]:
    with published(bed):
        yield make_scene("ottawa", "hist")


@pytest.fixture(scope="module")
def history(scene: Scene) -> Callable[..., Json]:
    """The result of one task."""
    return lambda *names, **options: scene.tasks("flux_helm_history", _named(names) | options)[0]


def _named(names: tuple[Any, ...]) -> Json:
    if names and isinstance(names[0], str):
        return dict(zip(("namespace", "name"), names, strict=True))
    return {"releases": [{"namespace": namespace, "name": name} for namespace, name in names]}


def release(scene: Scene, namespace: str, name: str, version: str = PLAIN, **spec: Any) -> None:
    scene.release(namespace, name, version, **{"chart": chart_spec(version)} | spec)


def wait_revision(scene: Scene, namespace: str, name: str, revision: int, status: str = "deployed") -> None:
    def is_there() -> bool:
        newest = (scene.read(namespace, name).get("status", {}).get("history") or [{}])[0]
        return (newest.get("version"), newest.get("status")) == (revision, status)

    scene.bed.wait(is_there, 90, f"revision {revision} of {namespace}/{name} being {status}")


def same_as_helm(scene: Scene, entry: Json, *, masked: bool = False) -> None:
    """Every row says what helm history says, apart from what a refusal quotes."""
    theirs = helm_history(scene, entry["release"]["storage_namespace"], entry["release"]["name"])
    ours = entry["revisions"]
    assert [row["revision"] for row in ours] == [row["revision"] for row in theirs]
    for row, their in zip(ours, theirs, strict=True):
        assert row["status"] == their["status"]
        assert f"{row['chart']}-{row['chart_version']}" == their["chart"]
        assert row["app_version"] == their["app_version"]
        assert _moment(row["deployed_at"]) == _moment(their["updated"])
        if not (masked and row["status"] == "failed"):
            assert row["description"] == their["description"]


def same_as_recorded(scene: Scene, entry: Json) -> int:
    """Every digest helm-controller has recorded is the one of the row; how many there are."""
    recorded = scene.read(entry["namespace"], entry["name"])["status"].get("history", [])
    rows = {row["revision"]: row for row in entry["revisions"]}
    for snapshot in recorded:
        row = rows[snapshot["version"]]
        assert row["config_digest"] == snapshot["configDigest"]
        assert row["controller"]["digest"] == snapshot["digest"]
        assert row["controller_current"] == (snapshot is recorded[0])
    assert entry["controller_revision"] == recorded[0]["version"]
    return len(recorded)


def _moment(text: str) -> datetime:
    """To the microsecond, more of which Python does not know."""
    head, _dot, rest = text.partition(".")
    digits = rest.rstrip("Z")[:6]
    return datetime.fromisoformat(f"{head.rstrip('Z')}.{digits:0<6}+00:00")


def told(row: Json) -> tuple[Any, ...]:
    return row["revision"], row["status"], row["possible_target"], row["why_no_target"]


@pytest.fixture(scope="module")
def troubled(scene: Scene) -> str:
    """Revision 1 superseded, 2 deployed, 3 failed, 4 stuck: the namespace."""
    namespace = scene.namespace("main")
    values = {"title": "one", "password": PASSWORD, "hosts": [{"name": "a"}], "a.b": {"c": 1}}
    release(scene, namespace, "web", values=values)
    wait_revision(scene, namespace, "web", 1)
    values = {"title": "two", "password": PASSWORD, "hosts": [{"name": "b"}, {"name": "c"}], "a.b": {"c": 2}}
    release(scene, namespace, "web", values=values)
    wait_revision(scene, namespace, "web", 2)
    release(scene, namespace, "web", REFUSED, values=values)
    wait_revision(scene, namespace, "web", 3, "failed")
    release(scene, namespace, "web", REFUSED, values=values, suspend=True)
    stuck_upgrade(scene, namespace, "web")
    return namespace


def test_every_way_a_revision_can_end(scene: Scene, troubled: str, history: Callable[..., Json]) -> None:
    mark = scene.bed.mark(scene.cluster.name)
    result = history(troubled, "web")
    (entry,) = result["releases"]
    assert not result["changed"]
    assert scene.writes(mark) == []
    same_as_helm(scene, entry, masked=True)
    assert same_as_recorded(scene, entry) >= 2
    assert [told(row) for row in entry["revisions"]] == [
        (4, "pending-upgrade", False, "it is the newest revision, the one to go back from"),
        (3, "failed", False, "it failed"),
        (2, "deployed", True, None),
        (1, "superseded", True, None),
    ]
    keys = ("state", "newest_revision", "deployed_revision", "controller_revision", "default_target")
    assert [entry[key] for key in keys] == ["ok", 4, 2, 3, 2]
    assert {row["apply_method"] for row in entry["revisions"]} == {"ssa"}
    assert entry["warnings"] == [
        "revision 4 is in storage, helm-controller knows of revision 3: its next run upgrades to what the spec asks for"
    ]
    assert entry["message"] == (
        f"revision 4 ({CHART} 2.2.0) is pending-upgrade, revision 2 ({CHART} {PLAIN}) counts as deployed; "
        f"going back means revision 2 ({CHART} {PLAIN})"
    )


def test_the_paths_at_which_values_differ(troubled: str, history: Callable[..., Json]) -> None:
    (entry,) = history(troubled, "web", compare=[2, 1])["releases"]
    assert entry["compared"] == {
        "revisions": [2, 1],
        "values_paths": ['"a.b".c', "hosts[0].name", "hosts[1]", "title"],
    }


def test_comparing_what_is_not_there_fails_and_says_what_is(troubled: str, history: Callable[..., Json]) -> None:
    result = history(troubled, "web", compare=[1, 9])
    assert result["failed"]
    assert result["msg"] == f"revisions 1 and 9 of {troubled}/web cannot be compared: in storage are 1, 2, 3, 4."
    assert result["releases"][0]["revisions"]


def test_no_value_is_in_any_output(scene: Scene, troubled: str) -> None:
    """Helm's own description of the failed revision holds the password."""
    assert PASSWORD in json.dumps(helm_history(scene, troubled, "web"))
    call = {"gitops.flux.flux_helm_history": scene.target | {"namespace": troubled, "name": "web", "compare": [1, 2]}}
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [call]}]
    play[0]["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    file = scene.ansible.home / "history.yml"
    file.write_text(yaml.safe_dump(play))
    done = scene.ansible.run("ansible-playbook", "-i", "localhost,", "-c", "local", "-vvv", "--diff", str(file))
    assert done.rc == 0, done.text
    assert '"revision": 3' in done.text
    assert PASSWORD not in done.text
    assert '"one"' not in done.text
    failed = next(row for row in scene.tasks("flux_helm_history", _named((troubled, "web")))[0]["releases"])
    description = next(row["description"] for row in failed["revisions"] if row["revision"] == 3)
    assert description.startswith('Upgrade "web" failed: ')
    assert "***" in description


@pytest.fixture(scope="module")
def placed(scene: Scene) -> dict[str, tuple[str, str, str]]:
    """By name of the HelmRelease: release, storage namespace, release namespace. Each has two revisions."""
    home, target, storage = scene.namespace("home"), scene.namespace("target"), scene.namespace("storage")
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
            release(scene, home, name, values={"title": title}, **spec)
        for name in specs:
            wait_revision(scene, home, name, revision)
    return {
        "plain": ("plain", home, home),
        "targeted": (f"{target}-targeted", home, target),
        "stored": ("stored", storage, home),
        "both": (f"{target}-both", storage, target),
        "renamed": ("another", home, target),
        LONG: ("a-name-of-a-release-that-is-longer-than--00d21e4af571", home, home),
    }


def test_the_storage_is_found_wherever_it_is(
    scene: Scene, placed: dict[str, tuple[str, str, str]], history: Callable[..., Json]
) -> None:
    home = scene.namespace("home")
    result = history(*[(home, name) for name in placed])
    for (name, (release_name, storage, target)), entry in zip(placed.items(), result["releases"], strict=True):
        found = entry["release"]
        assert entry["name"] == name
        assert found == {"name": release_name, "storage_namespace": storage, "release_namespace": target}
        same_as_helm(scene, entry)
        assert same_as_recorded(scene, entry) == 2
        assert [told(row) for row in entry["revisions"]] == [
            (2, "deployed", False, "it is the newest revision, the one to go back from"),
            (1, "superseded", True, None),
        ]
        assert entry["default_target"] == 1
        # The version is the same, so the chart that is offered now is theirs.
        assert [row["chart_obtainable"] for row in entry["revisions"]] == [True, True]


def test_what_failed_and_was_superseded_is_no_target(scene: Scene, history: Callable[..., Json]) -> None:
    """Helm calls a failed install superseded as soon as the first upgrade works."""
    namespace = scene.namespace("main")
    values = {"title": "one", "password": PASSWORD}
    release(scene, namespace, "late", REFUSED, values=values)
    wait_revision(scene, namespace, "late", 1, "failed")
    release(scene, namespace, "late", PLAIN, values=values)
    wait_revision(scene, namespace, "late", 2)
    (entry,) = history(namespace, "late")["releases"]
    assert told(entry["revisions"][1]) == (1, "superseded", False, "it failed, and was superseded afterwards")
    assert entry["default_target"] is None
    assert entry["message"].endswith("; there is no revision to go back to")
    assert PASSWORD not in json.dumps(entry)


def test_what_helm_controller_went_back_to_is_not_gone_back_to_again(
    scene: Scene, history: Callable[..., Json]
) -> None:
    namespace = scene.namespace("main")
    remedied: Json = {"upgrade": {"remediation": {"retries": 1}}, "maxHistory": 10}
    for revision, title in ((1, "one"), (2, "two")):
        release(scene, namespace, "healed", values={"title": title, "password": PASSWORD}, **remedied)
        wait_revision(scene, namespace, "healed", revision)
    release(scene, namespace, "healed", REFUSED, values={"title": "two", "password": PASSWORD}, **remedied)
    wait_revision(scene, namespace, "healed", 6)
    (entry,) = history(namespace, "healed")["releases"]
    same_as_helm(scene, entry, masked=True)
    assert [told(row)[1:] for row in entry["revisions"]] == [
        ("deployed", False, "it is the newest revision, the one to go back from"),
        ("failed", False, "it failed"),
        ("superseded", False, "it is what runs now, as revision 6"),
        ("failed", False, "it failed"),
        ("superseded", False, "it is what runs now, as revision 6"),
        ("superseded", True, None),
    ]
    assert entry["default_target"] == 1
    assert entry["warnings"] == []


def test_values_of_every_sort_have_the_digest_helm_controller_gives_them(
    scene: Scene, history: Callable[..., Json]
) -> None:
    namespace = scene.namespace("values")
    sorts = {f"sort-{number}": row["values"] for number, row in enumerate(json.loads(ODD_VALUES.read_text()))}
    text = (
        "a: 0x1F\nb: 010\nc: 1e3\nd: 2026-11-21\ne: 1:30\nf: yes\ng: [1.0, 1.50, ~]\nh: |\n  two\n  lines\ni: 1_000\n"
    )
    kept = {"apiVersion": "v1", "metadata": {"name": "kept", "namespace": namespace}}
    objects = [{**kept, "kind": "ConfigMap", "data": {"values.yaml": text}}]
    objects.append({**kept, "kind": "Secret", "stringData": {"word": "007", "number": "12"}})
    scene.cluster.apply(yaml.safe_dump_all(objects))
    given: dict[str, Json] = {
        "nothing": {},
        "inline": {"values": sorts},
        "referred": {
            "valuesFrom": [
                {"kind": "ConfigMap", "name": "kept"},
                {"kind": "Secret", "name": "kept", "valuesKey": "word", "targetPath": "from.secret"},
                {"kind": "Secret", "name": "kept", "valuesKey": "number", "targetPath": "from.number"},
            ],
            "values": {"title": "over"},
        },
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
    scene.cluster.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    for name in given:
        wait_revision(scene, namespace, name, 1)
    result = history(*[(namespace, name) for name in given])
    assert [same_as_recorded(scene, entry) for entry in result["releases"]] == [1] * len(given)
    assert not any(entry["warnings"] for entry in result["releases"])


def test_a_chart_from_a_registry_is_known_by_its_digest(scene: Scene, history: Callable[..., Json]) -> None:
    namespace = scene.namespace("registry")
    url = pushed(scene, PLAIN, REFUSED)
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
        scene.cluster.apply(yaml.safe_dump_all([source | {"spec": spec | {"ref": {"tag": tag}}}, item]))
        wait_revision(scene, namespace, "oci", revision)
    (entry,) = history(namespace, "oci")["releases"]
    same_as_helm(scene, entry)
    assert same_as_recorded(scene, entry) == 2
    newest, older = entry["revisions"]
    assert newest["chart_version"].startswith(f"{REFUSED}+")
    assert (newest["chart_obtainable"], older["chart_obtainable"]) == (True, None)
    assert older["chart_reason"] == f"OCIRepository/{namespace}/charts has not been asked for it: that takes a pull"
    assert older["controller"]["oci_digest"].startswith("sha256:")


def test_a_kind_that_is_served_no_more_is_named(scene: Scene, history: Callable[..., Json]) -> None:
    """In a target it stops that target, in the newest revision it stops Helm, which reads that one too."""
    namespace = scene.namespace("widgets")
    scene.cluster.apply(CRD)
    scene.cluster.kubectl("wait", "crd/widgets.hist.example.com", "--for=condition=Established")
    versions = {"older": (WIDGET, PLAIN), "newer": (PLAIN, WIDGET)}
    try:
        for number in (0, 1):
            for name, pair in versions.items():
                release(scene, namespace, name, pair[number], values={"title": str(number)})
            for name in versions:
                wait_revision(scene, namespace, name, number + 1)
        for name, pair in versions.items():
            release(scene, namespace, name, pair[1], values={"title": "1"}, suspend=True)
        scene.cluster.kubectl("delete", "crd", "widgets.hist.example.com")
        older, newer = history((namespace, "older"), (namespace, "newer"))["releases"]
        widget = "hist.example.com/v1 Widget"
        assert older["revisions"][1]["why_no_target"] == f"it needs what the cluster does not serve: {widget}"
        assert newer["revisions"][1]["why_no_target"] == (
            f"revision 2, the newest, needs what the cluster does not serve: {widget}"
        )
        assert older["default_target"] is newer["default_target"] is None
        for name in versions:
            refused = helm(scene, "rollback", name, "1", "-n", namespace)
            assert refused.returncode != 0
            assert 'no matches for kind "Widget"' in refused.stderr
    finally:
        # Helm uninstalls nothing that it cannot read.
        scene.cluster.apply(CRD)
        for name in versions:
            scene.cluster.kubectl(
                "-n", namespace, "patch", "hr", name, "--type=merge", "-p", '{"spec":{"suspend":false}}'
            )
            scene.cluster.kubectl("-n", namespace, "delete", "helmrelease", name, "--timeout=90s")
        scene.cluster.kubectl("delete", "crd", "widgets.hist.example.com")


def test_a_secret_that_holds_no_revision_stops_nothing_older(scene: Scene, history: Callable[..., Json]) -> None:
    namespace = scene.namespace("broken")
    for revision, title in ((1, "one"), (2, "two"), (3, "three")):
        release(scene, namespace, "web", values={"title": title})
        wait_revision(scene, namespace, "web", revision)
    release(scene, namespace, "web", values={"title": "three"}, suspend=True)
    secret = "sh.helm.release.v1.web.v2"
    patch = '{"data":{"release":"bm90IGEgcmVsZWFzZQ=="}}'
    scene.cluster.kubectl("-n", namespace, "patch", "secret", secret, "--type=merge", "-p", patch)
    (entry,) = history(namespace, "web")["releases"]
    assert [row["revision"] for row in helm_history(scene, namespace, "web")] == [3, 1]
    assert [told(row) for row in entry["revisions"]] == [
        (3, "deployed", False, "it is the newest revision, the one to go back from"),
        (2, None, False, "its Secret cannot be unpacked"),
        (1, "superseded", True, None),
    ]
    assert entry["default_target"] == 1
    assert entry["warnings"] == [f"revision 2: Secret {namespace}/{secret} cannot be unpacked"]
    scene.cluster.kubectl("-n", namespace, "patch", "secret", secret.replace("v2", "v3"), "--type=merge", "-p", patch)
    (entry,) = history(namespace, "web")["releases"]
    assert not any(row["possible_target"] for row in entry["revisions"])
    assert "Helm could not write the next one" in str(entry["revisions"][2]["why_no_target"])
    assert helm(scene, "rollback", "web", "1", "-n", namespace).returncode != 0


@pytest.fixture(scope="module")
def untold(scene: Scene) -> str:
    """A HelmRelease that has installed nothing, one of another cluster, and one that is well: the namespace."""
    namespace = scene.namespace("untold")
    release(scene, namespace, "fresh", suspend=True)
    release(scene, namespace, "far", suspend=True, kubeConfig={"secretRef": {"name": "far-cluster"}})
    release(scene, namespace, "well")
    wait_revision(scene, namespace, "well", 1)
    return namespace


def test_what_has_no_history_here_says_why(untold: str, history: Callable[..., Json]) -> None:
    result = history((untold, "fresh"), (untold, "far"), (untold, "well"))
    assert not result.get("failed")
    fresh, far, well = result["releases"]
    assert (fresh["state"], far["state"], well["state"]) == ("none", "remote", "ok")
    assert fresh["message"] == f"namespace {untold} holds no revision of a release fresh yet"
    assert far["message"] == (
        f"HelmRelease/{untold}/far installs into the cluster of spec.kubeConfig (Secret far-cluster): "
        "its release is stored there"
    )
    assert fresh["release"] == {"name": "fresh", "storage_namespace": untold, "release_namespace": untold}
    assert fresh["revisions"] == far["revisions"] == []
    assert well["message"].endswith("; there is no revision to go back to")


def test_a_release_that_is_missing_is_named_with_its_neighbours(untold: str, history: Callable[..., Json]) -> None:
    result = history((untold, "wel"), (untold, "well"))
    assert result["failed"]
    assert result["msg"] == (
        f"HelmRelease {untold}/wel does not exist; in namespace {untold} those there are well, far, fresh."
    )
    missing, well = result["releases"]
    assert (missing["state"], missing["release"], well["state"]) == ("missing", None, "ok")


def test_a_right_that_is_missing_is_named(scene: Scene, untold: str, history: Callable[..., Json]) -> None:
    with applied(scene.cluster, RIGHTS):
        result = history(untold, "well", impersonate_user=READER)
    assert result["failed"]
    assert f"the right to list secrets in namespace {untold} is missing" in result["msg"]
    (entry,) = result["releases"]
    assert (entry["state"], entry["release"]["name"], entry["revisions"]) == ("forbidden", "well", [])
    nobody = history(untold, "well", impersonate_user="hist-nobody")
    assert nobody["failed"]
    assert nobody["releases"][0]["state"] == "forbidden"
    assert "helmreleases" in nobody["msg"]


def test_check_mode_reads_the_same(scene: Scene, untold: str) -> None:
    call = {"namespace": untold, "name": "well"}
    read, checked = scene.tasks("flux_helm_history", call, call | {"_check_mode": True})
    assert checked["releases"] == read["releases"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "No HelmRelease is named. Give namespace and name, or releases, a list of both."),
        ({"namespace": "a"}, "It is not clear which HelmRelease is meant."),
        ({"namespace": "a", "name": "b", "compare": [1]}, "compare takes two different revisions, not [1]."),
        ({"namespace": "a/b", "name": "c"}, "'a/b' is no namespace of an object."),
    ],
)
def test_what_cannot_be_meant_is_refused(history: Callable[..., Json], options: Json, said: str) -> None:
    result = history(**options) if options else history(releases=[])
    assert result["failed"]
    assert result["msg"].startswith(said)
    assert result["error"]["type"] == "InvalidInput"
