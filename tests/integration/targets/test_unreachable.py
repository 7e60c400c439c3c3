"""A cluster that cannot be reached is a result with one plain reason, within the time that was allowed."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.integration.playbook import Ansible
from tests.testbed.bed import Bed

TIMEOUT = 1.5

REASONS = {
    "refused": r"connection refused by 127\.0\.0\.1:\d+",
    "unknown host": r"host name no-such-host\.invalid cannot be resolved",
    "wrong CA": r"no trusted TLS connection to 127\.0\.0\.1:\d+: self.signed certificate",
    "no CA": r"no trusted TLS connection to 127\.0\.0\.1:\d+: self.signed certificate",
    "no answer": r"no answer from 127\.0\.0\.1:\d+ within 1\.5 s",
    "wrong token": r"https://127\.0\.0\.1:\d+ refused the credentials \(401 Unauthorized\)",
}


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """One port on which nobody listens, and one on which nobody ever answers."""
    with ExitStack() as stack:
        closed, silent = (stack.enter_context(socket.socket()) for _each in range(2))
        for each in (closed, silent):
            each.bind(("127.0.0.1", 0))
        silent.listen(64)
        yield {"closed": closed.getsockname()[1], "silent": silent.getsockname()[1]}


@pytest.fixture(scope="module")
def results(bed: Bed, ansible: Ansible, ports: dict[str, int]) -> dict[tuple[str, bool], dict[str, Any]]:
    """Every way of not reaching a cluster, by whether that fails the task."""
    ottawa = bed.cluster("ottawa")
    trusted = {"host": ottawa.server, "ca_cert": str(ottawa.certificate)}
    token = ottawa.credentials.token("admin")
    calls: dict[str, dict[str, Any]] = {
        "refused": {"host": f"https://127.0.0.1:{ports['closed']}", "api_key": token},
        "unknown host": {"host": "https://no-such-host.invalid:6443", "api_key": token},
        "wrong CA": trusted | {"ca_cert": str(bed.cluster("robbinsdale").certificate), "api_key": token},
        "no CA": {"host": ottawa.server, "api_key": token},
        "no answer": {"host": f"https://127.0.0.1:{ports['silent']}", "api_key": token},
        "wrong token": trusted | {"api_key": "nobody-knows-this-token"},
    }
    keys = [(name, fails) for name in calls for fails in (True, False)]
    tasks = [calls[name] | {"request_timeout": TIMEOUT, "fail_on_unreachable": fails} for name, fails in keys]
    return dict(zip(keys, ansible.infos(*tasks), strict=True))


@pytest.mark.parametrize("why", REASONS)
def test_the_reason_is_one_plain_sentence(results: dict[tuple[str, bool], dict[str, Any]], why: str) -> None:
    found = results[why, False]
    assert not found["failed"]
    assert found["reachable"] is False
    assert re.search(REASONS[why], found["reason"])
    assert "\n" not in found["reason"]
    assert found["seconds"] < TIMEOUT + 1
    assert "objects" not in found


@pytest.mark.parametrize("why", REASONS)
def test_a_task_that_asks_for_it_fails_with_the_same_words(
    results: dict[tuple[str, bool], dict[str, Any]], why: str
) -> None:
    found = results[why, True]
    assert found["failed"]
    assert re.search(REASONS[why], found["msg"])
    assert found["error"]["type"] == "Unreachable"


def test_no_reason_holds_a_token(bed: Bed, results: dict[tuple[str, bool], dict[str, Any]]) -> None:
    text = repr(results)
    assert bed.cluster("ottawa").credentials.token("admin") not in text
    assert "nobody-knows-this-token" not in text
