"""What can be done to one cluster, its repository and its charts: the verbs of scenarios and of tests/truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .charts import Charts
from .cluster import Cluster
from .faults import FaultLog
from .fleet import Fleet
from .reconcile import request_reconcile
from .testbed import Testbed


class Steps:
    """Every text has its @NAMES@ filled in already."""

    def __init__(self, bed: Testbed, cluster: Cluster, oci_url: str) -> None:
        self._bed, self._cluster, self._oci_url = bed, cluster, oci_url

    def publish(self, files: Mapping[str, str | None], message: str) -> None:
        """Files by path in the repository, in one commit; None takes one away."""
        fleet = Fleet(self._bed.paths)
        fleet.write({name: text for name, text in files.items() if text is not None})
        for name in (name for name, text in files.items() if text is None):
            fleet.remove_file(name)
        fleet.publish(message)

    def apply(self, text: str) -> None:
        self._cluster.apply(text, manager="kubectl")

    def patch(self, told: Mapping[str, Any]) -> None:
        options = ("--type=merge", f"--field-manager={told.get('manager', 'kubectl-patch')}", *_subresource(told))
        patch = json.dumps(told["patch"])
        self._cluster.kubectl("-n", told["namespace"], "patch", told["kind"], told["name"], *options, "-p", patch)

    def chart(self, told: Mapping[str, Any]) -> None:
        """A version of a chart, with some files replaced."""
        Charts(self._bed.paths).publish(told["chart"], told["version"], told.get("files"))

    def chart_for_all(self, told: Mapping[str, Any]) -> None:
        """The same, and the repository everybody shares looks at once."""
        self.chart(told)
        request_reconcile(self._cluster, "helmrepository", "flux-system", "charts")

    def unpublish(self, told: Mapping[str, str]) -> None:
        Charts(self._bed.paths).unpublish(told["chart"], told["version"])

    def push_chart(self, told: Mapping[str, str]) -> None:
        Charts(self._bed.paths).push(told["chart"], told["version"], f"{self._oci_url}/charts")

    def fault(self, told: Mapping[str, Any]) -> None:
        FaultLog(self._bed).inject(told["name"], **told.get("args", {}))

    def undo_fault(self, told: Mapping[str, Any]) -> None:
        FaultLog(self._bed).undo(told["name"], **told.get("args", {}))

    def delete(self, told: Mapping[str, str]) -> None:
        self._cluster.kubectl("-n", told["namespace"], "delete", told["kind"], told["name"], "--wait=false")

    def write_status(self, text: str) -> None:
        """Kinds whose controller does not run here: real objects under the real CRDs, with a status as it writes it."""
        self.apply(text)
        manager = ("--server-side", "--force-conflicts", "--field-manager=flux-operator")
        self._cluster.kubectl("apply", *manager, "--subresource=status", "-f", "-", stdin=text)


def _subresource(told: Mapping[str, Any]) -> list[str]:
    return [f"--subresource={told['subresource']}"] if "subresource" in told else []
