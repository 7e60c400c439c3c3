"""The Git server asks for another password than one cluster has: that cluster's finding, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.down.fetching import ROOT_SOURCE, await_failure, await_recovery
from tests.integration.playbook import Ansible, Health
from tests.testbed.bed import Bed


@pytest.fixture(scope="module")
def refused(bed: Bed, ansible: Ansible, reports: Callable[[], Path], settled: Callable[[], None]) -> Iterator[Health]:
    """Only Robbinsdale is asked for another password than it has."""
    settled()
    try:
        with bed.fault("git_password", cluster="robbinsdale"):
            await_failure(bed, "robbinsdale")
            yield ansible.health(reports())
    finally:
        await_recovery(bed, settled)


def test_a_refused_password_of_one_cluster_is_its_own_finding(refused: Health) -> None:
    assert refused.rc == 2
    assert refused.verdicts() == {"ottawa": "healthy", "robbinsdale": "degraded", "stpetersburg": "healthy"}
    assert list(refused.causes("robbinsdale")) == [ROOT_SOURCE]
    cause = refused.causes("robbinsdale")[ROOT_SOURCE]
    assert "authentication required" in cause["message"]
    assert (cause["class"], cause["handoff"].partition(":")[0]) == ("source_auth", "escalate")
    for host in ("ottawa", "stpetersburg"):
        assert refused.is_whole(host)
