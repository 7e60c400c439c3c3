"""Real failures of real sockets, each in one sentence."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import pytest
import urllib3
from ansible_collections.gitops.flux.plugins.module_utils._kube.reasons import reason_of


def failure(url: str, timeout: float = 1.0) -> BaseException:
    with pytest.raises((urllib3.exceptions.HTTPError, OSError)) as caught:
        urllib3.PoolManager().request("GET", url, timeout=timeout, retries=False)
    return caught.value


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port that takes connections and never says anything."""
    server = socket.create_server(("127.0.0.1", 0))
    yield server
    server.close()


def test_nobody_listens(listener: socket.socket) -> None:
    where = f"127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    assert reason_of(failure(f"http://{where}"), f"http://{where}", 1) == f"connection refused by {where}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_somebody_listens_and_never_answers(listener: socket.socket, scheme: str) -> None:
    where = f"127.0.0.1:{listener.getsockname()[1]}"
    error = failure(f"{scheme}://{where}", timeout=0.2)
    assert reason_of(error, f"{scheme}://{where}", 0.2) == f"no answer from {where} within 0.2 s"


def test_the_name_does_not_exist() -> None:
    error = failure("https://cluster.invalid:6443")
    assert reason_of(error, "https://cluster.invalid:6443", 1) == "host name cluster.invalid cannot be resolved"


def test_an_untrusted_certificate_is_said_in_words() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1)")
    error.verify_message = "self-signed certificate"
    wrapped = urllib3.exceptions.SSLError(error)
    assert reason_of(wrapped, "https://h:1", 1) == "no trusted TLS connection to h:1: self-signed certificate"


def test_credentials_in_a_url_are_not_repeated() -> None:
    assert "secret" not in reason_of(OSError("x"), "https://user:secret@h:1", 1)
