"""The manifests of Flux and of kwok, from the Go modules they come in; none is copied into the repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .catalogue import CORE, MANIFESTS
from .errors import TestbedError
from .golang import Go
from .programs import module_cache

_OPERATOR = "github.com/controlplaneio-fluxcd/flux-operator"
_STAGES = ("node/fast/node-initialize.yaml", "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml")
_POD_STAGES = ("pod/fast/pod-ready.yaml", "pod/fast/pod-complete.yaml", "pod/fast/pod-delete.yaml")


@dataclass(frozen=True)
class Manifests:
    """One folder in the cache, made once."""

    folder: Path

    @property
    def flux(self) -> Path:
        """CRDs, ServiceAccounts, Services and Deployments, one file per controller, and rbac.yaml."""
        return self.folder / "flux"

    @property
    def operator_crds(self) -> Path:
        return self.folder / "operator-crds"

    @property
    def kwok_stages(self) -> Path:
        return self.folder / "kwok-stages.yaml"


def fetch_manifests(go: Go) -> Manifests:
    """Takes what is needed out of the modules into the cache, so that the next start needs neither Go nor a network."""
    folder = module_cache(MANIFESTS, go)
    found = Manifests(folder)
    if not (folder / "complete").exists():
        kwok = _module_folder(go, CORE.folder, "sigs.k8s.io/kwok")
        _take(found, _module_folder(go, MANIFESTS.folder, _OPERATOR), kwok)
        (folder / "complete").touch()
    return found


def _take(into: Manifests, operator: Path, kwok: Path) -> None:
    newest = sorted((operator / "config/data/flux").glob("v2.9.*"), key=lambda path: int(path.name.rsplit(".", 1)[1]))
    if not newest:
        raise TestbedError(f"no manifests of Flux 2.9 in {operator}")
    _copy(newest[-1], into.flux)
    _copy(operator / "config/crd/bases", into.operator_crds)
    stages = [(kwok / "kustomize/stage" / name).read_text() for name in _STAGES + _POD_STAGES]
    into.kwok_stages.write_text("\n---\n".join(stages))


def _copy(source: Path, target: Path) -> None:
    """Contents only: files and folders in Go's module cache are read-only."""
    target.mkdir(parents=True, exist_ok=True)
    for file in source.glob("*.yaml"):
        (target / file.name).write_bytes(file.read_bytes())


def _module_folder(go: Go, folder: Path, module: str) -> Path:
    return Path(json.loads(go.run("mod", "download", "-json", module, folder=folder))["Dir"])
