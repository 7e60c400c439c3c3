"""The log endpoint of the nodes: a Pod of a Flux controller shows the log of the real process.

Run as `python -m tests.testbed.kubelet PORT PKI CLUSTER LOGS`; the API server asks it for
`/containerLogs/NAMESPACE/POD/CONTAINER`, as it asks a kubelet.
"""

from __future__ import annotations

import re
import ssl
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_TIME = re.compile(rb'"ts":"([^"]+)"')
_POD = re.compile(r"(?P<deployment>.+)-[a-z0-9]+-[a-z0-9]+")


def _time_of(line: bytes, before: datetime) -> datetime:
    """When a line was written; one that does not say so goes with the one before."""
    found = _TIME.search(line)
    return datetime.fromisoformat(found[1].decode().replace("Z", "+00:00")) if found else before


def _since(query: dict[str, str]) -> datetime | None:
    if "sinceTime" in query:
        return datetime.fromisoformat(query["sinceTime"].replace("Z", "+00:00"))
    if "sinceSeconds" in query:
        return datetime.now(timezone.utc) - timedelta(seconds=int(query["sinceSeconds"]))
    return None


def _selected(raw: bytes, query: dict[str, str], started: datetime) -> bytes:
    """The lines a request asks for, in the forms of the kubelet's own options."""
    since, moment = _since(query), started
    chosen: list[bytes] = []
    for line in raw.splitlines(keepends=True):
        moment = _time_of(line, moment)
        if since is None or moment >= since:
            stamp = moment.isoformat().encode() + b" " if query.get("timestamps") == "true" else b""
            chosen.append(stamp + line)
    if "tailLines" in query:
        chosen = chosen[len(chosen) - min(int(query["tailLines"]), len(chosen)) :]
    text = b"".join(chosen)
    return text[: int(query["limitBytes"])] if "limitBytes" in query else text


def _appended(file: Path, offset: int) -> Iterator[bytes]:
    while True:
        time.sleep(0.2)
        with file.open("rb") as log:
            log.seek(offset)
            new = log.read()
        offset += len(new)
        yield new


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    cluster: str
    logs: Path

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        parts = address.path.strip("/").split("/")
        if len(parts) != 4 or parts[0] != "containerLogs":
            self.send_error(404)
            return
        self._send_log(self._file(parts[2], previous=query.get("previous") == "true"), query)

    def _file(self, pod: str, *, previous: bool) -> Path:
        found = _POD.fullmatch(pod)
        name = f"{self.cluster}.{found['deployment'] if found else pod}"
        return self.logs / (f"{name}.previous.log" if previous else f"{name}.log")

    def _send_log(self, file: Path, query: dict[str, str]) -> None:
        raw = file.read_bytes() if file.exists() else b""
        started = datetime.fromtimestamp(file.stat().st_ctime if file.exists() else 0, timezone.utc)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._send_chunk(_selected(raw, query, started))
        if query.get("follow") == "true" and file.exists():
            for new in _appended(file, len(raw)):
                self._send_chunk(new)
        self.wfile.write(b"0\r\n\r\n")

    def _send_chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            self.wfile.flush()


def main(port: str, pki: str, cluster: str, logs: str) -> None:
    Handler.cluster, Handler.logs = cluster, Path(logs)
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(pki) / "apiserver.crt", Path(pki) / "apiserver.key")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
