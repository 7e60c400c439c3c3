"""Clusters that refuse every connection, and the one that must never get one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.playbook import Ansible
from tests.unit.dead_clusters import dead_clusters


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """The server of the current context, which nothing may touch."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def ansible(tmp_path: Path, listener: socket.socket) -> Ansible:
    return dead_clusters(tmp_path, listener)
