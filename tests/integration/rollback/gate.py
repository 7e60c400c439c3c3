"""A way to an API server that shuts after a certain write: nothing gets through any more, and nobody is answered.

A run that is killed when it shuts leaves exactly what its first writes have done. The audit log would only tell when
the next one is on its way already.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.testbed.cluster import Cluster
from tests.testbed.kubeconfig import config_of

PIECE = 65536
HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Gate(ThreadingHTTPServer):
    """Speaks for the server of a cluster, with its certificate. last: number of the last write, None for no last."""

    daemon_threads = True

    def __init__(self, cluster: Cluster, last: int | None, shut: Callable[[], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(cluster.certificate, cluster.certificate.with_suffix(".key"))
        self.socket = trust.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.cluster = cluster
        self.last = last
        self.shut = shut
        self.is_shut = False
        self.writes: list[str] = []
        # One write at a time, so that there is an order; the asker may send several at once.
        self.turn = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever comes through may hang up at any time."""

    def kubeconfig(self, folder: Path) -> Path:
        """That of the test bed itself, whose requests are no traces, but through here."""
        name, server = self.cluster.context, f"https://127.0.0.1:{self.server_port}"
        token = self.cluster.credentials.token("testbed")
        path = folder / f"gate-{self.server_port}.kubeconfig"
        path.write_text(yaml.safe_dump(config_of([(name, server, self.cluster.certificate, token)], name)))
        return path


@contextmanager
def gate(cluster: Cluster, last: int | None, shut: Callable[[], None]) -> Iterator[Gate]:
    """Calls shut when the last write has been answered, before anybody hears of the answer."""
    with Gate(cluster, last, shut) as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            found.shutdown()
            thread.join()


def is_write(method: str, uri: str) -> bool:
    """Dry runs change nothing, and asking who one is or what one may do is sent as a POST only."""
    parts = urlsplit(uri)
    asks = "/selfsubject" in parts.path and parts.path.startswith("/apis/auth")
    return method in ("POST", "PUT", "PATCH", "DELETE") and "dryRun=" not in parts.query and not asks


class _Passing(BaseHTTPRequestHandler):
    """One connection of the asker, and one to the server."""

    protocol_version = "HTTP/1.1"
    server: Gate
    upstream: http.client.HTTPSConnection

    def setup(self) -> None:
        super().setup()
        where = urlsplit(self.server.cluster.server)
        trust = ssl.create_default_context(cafile=str(self.server.cluster.certificate))
        self.upstream = http.client.HTTPSConnection(str(where.hostname), where.port, timeout=300, context=trust)

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not is_write(self.command, self.path):
            self._answer(self._ask(body))
            return
        with self.server.turn:
            if self.server.is_shut:
                self.close_connection = True
                return
            answer = self._ask(body)
            content = answer.read()
            if answer.status < http.client.MULTIPLE_CHOICES:
                self.server.writes.append(f"{self.command} {urlsplit(self.path).path}")
                self.server.is_shut = len(self.server.writes) == self.server.last
            if self.server.is_shut:
                self.server.shut()
                self.close_connection = True
                return
        self._send(answer, content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815 (the base class calls them so)

    def _ask(self, body: bytes) -> http.client.HTTPResponse:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        self.upstream.request(self.command, self.path, body=body or None, headers=headers)
        return self.upstream.getresponse()

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        """What is there at once as a whole, a watch as it comes."""
        if "watch=" not in self.path:
            self._send(answer, answer.read())
            return
        self._head(answer, "Transfer-Encoding", "chunked")
        while piece := answer.read1(PIECE):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _send(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self._head(answer, "Content-Length", str(len(content)))
        self.wfile.write(content)

    def _head(self, answer: http.client.HTTPResponse, name: str, value: str) -> None:
        self.send_response_only(answer.status)
        for header, said in answer.headers.items():
            if header.lower() not in HOP:
                self.send_header(header, said)
        self.send_header(name, value)
        self.end_headers()
