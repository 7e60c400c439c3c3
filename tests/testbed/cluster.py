"""One cluster as the test bed sees it: where its server is, and how to talk to it."""

from __future__ import annotations

import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .credentials import Credentials
from .errors import TestbedError
from .kubeconfig import config_of
from .paths import Paths

FORBIDDEN = "forbidden"  # the fourth server, which is the current context and which nobody may ever touch


@dataclass(frozen=True)
class Cluster:
    """`name` is the inventory host; everything else follows from it and the ports."""

    name: str
    paths: Paths
    server: str

    @property
    def context(self) -> str:
        return "forbidden" if self.name == FORBIDDEN else f"talos-{self.name}"

    @property
    def folder(self) -> Path:
        return self.paths.of_cluster(self.name)

    @property
    def certificate(self) -> Path:
        """Self-signed by the API server at its first start; also what its clients trust."""
        return self.folder / "pki" / "apiserver.crt"

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.folder)

    def kubeconfig(self, role: str) -> Path:
        """A kubeconfig of one user of this cluster, for the test bed's own programs."""
        file = self.folder / f"{role}.kubeconfig"
        if not file.exists():
            config = config_of([(role, self.server, self.certificate, self.credentials.token(role))], role)
            file.write_text(yaml.safe_dump(config))
            file.chmod(0o600)
        return file

    def kubectl(self, *args: str, stdin: str | None = None, check: bool = True, role: str = "testbed") -> str:
        """Output of kubectl. By default as the test bed itself, which the audit log leaves out."""
        command = [str(self.paths.bin / "kubectl"), "--kubeconfig", str(self.kubeconfig(role)), *args]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise TestbedError(f"{self.name}: kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, manifests: str, manager: str = "kubectl") -> None:
        """Server-side apply of YAML documents."""
        options = ("--server-side", "--force-conflicts", "--field-manager", manager)
        self.kubectl("apply", *options, "-f", "-", stdin=manifests)

    def get(self, path: str, timeout: float = 5.0) -> Any:
        """A GET of the API. No process, so cheap enough to poll."""
        request = urllib.request.Request(self.server + path)  # noqa: S310 (always https)
        request.add_header("Authorization", f"Bearer {self.credentials.token('testbed')}")
        trust = ssl.create_default_context(cafile=str(self.certificate))
        with urllib.request.urlopen(request, timeout=timeout, context=trust) as answer:  # noqa: S310
            body = answer.read()
        return json.loads(body) if body.startswith(b"{") else body.decode()

    def is_ready(self) -> bool:
        """The API server answers and has finished starting."""
        if not self.certificate.exists():
            return False
        try:
            return bool(self.get("/readyz", timeout=2.0) == "ok")
        except (OSError, ssl.SSLError, urllib.error.URLError):
            return False

    def uid(self) -> str:
        return str(self.get("/api/v1/namespaces/kube-system")["metadata"]["uid"])


def documents(text: str) -> Iterable[dict[str, Any]]:
    return (document for document in yaml.safe_load_all(text) if document)
