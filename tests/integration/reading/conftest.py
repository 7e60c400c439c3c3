"""One cluster with more to read than the seed has: releases under odd names, and suspensions by three people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.integration.objects import applied, wait_for
from tests.integration.playbook import Ansible, Json
from tests.integration.reading.names import LONG_NAME, OTTAWA, PARTS
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster

RELEASES = f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: elsewhere, namespace: apps}}
spec:
  interval: 5m
  timeout: 1m
  targetNamespace: monitoring
  chart:
    spec:
      chart: demo-config
      version: 1.0.0
      sourceRef: {{kind: HelmRepository, name: charts, namespace: flux-system}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {LONG_NAME}, namespace: apps}}
spec:
  interval: 5m
  timeout: 1m
  targetNamespace: monitoring
  storageNamespace: monitoring
  chart:
    spec:
      chart: demo-config
      version: 1.0.0
      sourceRef: {{kind: HelmRepository, name: charts, namespace: flux-system}}
"""
SUSPENDED = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: by-us
  namespace: flux-system
  labels: {team: storage}
  annotations:
    gitops.flux/suspended-by: ops-user
    gitops.flux/suspended-reason: disk swap
    gitops.flux/suspended-ticket: OPS-1423
    gitops.flux/suspended-until: "2020-01-01T00:00:00Z"
    gitops.flux/suspended-change: CHG-7
spec: {suspend: true, interval: 5m, path: ./, prune: false, sourceRef: {kind: GitRepository, name: flux-system}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: by-flux, namespace: flux-system, labels: {team: network}}
spec: {interval: 5m, path: ./nothing, prune: false, sourceRef: {kind: GitRepository, name: none-of-that-name}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: by-web
  namespace: flux-system
  annotations: {fluxcd.controlplane.io/suspendedBy: web-user@example.com}
spec: {suspend: true, interval: 5m, path: ./, prune: false, sourceRef: {kind: GitRepository, name: flux-system}}
"""


@pytest.fixture(scope="package")
def ottawa(bed: Bed, settled: Callable[[], None]) -> Iterator[Cluster]:
    """With some releases and suspensions more."""
    settled()
    cluster = bed.cluster("ottawa")
    with applied(cluster, RELEASES + "---\n" + SUSPENDED):
        patch = '{"spec":{"suspend":true}}'
        wait_for(cluster, "kustomization", "flux-system/by-flux", "Ready", "False")
        cluster.kubectl(
            "patch", "kustomization", "by-flux", "-n", "flux-system",
            "--type=merge", "--field-manager=flux", "-p", patch,
        )  # fmt: skip
        for name in ("elsewhere", LONG_NAME):
            wait_for(cluster, "helmrelease", f"apps/{name}", "Ready", "True")
        yield cluster


@pytest.fixture(scope="package")
def whole(ottawa: Cluster, ansible: Ansible) -> Json:
    """Everything there is to know about one cluster."""
    assert ottawa
    return ansible.info(**OTTAWA, gather=list(PARTS), log_scope="all", log_lines=50)
