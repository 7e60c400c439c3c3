"""The barrier ends in one of four ways, and never hangs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.pausing.conftest import HOST, Desk
from tests.integration.playbook import Json

PLAIN: Json = {"namespaces": ["pausing"], "kinds": ["Kustomization"], "names": ["plain"], "change": "BAR-1"}


@pytest.fixture(autouse=True)
def everything_runs_again(desk: Desk) -> Iterator[None]:
    yield
    desk.reset()


def test_a_running_controller_acknowledges_within_seconds(desk: Desk) -> None:
    mark = desk.bed.mark(HOST)
    done = desk.suspend(**PLAIN)
    assert done["objects"][0]["barrier"] == "reached"
    assert _waited(desk, mark) < 10
    item = desk.read("Kustomization", "plain")
    assert (
        item["status"]["lastHandledReconcileAt"] == item["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
    )


def test_a_controller_that_is_not_there_is_said_within_seconds(desk: Desk) -> None:
    with desk.bed.fault("controller_stopped", cluster=HOST, name="kustomize-controller"):
        mark = desk.bed.mark(HOST)
        done = desk.suspend(**PLAIN, timeout=120)
        assert done["objects"][0]["barrier"] == "controller_down"
        assert "kustomize-controller does not run" in done["warnings"][-1]
        assert _waited(desk, mark) < 15
        assert not done["failed"]
    # Once it runs again, the same task run again gets its acknowledgement, without a further write.
    again = desk.suspend(**PLAIN)
    assert (again["changed"], again["objects"][0]["barrier"]) == (False, "reached")


def test_a_controller_that_is_silent_has_until_the_timeout(desk: Desk) -> None:
    with desk.bed.fault("controller_hangs", cluster=HOST, name="kustomize-controller"):
        mark = desk.bed.mark(HOST)
        done = desk.suspend(**PLAIN, timeout=8)
        assert done["objects"][0]["barrier"] == "timed_out"
        assert "a run may be going on" in done["warnings"][-1]
        assert 5 < _waited(desk, mark) < 15


def test_it_outlives_a_restart_of_the_api_server(desk: Desk) -> None:
    """The controller, too, is started again by the test bed, and then has something to acknowledge."""
    with ThreadPoolExecutor() as pool:
        with desk.bed.fault("controller_hangs", cluster=HOST, name="kustomize-controller"):
            running = pool.submit(desk.suspend, **PLAIN, timeout=180)
            desk.bed.wait(lambda: desk.is_suspended("plain", "pausing"), 60, "the patch")
            with desk.bed.fault("apiserver_stopped", cluster=HOST):
                assert not running.done()
        done = running.result()
    assert (done["failed"], done["objects"][0]["barrier"]) == (False, "reached"), done


def test_without_a_barrier_nobody_waits(desk: Desk) -> None:
    with desk.bed.fault("controller_hangs", cluster=HOST, name="kustomize-controller"):
        done = desk.suspend(**PLAIN, barrier=False, timeout=60)
        assert done["objects"][0]["barrier"] is None
        assert desk.is_suspended("plain", "pausing")


def test_a_shard_that_nobody_watches_has_no_controller(desk: Desk) -> None:
    label = '{"metadata":{"labels":{"sharding.fluxcd.io/key":"nobody"}}}'
    with desk.bed.fault(
        "controller_flags", cluster=HOST, name="kustomize-controller",
        flags="--watch-label-selector=!sharding.fluxcd.io/key",
    ):  # fmt: skip
        desk.patch("kustomization", "plain", label, "test", "pausing")
        try:
            done = desk.suspend(**PLAIN, timeout=60)
            assert done["objects"][0]["barrier"] == "controller_down"
        finally:
            desk.patch("kustomization", "plain", label.replace('"nobody"', "null"), "test", "pausing")


def _waited(desk: Desk, mark: int) -> float:
    """Seconds from the patch to the last question, by the audit log: starting Ansible takes its own time."""
    asked = desk.bed.audit(HOST, mark)
    (patched,) = [each.at for each in asked if each.is_write]
    return (max(each.at for each in asked) - patched).total_seconds()
