"""flux_helm_history beside helm history: every way a revision can have ended."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml

from tests.integration.playbook import Json
from tests.integration.rollback.conftest import MakeScene
from tests.integration.rollback.history_desk import PASSWORD, Desk, told
from tests.integration.rollback.odd_charts import (
    CHART,
    CRD,
    PLAIN,
    REFUSED,
    WIDGET,
    helm,
    helm_history,
    published,
    stuck_upgrade,
)
from tests.testbed.bed import Bed


@pytest.fixture(scope="module")
def desk(bed: Bed, make_scene: MakeScene) -> Iterator[Desk]:
    with published(bed):
        yield Desk(make_scene("ottawa", "hist"))


@pytest.fixture(scope="module")
def troubled(desk: Desk) -> str:
    """Revision 1 superseded, 2 deployed, 3 failed, 4 stuck: the namespace."""
    namespace = desk.scene.namespace("main")
    values = {"title": "one", "password": PASSWORD, "hosts": [{"name": "a"}], "a.b": {"c": 1}}
    desk.release(namespace, "web", values=values)
    desk.wait_revision(namespace, "web", 1)
    values = {"title": "two", "password": PASSWORD, "hosts": [{"name": "b"}, {"name": "c"}], "a.b": {"c": 2}}
    desk.release(namespace, "web", values=values)
    desk.wait_revision(namespace, "web", 2)
    desk.release(namespace, "web", REFUSED, values=values)
    desk.wait_revision(namespace, "web", 3, "failed")
    desk.release(namespace, "web", REFUSED, values=values, suspend=True)
    stuck_upgrade(desk.scene, namespace, "web")
    return namespace


def test_every_way_a_revision_can_end(desk: Desk, troubled: str) -> None:
    mark = desk.scene.bed.mark(desk.scene.cluster.name)
    result = desk.history(troubled, "web")
    (entry,) = result["releases"]
    assert not result["changed"]
    assert desk.scene.writes(mark) == []
    desk.same_as_helm(entry, masked=True)
    assert desk.same_as_recorded(entry) >= 2
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


def test_the_paths_at_which_values_differ(troubled: str, desk: Desk) -> None:
    (entry,) = desk.history(troubled, "web", compare=[2, 1])["releases"]
    assert entry["compared"] == {
        "revisions": [2, 1],
        "values_paths": ['"a.b".c', "hosts[0].name", "hosts[1]", "title"],
    }


def test_comparing_what_is_not_there_fails_and_says_what_is(troubled: str, desk: Desk) -> None:
    result = desk.history(troubled, "web", compare=[1, 9])
    assert result["failed"]
    assert result["msg"] == f"revisions 1 and 9 of {troubled}/web cannot be compared: in storage are 1, 2, 3, 4."
    assert result["releases"][0]["revisions"]


def test_no_value_is_in_any_output(desk: Desk, troubled: str) -> None:
    """Helm's own description of the failed revision holds the password."""
    assert PASSWORD in json.dumps(helm_history(desk.scene, troubled, "web"))
    call = {
        "gitops.flux.flux_helm_history": desk.scene.target | {"namespace": troubled, "name": "web", "compare": [1, 2]}
    }
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [call]}]
    play[0]["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    file = desk.scene.ansible.home / "history.yml"
    file.write_text(yaml.safe_dump(play))
    done = desk.scene.ansible.run("ansible-playbook", "-i", "localhost,", "-c", "local", "-vvv", "--diff", str(file))
    assert done.rc == 0, done.text
    assert '"revision": 3' in done.text
    assert PASSWORD not in done.text
    assert '"one"' not in done.text
    description = desk.entry(troubled, "web")["revisions"][1]["description"]
    assert description.startswith('Upgrade "web" failed: ')
    assert "***" in description


def test_what_failed_and_was_superseded_is_no_target(desk: Desk) -> None:
    """Helm calls a failed install superseded as soon as the first upgrade works."""
    namespace = desk.scene.namespace("main")
    values = {"title": "one", "password": PASSWORD}
    desk.release(namespace, "late", REFUSED, values=values)
    desk.wait_revision(namespace, "late", 1, "failed")
    desk.release(namespace, "late", PLAIN, values=values)
    desk.wait_revision(namespace, "late", 2)
    (entry,) = desk.history(namespace, "late")["releases"]
    assert told(entry["revisions"][1]) == (1, "superseded", False, "it failed, and was superseded afterwards")
    assert entry["default_target"] is None
    assert entry["message"].endswith("; there is no revision to go back to")
    assert PASSWORD not in json.dumps(entry)


def test_what_helm_controller_went_back_to_is_not_gone_back_to_again(desk: Desk) -> None:
    namespace = desk.scene.namespace("main")
    remedied: Json = {"upgrade": {"remediation": {"retries": 1}}, "maxHistory": 10}
    for revision, title in ((1, "one"), (2, "two")):
        desk.release(namespace, "healed", values={"title": title, "password": PASSWORD}, **remedied)
        desk.wait_revision(namespace, "healed", revision)
    desk.release(namespace, "healed", REFUSED, values={"title": "two", "password": PASSWORD}, **remedied)
    desk.wait_revision(namespace, "healed", 6)
    (entry,) = desk.history(namespace, "healed")["releases"]
    desk.same_as_helm(entry, masked=True)
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


def test_a_kind_that_is_served_no_more_is_named(desk: Desk) -> None:
    """In a target it stops that target, in the newest revision it stops Helm, which reads that one too."""
    namespace = desk.scene.namespace("widgets")
    desk.scene.cluster.apply(CRD)
    desk.scene.cluster.kubectl("wait", "crd/widgets.hist.example.com", "--for=condition=Established")
    versions = {"older": (WIDGET, PLAIN), "newer": (PLAIN, WIDGET)}
    try:
        for number in (0, 1):
            for name, pair in versions.items():
                desk.release(namespace, name, pair[number], values={"title": str(number)})
            for name in versions:
                desk.wait_revision(namespace, name, number + 1)
        for name, pair in versions.items():
            desk.release(namespace, name, pair[1], values={"title": "1"}, suspend=True)
        desk.scene.cluster.kubectl("delete", "crd", "widgets.hist.example.com")
        older, newer = desk.history((namespace, "older"), (namespace, "newer"))["releases"]
        widget = "hist.example.com/v1 Widget"
        assert older["revisions"][1]["why_no_target"] == f"it needs what the cluster does not serve: {widget}"
        assert newer["revisions"][1]["why_no_target"] == (
            f"revision 2, the newest, needs what the cluster does not serve: {widget}"
        )
        assert older["default_target"] is newer["default_target"] is None
        for name in versions:
            refused = helm(desk.scene, "rollback", name, "1", "-n", namespace)
            assert refused.returncode != 0
            assert 'no matches for kind "Widget"' in refused.stderr
    finally:
        # Helm uninstalls nothing that it cannot read.
        desk.scene.cluster.apply(CRD)
        for name in versions:
            desk.scene.cluster.kubectl(
                "-n", namespace, "patch", "hr", name, "--type=merge", "-p", '{"spec":{"suspend":false}}'
            )
            desk.scene.cluster.kubectl("-n", namespace, "delete", "helmrelease", name, "--timeout=90s")
        desk.scene.cluster.kubectl("delete", "crd", "widgets.hist.example.com")


def test_a_secret_that_holds_no_revision_stops_nothing_older(desk: Desk) -> None:
    namespace = desk.scene.namespace("broken")
    for revision, title in ((1, "one"), (2, "two"), (3, "three")):
        desk.release(namespace, "web", values={"title": title})
        desk.wait_revision(namespace, "web", revision)
    desk.release(namespace, "web", values={"title": "three"}, suspend=True)
    secret = "sh.helm.release.v1.web.v2"
    patch = '{"data":{"release":"bm90IGEgcmVsZWFzZQ=="}}'
    desk.scene.cluster.kubectl("-n", namespace, "patch", "secret", secret, "--type=merge", "-p", patch)
    (entry,) = desk.history(namespace, "web")["releases"]
    assert [row["revision"] for row in helm_history(desk.scene, namespace, "web")] == [3, 1]
    assert [told(row) for row in entry["revisions"]] == [
        (3, "deployed", False, "it is the newest revision, the one to go back from"),
        (2, None, False, "its Secret cannot be unpacked"),
        (1, "superseded", True, None),
    ]
    assert entry["default_target"] == 1
    assert entry["warnings"] == [f"revision 2: Secret {namespace}/{secret} cannot be unpacked"]
    desk.scene.cluster.kubectl(
        "-n", namespace, "patch", "secret", secret.replace("v2", "v3"), "--type=merge", "-p", patch
    )
    (entry,) = desk.history(namespace, "web")["releases"]
    assert not any(row["possible_target"] for row in entry["revisions"])
    assert "Helm could not write the next one" in str(entry["revisions"][2]["why_no_target"])
    assert helm(desk.scene, "rollback", "web", "1", "-n", namespace).returncode != 0
