"""Settings that say how long is too long, who has to be there, and what fails a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.objects import applied, wait_for
from tests.integration.playbook import Ansible, Health
from tests.testbed.bed import Bed

Check = Callable[..., Health]
OBJECTS = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: paused, namespace: flux-system}
spec: {suspend: true, interval: 5m, prune: false, path: ./, sourceRef: {kind: GitRepository, name: flux-system}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: slow, namespace: flux-system}
spec:
  interval: 10m
  timeout: 3m
  prune: false
  path: ./clusters/robbinsdale/infra-crds
  sourceRef: {kind: GitRepository, name: flux-system}
  healthChecks: [{apiVersion: v1, kind: ConfigMap, name: takes-its-time, namespace: apps}]
"""


@pytest.fixture(scope="module")
def check(bed: Bed, ansible: Ansible, reports: Callable[[], Path], settled: Callable[[], None]) -> Iterator[Check]:
    """Checks Robbinsdale, where something is suspended and something takes long."""
    settled()

    def run(**settings: Any) -> Health:
        extra = {f"health_check_{name}": value for name, value in settings.items()}
        return ansible.health(reports(), "--limit", "robbinsdale", extra=extra)

    cluster = bed.cluster("robbinsdale")
    with applied(cluster, OBJECTS):
        wait_for(cluster, "kustomization", "flux-system/slow", "Reconciling", "True")
        yield run


def test_what_is_new_is_tolerated_and_shown(check: Check) -> None:
    done = check()
    assert (done.rc, done.verdicts()) == (0, {"robbinsdale": "healthy"})
    (suspension,) = done.cluster("robbinsdale")["suspensions"]
    assert (suspension["name"], suspension["overdue"], suspension["until"]) == ("paused", False, None)
    assert done.record("robbinsdale", "Kustomization", "flux-system/slow")["status"] == "progressing"
    assert "Suspended (1)" in done.report("robbinsdale")


def test_a_suspension_without_an_end_is_overdue_at_an_age(check: Check) -> None:
    done = check(suspension_max_age="0s", fail_on=["suspension_overdue"])
    entry = done.cluster("robbinsdale")
    assert (done.rc, entry["verdict"]) == (2, "degraded")
    assert entry["suspensions"][0]["overdue"]
    assert any("paused is still suspended" in reason for reason in entry["reasons"])


def test_progress_counts_after_the_settle_time(check: Check) -> None:
    done = check(settle_time="0s", fail_on="stale_source")
    entry = done.cluster("robbinsdale")
    assert (done.rc, entry["verdict"]) == (0, "degraded")
    assert any("slow is progressing since" in reason for reason in entry["reasons"])


def test_an_expected_controller_that_is_not_there_is_a_cause(check: Check) -> None:
    done = check(expected_controllers="source-controller,image-automation-controller")
    entry = done.cluster("robbinsdale")
    assert (done.rc, entry["verdict"]) == (2, "degraded")
    assert list(done.causes("robbinsdale")) == ["Deployment/flux-system/image-automation-controller"]
    row = next(each for each in entry["controllers"] if each["name"] == "image-automation-controller")
    assert row["state"] == "missing"
    assert "image-automation-controller" in done.report("robbinsdale")


def test_a_missing_controller_may_be_known(check: Check) -> None:
    known = [{"kind": "Deployment", "name": "image-automation-controller", "until": "2099-12-31", "ticket": "OPS-1"}]
    done = check(expected_controllers=["image-automation-controller"], known_failures=known)
    assert (done.rc, done.verdicts()) == (0, {"robbinsdale": "healthy"})
    assert done.cluster("robbinsdale")["known_failures"][0]["known"]["ticket"] == "OPS-1"
