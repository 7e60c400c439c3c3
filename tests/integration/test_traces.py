"""What all tests before this one left in the audit logs, and what one health check asks of a cluster. Runs last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.integration.playbook import HOSTS, Ansible
from tests.integration.traces import Traces

KINDS = 19
READING = {("get", ""), ("list", ""), ("create", "selfsubjectreviews")}
FLUX = ("fluxcd.io", "fluxcd.controlplane.io")


def test_a_health_check_asks_little(
    ansible: Ansible, traces: Traces, reports: Callable[[], Path], settled: Callable[[], None]
) -> None:
    settled()
    before = traces.marks()
    done = ansible.health(reports())
    assert done.rc == 0, done.text
    asked = {host: traces.of(host, before) for host in HOSTS}
    assert all(KINDS < len(found) <= KINDS + 20 for found in asked.values()), {
        host: len(found) for host, found in asked.items()
    }
    verbs = {(request.verb, "" if request.verb in {"get", "list"} else request.resource) for request in asked["ottawa"]}
    assert verbs <= READING


def test_only_flux_objects_were_ever_written_and_only_patched(traces: Traces) -> None:
    requests = [request for host in HOSTS for request in traces.of(host)]
    assert len(requests) > 100
    assert {request.verb for request in requests if request.is_write} <= {"patch"}
    patches = [request for request in requests if request.verb == "patch"]
    assert [request.uri for request in patches if not request.group.endswith(FLUX)] == []
    assert [request.uri for request in patches if not request.uri.endswith("?fieldManager=gitops.flux")] == []
    assert [request.uri for request in patches if "/status" in request.uri] == []


def test_no_secret_was_ever_read(traces: Traces) -> None:
    requests = [request for host in HOSTS for request in traces.of(host)]
    assert [request.uri for request in requests if request.resource == "secrets" or "/secrets" in request.uri] == []


def test_everything_asked_was_asked_by_the_collection(traces: Traces) -> None:
    assert {request.agent for host in HOSTS for request in traces.of(host)} == {"gitops.flux"}


def test_the_fourth_server_was_never_asked_anything(traces: Traces) -> None:
    assert traces.of("forbidden") == []
