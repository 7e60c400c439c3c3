"""Fields that are taken for a while: what is given back is what was there, or that nothing was, and whose it was."""

from __future__ import annotations

import copy
import json
from typing import Any

from ansible_collections.gitops.flux.plugins.module_utils._flux.references import Ref
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.borrowed import (
    Borrowed,
    borrow,
    borrow_again,
    borrowed_of,
    given_back,
    giving_back,
    is_taken,
    taking,
)

WEB = Ref("HelmRelease", "apps", "web")
VERSION, VALUES, FROM = ("spec", "chart", "version"), ("spec", "values"), ("spec", "valuesFrom")
SPEC = {"chart": {"name": "web", "version": "2"}, "values": {"a": None, "b": [1]}}
OWNER = {
    "manager": "kustomize-controller",
    "operation": "Apply",
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "fieldsV1": {"f:spec": {"f:chart": {"f:name": {}, "f:version": {}}, "f:values": {"f:a": {}, "f:b": {}}}},
}
OURS = OWNER | {
    "manager": "gitops.flux",
    "operation": "Update",
    "fieldsV1": {"f:spec": {"f:suspend": {}, "f:chart": {"f:version": {}}, "f:valuesFrom": {}}},
}


def item(spec: Any = None, *entries: Any) -> dict[str, Any]:
    given = SPEC if spec is None else spec
    return {"metadata": {"managedFields": list(entries or [OWNER])}, "spec": copy.deepcopy(given)}


def done(found: dict[str, Any], operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The object after a JSON patch of adds and removes."""
    result = copy.deepcopy(found)
    for each in operations:
        *parents, last = each["path"].strip("/").split("/")
        node = result
        for step in parents:
            node = node[step]
        if each["op"] == "add":
            node[last] = each["value"]
        else:
            del node[last]
    return result


def pinned() -> Borrowed:
    return borrow(WEB, item(), {VERSION: "1", VALUES: None, FROM: [{"kind": "Secret"}]})


def test_there_and_back_again() -> None:
    taken = done(item(), taking(pinned(), item()))
    assert taken["spec"] == {"chart": {"name": "web", "version": "1"}, "valuesFrom": [{"kind": "Secret"}]}
    assert is_taken(pinned(), taken)
    assert done(taken, giving_back(pinned(), taken))["spec"] == SPEC


def test_twice_is_once() -> None:
    taken = done(item(), taking(pinned(), item()))
    assert taking(pinned(), taken) == []
    back = done(taken, giving_back(pinned(), taken))
    assert giving_back(pinned(), back) == []


def test_it_outlives_being_written_down() -> None:
    assert borrowed_of(json.loads(json.dumps(pinned().as_dict()))) == pinned()


def test_what_somebody_has_changed_since_is_theirs() -> None:
    taken = done(item(), taking(pinned(), item()))
    taken["spec"]["chart"]["version"] = "3"
    assert done(taken, giving_back(pinned(), taken))["spec"]["chart"]["version"] == "3"


def test_taken_again_what_was_there_stays_what_it_was() -> None:
    taken = done(item(), taking(pinned(), item()))
    again = borrow_again(pinned(), taken, {VERSION: "0"})
    retaken = done(taken, taking(again, taken))
    assert retaken["spec"] == SPEC | {"chart": {"name": "web", "version": "0"}}
    assert done(retaken, giving_back(again, retaken))["spec"] == SPEC


def test_everybody_owns_again_what_they_owned() -> None:
    less = OWNER | {"fieldsV1": {"f:spec": {"f:chart": {"f:name": {}}}}}
    found = given_back(pinned(), [less, OURS])
    assert found == [OWNER, OURS | {"fieldsV1": {"f:spec": {"f:suspend": {}}}}]
    assert given_back(pinned(), found) is None


def test_a_manager_that_lost_its_last_field_is_back() -> None:
    found = given_back(pinned(), [OURS])
    assert found is not None
    restored = next(entry for entry in found if entry["manager"] == "kustomize-controller")
    assert "f:name" not in restored["fieldsV1"]["f:spec"]["f:chart"]
    assert "f:version" in restored["fieldsV1"]["f:spec"]["f:chart"]


def test_no_value_shows_in_a_text() -> None:
    secret = borrow(WEB, item({"values": {"password": "sesame"}}), {VALUES: {"password": "open"}})
    assert [word for word in ("sesame", "open") if word in repr(secret)] == []
