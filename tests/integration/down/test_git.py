"""The Git server is gone for everybody: the sources are the cause, and what came from them stays as it is, at risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.down.fetching import ROOT_SOURCE, await_failure, await_recovery
from tests.integration.playbook import HOSTS, Ansible, Health
from tests.testbed.bed import Bed


@pytest.fixture(scope="module")
def stopped(bed: Bed, ansible: Ansible, reports: Callable[[], Path], settled: Callable[[], None]) -> Iterator[Health]:
    settled()
    try:
        with bed.fault("git_stopped"):
            await_failure(bed, *HOSTS)
            yield ansible.health(reports())
    finally:
        await_recovery(bed, settled)


def test_a_stopped_git_server_is_the_cause_and_consumers_stay_ready(stopped: Health) -> None:
    assert stopped.rc == 2
    assert stopped.verdicts() == dict.fromkeys(HOSTS, "degraded")
    for host in HOSTS:
        assert list(stopped.causes(host)) == [ROOT_SOURCE]
        for name in ("flux-system", "infra-crds", "infra", "apps"):
            record = stopped.record(host, "Kustomization", f"flux-system/{name}")
            assert (record["status"], record["flags"]) == ("ready", ["stale_source"])


def test_what_is_at_risk_is_no_victim(stopped: Health) -> None:
    cause = stopped.causes("ottawa")[ROOT_SOURCE]
    assert (cause["class"], cause["victims"], cause["freed_alone"]) == ("source_network", [], 0)
    assert len(cause["at_risk"]) == 4
    assert len({stopped.causes(host)[ROOT_SOURCE]["group"] for host in HOSTS}) == 1
    assert "4 objects at risk" in stopped.report("ottawa")
    assert "4 at risk" in stopped.stdout


def test_the_source_is_stale_on_evidence(stopped: Health) -> None:
    (row,) = stopped.cluster("ottawa")["stale_sources"]
    assert (row["name"], row["state"], row["evidence"]) == ("flux-system", "stale", "fetch_failed")
    record = stopped.record("ottawa", "GitRepository", "flux-system/flux-system")
    assert record["status"] == "failed"
    assert "connection refused" in record["message"]


def test_the_report_says_what_still_runs(stopped: Health) -> None:
    text = stopped.report("ottawa")
    heading = next(line for line in text.splitlines() if line.startswith("### 1."))
    assert "GitRepository flux-system/flux-system cannot be fetched" in heading
    assert "all still running main@sha1:" in heading
    assert "3 degraded" in stopped.report("fleet")


def test_charts_and_releases_are_not_touched_by_it(stopped: Health) -> None:
    for name in ("apps/web", "monitoring/dashboards"):
        record = stopped.record("ottawa", "HelmRelease", name)
        assert (record["status"], record["flags"]) == ("ready", [])
