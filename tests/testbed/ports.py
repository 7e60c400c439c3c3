"""Free ports, which no other test bed on this machine takes at the same time.

A test bed owns a block of consecutive ports below the range the kernel gives to outgoing connections, so a port stays
free while its server is stopped by a fault. The block is claimed by listening on its first port: etcd, which no fault
stops, inherits that socket and holds it for as long as the test bed lives.
"""

from __future__ import annotations

import json
import random
import socket
import threading
from pathlib import Path

from .errors import TestbedError

FIRST, LAST, BLOCK = 20000, 32000, 150


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _listen(port: int) -> socket.socket | None:
    guard = socket.socket()
    try:
        guard.bind(("127.0.0.1", port))
        guard.listen(1)
    except OSError:
        guard.close()
        return None
    return guard


class Ports:
    """Ports by name, remembered in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._taken: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def claim(self) -> socket.socket:
        """The listening socket that guards the block; whoever holds it owns the ports."""
        known = self._taken.get("guard")
        starts = [known] if known else random.sample(range(FIRST, LAST, BLOCK), k=(LAST - FIRST) // BLOCK)
        for start in starts:
            guard = _listen(start)
            if guard is not None:
                self._remember("guard", start)
                return guard
        raise TestbedError(f"no free block of {BLOCK} ports on 127.0.0.1 (tried {len(starts)} from {FIRST} on)")

    def port(self, name: str) -> int:
        with self._lock:
            if name not in self._taken:
                self._remember(name, self._next_free())
            return self._taken[name]

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port(name)}"

    def _next_free(self) -> int:
        guard = self._taken["guard"]
        used = set(self._taken.values())
        for port in range(guard + 1, guard + BLOCK):
            if port not in used and _is_free(port):
                return port
        raise TestbedError(f"all ports from {guard} to {guard + BLOCK - 1} are in use")

    def _remember(self, name: str, port: int) -> None:
        self._taken[name] = port
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self._taken, indent=1))
