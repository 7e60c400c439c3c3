"""reconcile_all as a whole process, the least such a process costs, and the raw limit of the same task."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.testbed.bed import Bed

from .limit import Limit
from .moving import NAMESPACE, Branch, not_there
from .timing import ANSIBLE_PLAYBOOK, Run, measured

PING = Path(__file__).with_name("ping.yml")
AGENT = "gitops.flux"


class Desk:
    """For some hosts. writes: for each play that was run the most patches one object got, and all patches."""

    def __init__(self, bed: Bed, branch: Branch, outputs: Path, *hosts: str) -> None:
        self.hosts = hosts
        self.bed, self.branch = bed, branch
        self.writes: list[tuple[int, int]] = []
        self._outputs = outputs
        self._limits = [Limit(bed.cluster(host)) for host in hosts]

    def moved(self, work: Callable[[], Run]) -> Run:
        """With a source that has a new commit; afterwards every object has to be there."""
        self.branch.commit()
        return self._checked(work)

    def unmoved(self, work: Callable[[], Run]) -> Run:
        return self._checked(work)

    def _checked(self, work: Callable[[], Run]) -> Run:
        run = work()
        wrong = [name for host in self.hosts for name in not_there(self.bed.cluster(host), self.branch)]
        if wrong:
            raise RuntimeError(f"{len(wrong)} objects are not at {self.branch.revision}: {', '.join(wrong[:5])}")
        return run

    def play(self, code: int = 0) -> Run:
        """reconcile_all for all there is in the namespace of benchmarks."""
        marks = {host: self.bed.mark(host) for host in self.hosts}
        variables = {
            "flux_kubeconfig": str(self.bed.kubeconfig),
            "reconcile_all_namespaces": [NAMESPACE],
            "reconcile_all_report_dir": str(self._outputs),
        }
        run = self._playbook("gitops.flux.reconcile_all", variables)
        if run.code != code:
            said = (self._outputs / "flux-reconcile-fleet.md").read_text()
            raise RuntimeError(f"reconcile_all ended with {run.code} instead of {code}: {said}")
        self._count(marks)
        return run

    def _count(self, marks: dict[str, int]) -> None:
        patched = Counter(
            (host, request.resource, request.name)
            for host, mark in marks.items()
            for request in self.bed.audit(host, mark)
            if request.verb == "patch" and request.agent.startswith(AGENT)
        )
        self.writes.append((max(patched.values(), default=0), patched.total()))

    def ping(self) -> Run:
        return self._playbook(str(PING), {})

    def _playbook(self, name: str, variables: Mapping[str, object]) -> Run:
        where = ("-i", "inventory/fleet.yml", "--limit", ",".join(self.hosts))
        return measured([ANSIBLE_PLAYBOOK, name, *where, "-e", json.dumps(variables)])

    def limit_moved(self) -> Run:
        """The source is asked, on all hosts at once."""
        return self._together([partial(limit.moved, self.branch.revision) for limit in self._limits])

    def limit_unmoved(self) -> Run:
        """Every Kustomization is asked."""
        return self._together([limit.all_annotated for limit in self._limits])

    def limit_one_by_one(self, names: list[str]) -> Run:
        """One after the other on the first host, each after the one before has run."""
        return Run(sum(self._limits[0].annotated([name]) for name in names), 0.0, 0.0, 0)

    def _together(self, works: list[Callable[[], float]]) -> Run:
        begun = time.monotonic()
        with ThreadPoolExecutor(len(works)) as pool:
            list(pool.map(lambda work: work(), works))
        return Run(time.monotonic() - begun, 0.0, 0.0, 0)
