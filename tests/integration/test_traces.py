"""What all tests before this one left in the audit logs, and what one health check asks of a cluster. Runs last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.integration.playbook import HOSTS, Ansible
from tests.integration.traces import Traces

KINDS = 19
ALLOWED = {"get", "list"}


def test_a_health_check_asks_little(
    ansible: Ansible, traces: Traces, reports: Callable[[], Path], settled: Callable[[], None]
) -> None:
    settled()
    before = traces.marks()
    done = ansible.health(reports())
    assert done.rc == 0, done.text
    asked = {host: len(traces.of(host, before)) for host in HOSTS}
    assert all(KINDS < number <= KINDS + 20 for number in asked.values()), asked


def test_nothing_was_ever_written(traces: Traces) -> None:
    requests = [request for host in HOSTS for request in traces.of(host)]
    assert len(requests) > 100
    others = {(request.verb, request.resource) for request in requests if request.verb not in ALLOWED}
    assert others <= {("create", "selfsubjectreviews")}
    assert not any(request.is_write for request in requests)


def test_no_secret_was_ever_read(traces: Traces) -> None:
    assert [request.uri for host in HOSTS for request in traces.of(host) if "secret" in request.uri] == []


def test_everything_asked_was_asked_by_the_collection(traces: Traces) -> None:
    assert {request.agent for host in HOSTS for request in traces.of(host)} == {"gitops.flux"}


def test_the_fourth_server_was_never_asked_anything(traces: Traces) -> None:
    assert traces.of("forbidden") == []
