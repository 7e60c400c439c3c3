"""Where things are. Everything the test bed makes is below .testbed/, except the cache of programs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
PROGRAMS = PACKAGE / "programs"
SEED = PACKAGE / "seed"
SCENARIOS = PACKAGE / "scenarios"
CHECKOUT = PACKAGE.parent.parent


@dataclass(frozen=True)
class Paths:
    """The folders of one test bed. `home` is the `.testbed` of its checkout."""

    home: Path

    @property
    def bin(self) -> Path:
        return self.home / "bin"

    @property
    def kubeconfig(self) -> Path:
        return self.home / "kubeconfig"

    @property
    def description(self) -> Path:
        return self.home / "testbed.json"

    @property
    def clone(self) -> Path:
        return self.home / "git" / "fleet"

    @property
    def charts(self) -> Path:
        return self.home / "charts"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def repository(self) -> Path:
        return self.run / "git" / "fleet.git"

    @property
    def git_rules(self) -> Path:
        return self.run / "git" / "rules.json"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def of_cluster(self, cluster: str) -> Path:
        return self.run / "clusters" / cluster

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"

    def audit_log(self, cluster: str) -> Path:
        return self.logs / f"{cluster}.audit.log"


def default_paths() -> Paths:
    return Paths(CHECKOUT / ".testbed")


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "gitops.flux-testbed"
