"""The test bed for tests: `Bed.load()` finds the running one.

bed = Bed.load()
with bed.fault("controller_stopped", cluster="ottawa", name="source-controller"):
    …
with bed.scenario("broken_kustomization", cluster="ottawa"):
    …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import audit
from .charts import Charts
from .cluster import FORBIDDEN, Cluster
from .errors import TestbedError
from .extra import make_cluster, remove_cluster
from .faults import FaultLog
from .fleet import Fleet
from .paths import Paths, default_paths
from .readiness import wait_ready, wait_until
from .reconcile import request_reconcile
from .scenarios import ScenarioRunner
from .seeding import substitutions, write_seed
from .testbed import FLEET, Testbed


class Bed:
    def __init__(self, testbed: Testbed) -> None:
        self.testbed = testbed
        self.paths = testbed.paths
        self.faults = FaultLog(testbed)
        self.charts = Charts(testbed.paths)
        self.repository = Fleet(testbed.paths)

    @classmethod
    def load(cls, home: Path | None = None) -> Bed:
        """The running test bed of this checkout, or of another `.testbed`."""
        paths = Paths(home) if home else default_paths()
        if not paths.description.exists():
            raise TestbedError("the test bed is not up: run `make testbed-up`")
        return cls(Testbed(paths))

    @property
    def kubeconfig(self) -> Path:
        return self.paths.kubeconfig

    def cluster(self, name: str) -> Cluster:
        return self.testbed.cluster(name)

    @property
    def forbidden(self) -> Cluster:
        return self.testbed.cluster(FORBIDDEN)

    @contextmanager
    def fault(self, name: str, /, **args: str) -> Iterator[None]:
        try:
            self.faults.inject(name, **args)
            yield
        finally:
            self.faults.undo(name, **args)

    @contextmanager
    def scenario(self, name: str, cluster: str = "robbinsdale") -> Iterator[None]:
        runner = ScenarioRunner(self.testbed)
        try:
            runner.play(name, cluster)
            yield
        finally:
            runner.undo(name, cluster)

    @contextmanager
    def extra_cluster(self, name: str, *, crds: bool = False, flux: bool = False) -> Iterator[Cluster]:
        """One more cluster: bare, with the 19 kinds, or with Flux running and nothing for it to do."""
        try:
            yield make_cluster(self.testbed, name, crds=crds, flux=flux)
        finally:
            remove_cluster(self.testbed, name)

    def commit(self, files: Mapping[str, str], message: str = "A change") -> str:
        """Publishes files, by path in the repository, with @NAMES@ filled in as in the seed: the commit."""
        self.repository.write(files)
        return self.repository.publish(message)

    def restore_fleet(self) -> str:
        return write_seed(self.paths, self.testbed.ports, list(FLEET))

    def values(self, cluster: str) -> dict[str, str]:
        """GIT_URL, CHARTS_URL, OCI_URL, …"""
        return substitutions(self.paths, self.testbed.ports, cluster)

    def publish_chart(self, chart: str, version: str, files: Mapping[str, str] | None = None) -> None:
        self.charts.publish(chart, version, files)

    def reconcile(self, cluster: str, kind: str, namespace: str, name: str) -> None:
        """Asks a controller to look now, and does not wait."""
        request_reconcile(self.cluster(cluster), kind, namespace, name)

    def wait(self, condition: Callable[[], bool], seconds: float = 60.0, what: str = "it") -> None:
        wait_until(condition, seconds, what)

    def wait_healthy(self, *clusters: str) -> None:
        for name in clusters or FLEET:
            wait_ready(self.cluster(name), lambda: None)

    def mark(self, cluster: str) -> int:
        """Now, in the audit log of a cluster."""
        return audit.mark(self.paths.audit_log(cluster))

    def audit(self, cluster: str, since: int = 0) -> list[audit.Request]:
        """What a cluster was asked since a mark, by anyone but the test bed; "forbidden" is the fourth server."""
        return list(audit.requests(self.paths.audit_log(cluster), since))
