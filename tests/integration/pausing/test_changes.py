"""A change groups what it has paused, and its end is its exact inverse: nothing of anybody else is touched."""

from __future__ import annotations

import json
import ssl
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from tests.integration.pausing.conftest import HOST, Desk
from tests.integration.playbook import Json

OWNED: Json = {"namespaces": ["pausing-owned"], "kinds": ["Kustomization"]}
NAMES = ("first", "second", "third", "declared", "parent", "other", "resting")


@pytest.fixture(autouse=True)
def everything_runs_again(desk: Desk) -> Iterator[None]:
    yield
    desk.reset()


def _items(desk: Desk) -> dict[str, Json]:
    """Everything but what the API server and the controllers write."""
    found = {}
    for name in NAMES:
        item = desk.read("Kustomization", name, "pausing-owned")
        metadata = item["metadata"]
        for field in ("managedFields", "resourceVersion", "generation"):
            metadata.pop(field, None)
        notes = {key: text for key, text in metadata.pop("annotations", {}).items() if not key.startswith("reconcile.")}
        if item["spec"].get("suspend") is False:
            # Git's false is back as soon as the owner runs again; until then there is nothing, which means the same.
            del item["spec"]["suspend"]
        found[name] = {**item, "status": None, "metadata": {**metadata, "annotations": notes}}
    return found


def _states(result: Json) -> dict[str, tuple[str, bool]]:
    return {row["name"]: (row["state"], row["changed"]) for row in result["objects"]}


def test_the_end_of_a_change_is_its_exact_inverse(desk: Desk) -> None:
    """Some were paused before: by hand, by another change, by Git. They stay so."""
    desk.patch("kustomization", "second", '{"spec":{"suspend":true}}', "flux")
    desk.suspend(**OWNED, names=["third"], change="CHG-2", ticket="OPS-2")
    before = _items(desk)
    begun = desk.suspend(**OWNED, change="CHG-1", until="4h")
    assert begun["changed"]
    assert _states(begun) == {
        "first": ("suspended", True), "declared": ("suspended", True), "parent": ("suspended", True),
        "other": ("suspended", True), "second": ("left", False), "third": ("left", False), "resting": ("left", False),
    }  # fmt: skip
    why = {row["name"]: row["why_left"] for row in begun["objects"] if row["state"] == "left"}
    assert why == {
        "second": "suspended by flux",
        "third": "suspended by admin under change CHG-2 (disk swap)",
        "resting": "suspended by kustomize-controller",
    }
    ended = desk.resume(change="CHG-1")
    # Nothing else belongs to the change; what is suspended besides is told.
    assert set(_states(ended).values()) == {("resumed", True)}
    assert {row["name"] for row in ended["objects"]} == {"first", "declared", "parent", "other"}
    assert {row["name"] for row in ended["blast"]["open_suspensions"]} >= {"second", "third", "resting"}
    assert _items(desk) == before


def test_with_a_selection_others_are_left_and_named(desk: Desk) -> None:
    desk.patch("kustomization", "second", '{"spec":{"suspend":true}}', "flux")
    call: Json = {**OWNED, "change": "CHG-1"}
    _begun, ended = desk.run(
        {**call, "state": "suspended", "reason": "disk swap", "names": ["first"]},
        {**call, "state": "resumed", "names": ["first", "second", "third"]},
    )
    assert _states(ended) == {"first": ("resumed", True), "second": ("left", False), "third": ("resumed", False)}
    assert desk.is_suspended("second")


def test_an_ended_change_is_ended(desk: Desk) -> None:
    done = desk.resume(change="CHG-1")
    assert (done["changed"], done["failed"], done["objects"]) == (False, False, [])
    assert "Nothing is suspended under change CHG-1." in done["warnings"]


def test_a_pause_somebody_made_anew_is_not_the_changes(desk: Desk) -> None:
    """Resumed and suspended again by hand, with our notes still on it."""
    desk.suspend(**OWNED, names=["first"], change="CHG-1")
    for value in ("null", "true"):
        desk.patch("kustomization", "first", f'{{"spec":{{"suspend":{value}}}}}', "flux")
    ended = desk.resume(change="CHG-1")
    assert _states(ended) == {"first": ("left", False)}
    assert ended["objects"][0]["why_left"] == "suspended by flux"
    assert desk.is_suspended("first")


def test_notes_are_kept_up_to_date_within_a_change(desk: Desk) -> None:
    call: Json = {"state": "suspended", **OWNED, "names": ["first"], "change": "CHG-1", "until": "4h", "reason": "disk"}
    first, again = desk.run(call, call | {"reason": "two disks", "ticket": "OPS-9"})
    assert again["changed"]
    was, is_now = (each["objects"][0]["suspended"] for each in (first, again))
    assert is_now["until"] == was["until"], "a duration counts from the start"
    assert (is_now["reason"], is_now["ticket"], is_now["by"]) == ("two disks", "OPS-9", "admin")


def test_resumed_objects_are_waited_for(desk: Desk) -> None:
    """A chain: each is asked by the patch that resumes it, and once more when what it waits for is done."""
    names = ["first", "second", "third"]
    mark = desk.bed.mark(HOST)
    _begun, ended, again = desk.run(
        {"state": "suspended", "reason": "disk swap", **OWNED, "names": names, "change": "CHG-1"},
        {"state": "resumed", "change": "CHG-1", "wait": True, "timeout": 120},
        {"state": "resumed", **OWNED, "names": names, "wait": True, "timeout": 120},
    )
    for result, changed in ((ended, True), (again, False)):
        assert (result["changed"], result["failed"]) == (changed, False)
        assert {row["name"]: row["verdict"] for row in result["verdicts"]} == dict.fromkeys(names, "reconciled")
    for name in names:
        item = desk.read("Kustomization", name, "pausing-owned")
        assert item["status"]["observedGeneration"] == item["metadata"]["generation"]
    assert 6 <= len(desk.writes(mark)) <= 8, "one to suspend, one to resume, and a push for each that waits for another"


def test_a_resumed_object_that_fails_fails_the_task(desk: Desk) -> None:
    desk.patch("kustomization", "plain", '{"spec":{"path":"./pausing/nowhere"}}', "test", "pausing")
    try:
        call: Json = {"namespaces": ["pausing"], "names": ["plain"], "change": "CHG-1"}
        _begun, ended = desk.run(
            {"state": "suspended", "reason": "disk swap", **call},
            {"state": "resumed", **call, "wait": True, "timeout": 90},
        )
        assert ended["failed"] is True
        assert ended["msg"].startswith("1 of 1 objects are bad (1 failed); first Kustomization pausing/plain failed")
        assert (ended["changed"], ended["objects"][0]["state"]) == (True, "resumed")
    finally:
        desk.patch("kustomization", "plain", '{"spec":{"path":"./pausing/plain"}}', "test", "pausing")


def test_who_pauses(desk: Desk) -> None:
    call: Json = {"state": "suspended", "reason": "x", **OWNED, "_vars": {"awx_user_name": "dave"}}
    results = desk.run(call | {"names": ["first"], "by": "carol"}, call | {"names": ["third"]})
    assert [each["objects"][0]["suspended"]["by"] for each in results] == ["carol", "dave"]


def test_a_busy_object_is_paused_all_the_same(desk: Desk) -> None:
    """Somebody writes to it again and again: what was decided on is no longer what is there, and is decided anew."""
    mark, writer = desk.bed.mark(HOST), Writer(desk)
    writer.start()
    try:
        done = desk.run(
            {"state": "suspended", "reason": "busy", **OWNED, "names": ["first"], "change": "CHG-1"},
            {"state": "resumed", "change": "CHG-1"},
        )
    finally:
        writer.stopped.set()
        writer.join()
    assert writer.number > 20
    assert [each["changed"] for each in done] == [True, True], done
    assert not desk.is_suspended("first")
    codes = {each.code for each in desk.writes(mark) if "fieldManager=gitops.flux" in each.uri}
    assert codes <= {200, 409}


class Writer(threading.Thread):
    """A program that cannot stop annotating an object."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(daemon=True)
        self.stopped = threading.Event()
        self.number = 0
        self._cluster = desk.cluster

    def run(self) -> None:
        trust = ssl.create_default_context(cafile=str(self._cluster.certificate))
        path = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/pausing-owned/kustomizations/first"
        while not self.stopped.wait(0.02):
            self.number += 1
            body = json.dumps({"metadata": {"annotations": {"reconcile.example/number": str(self.number)}}}).encode()
            request = urllib.request.Request(f"{self._cluster.server}{path}?fieldManager=busy", body, method="PATCH")  # noqa: S310
            request.add_header("Authorization", f"Bearer {self._cluster.credentials.token('testbed')}")
            request.add_header("Content-Type", "application/merge-patch+json")
            urllib.request.urlopen(request, timeout=5, context=trust).close()  # noqa: S310
