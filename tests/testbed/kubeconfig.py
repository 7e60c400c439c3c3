"""Kubeconfig files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

Entry = tuple[str, str, Path, str]  # context, server, certificate, token


def config_of(entries: Sequence[Entry], current: str) -> dict[str, Any]:
    """One cluster, one user and one context each, all of the same name."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current,
        "clusters": [
            {"name": name, "cluster": {"server": server, "certificate-authority": str(certificate)}}
            for name, server, certificate, _token in entries
        ],
        "users": [{"name": name, "user": {"token": token}} for name, _server, _certificate, token in entries],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name, *_rest in entries],
    }
