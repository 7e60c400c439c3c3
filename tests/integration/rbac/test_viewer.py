"""The plays that read, with nothing but the viewer's role: they see what an administrator sees."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.integration.playbook import Ansible, Health, Json
from tests.integration.rbac.conftest import VIEWER, Kubeconfig
from tests.integration.rbac.rights import account
from tests.integration.traces import Marks, Traces

HERE = ("--limit", "robbinsdale")
Reports = Callable[[], Path]


@pytest.fixture(scope="module")
def begun(traces: Traces) -> Marks:
    return traces.marks()


@pytest.fixture(scope="module")
def both(
    begun: Marks, ansible: Ansible, reports: Reports, kubeconfig: Kubeconfig, settled: Callable[[], None]
) -> tuple[Json, Json]:
    """The cluster as an administrator and as the viewer sees it."""
    viewer = {"flux_kubeconfig": str(kubeconfig(VIEWER))}
    assert begun
    settled()
    done = [ansible.health(reports(), *HERE, extra=extra) for extra in ({}, viewer)]
    assert [each.rc for each in done] == [0, 0], done[1].text
    return _entry(done[0]), _entry(done[1])


def _entry(done: Health) -> Json:
    return done.cluster("robbinsdale")


def test_it_sees_everything(both: tuple[Json, Json]) -> None:
    admin, viewer = both
    assert viewer["cluster"]["user"]["name"] == account(VIEWER)
    assert {kind: row["state"] for kind, row in viewer["coverage"].items()} == {
        kind: row["state"] for kind, row in admin["coverage"].items()
    }
    assert {row["state"] for row in viewer["coverage"].values()} <= {"ok", "absent"}
    assert sorted(_names(viewer)) == sorted(_names(admin))


def _names(entry: Json) -> list[str]:
    return [f"{row['kind']} {row['namespace']}/{row['name']}" for row in entry["objects"]]


@pytest.mark.parametrize("part", ["verdict", "reasons", "root_causes", "warnings", "settings", "operator"])
def test_and_says_the_same(both: tuple[Json, Json], part: str) -> None:
    admin, viewer = both
    assert admin["verdict"] == "healthy"
    assert viewer[part] == admin[part]


def test_controllers_and_their_logs_too(both: tuple[Json, Json]) -> None:
    admin, viewer = both
    assert len(viewer["controllers"]) >= 4
    assert [(row["name"], row["state"]) for row in viewer["controllers"]] == [
        (row["name"], row["state"]) for row in admin["controllers"]
    ]


def test_of_all_that_it_asks_nothing_is_refused(both: tuple[Json, Json], traces: Traces, begun: Marks) -> None:
    assert both
    asked = [request for request in traces.of("robbinsdale", begun) if request.user == account(VIEWER)]
    assert len(asked) > 25
    assert [request.uri for request in asked if request.code == HTTPStatus.FORBIDDEN] == []
