"""Git over HTTP: `git http-backend` behind a few lines of Python, and the faults a Git server can have.

Run as `python -m tests.testbed.gitserver PORT REPOSITORIES RULES`. `/fleet.git` and `/<name>/fleet.git` are the same
repository, so that a fault can hit one cluster alone. RULES is a JSON file read at every request:
`{"<name or *>": {"password": "…"} or {"hang": true}}`.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

USER = "git"


class Handler(BaseHTTPRequestHandler):
    repositories: str
    rules: Path

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        address = urlsplit(self.path)
        parts = address.path.strip("/").split("/")
        prefix = parts.pop(0) if parts[0] and not parts[0].endswith(".git") else ""
        rule = self._rule(prefix)
        while self._rule(prefix).get("hang"):
            time.sleep(0.2)
        if rule.get("password") and not self._knows(str(rule["password"])):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="fleet"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._run_backend("/" + "/".join(parts), address.query)

    def _rule(self, prefix: str) -> dict[str, Any]:
        rules: dict[str, dict[str, Any]] = json.loads(self.rules.read_text()) if self.rules.exists() else {}
        return rules.get("*", {}) | rules.get(prefix, {})

    def _knows(self, password: str) -> bool:
        expected = base64.b64encode(f"{USER}:{password}".encode()).decode()
        return self.headers.get("Authorization", "") == f"Basic {expected}"

    def _run_backend(self, path: str, query: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        env = {
            "PATH": os.environ["PATH"],
            "HOME": self.repositories,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROJECT_ROOT": self.repositories,
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": USER,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
        head, _blank, content = done.stdout.partition(b"\r\n\r\n")
        self._send(head.decode("latin-1").splitlines(), content)

    def _send(self, head: list[str], content: bytes) -> None:
        headers = dict(line.split(": ", 1) for line in head if ": " in line)
        self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main(port: str, repositories: str, rules: str) -> None:
    Handler.repositories, Handler.rules = repositories, Path(rules)
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
