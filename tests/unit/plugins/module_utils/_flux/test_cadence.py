"""How often and how long: what the controllers do where the spec says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.cadence import cadence_of


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("Kustomization", {"interval": "10m"}, (600, 570, 600)),
        ("Kustomization", {"interval": "10m", "timeout": "2m", "retryInterval": "1m"}, (600, 120, 60)),
        ("Kustomization", {"interval": "20s"}, (20, 30, 20)),
        ("Kustomization", {"interval": "5m", "timeout": "4s", "retryInterval": "2s"}, (300, 30, 2)),
        ("HelmRelease", {"interval": "10m"}, (600, 300, None)),
        ("HelmRelease", {"interval": "10m", "timeout": "1m"}, (600, 60, None)),
        ("HelmRelease", {"interval": "10m", "timeout": "1m", "install": {"timeout": "20m"}}, (600, 1200, None)),
        ("HelmRelease", {"interval": "10m", "upgrade": {"strategy": {"name": "RetryOnFailure"}}}, (600, 300, 300)),
        ("GitRepository", {"interval": "1m"}, (60, 60, None)),
        ("GitRepository", {"interval": "1m", "timeout": "20s"}, (60, 20, None)),
        ("ResourceSet", {}, (3600, 300, None)),
        ("Alert", {}, (None, 60, None)),
        ("Kustomization", {"interval": "nonsense", "timeout": None}, (None, 30, None)),
    ],
)
def test_cadence(kind: str, spec: dict[str, Any], expected: tuple[float | None, ...]) -> None:
    assert tuple(cadence_of(kind, spec, {})) == expected
