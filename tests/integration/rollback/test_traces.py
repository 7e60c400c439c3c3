"""What all rollbacks before this test left in the audit logs. Runs last."""

from __future__ import annotations

import re

import pytest

from tests.integration.playbook import HOSTS
from tests.integration.traces import Traces
from tests.testbed.audit import Request

# Helm's storage of one release, a Secret of ours, or one that a HelmRelease names.
STORAGE = re.compile(r"/secrets\?(?:.*&)?labelSelector=owner%3Dhelm%2Cname%3D[^&]+")
SINGLE = re.compile(r"/namespaces/[^/]+/secrets/[^/?]+")
FLUX = ("fluxcd.io", "fluxcd.controlplane.io")


@pytest.fixture(scope="module")
def ours(traces: Traces) -> list[Request]:
    found = [request for host in HOSTS for request in traces.of(host) if request.agent == "gitops.flux"]
    assert len(found) > 100
    return found


def test_secrets_are_read_by_name_only(ours: list[Request]) -> None:
    asked = [each for each in ours if each.resource == "secrets" and each.verb in ("get", "list", "watch")]
    assert [each.uri for each in asked if not (STORAGE.search(each.uri) or SINGLE.search(each.uri))] == []


def test_everything_is_written_by_our_field_manager(ours: list[Request]) -> None:
    """Deletions have none; a dry run as helm-controller writes nothing."""
    writes = [each for each in ours if each.is_write and each.verb != "delete" and "dryRun=All" not in each.uri]
    assert [each.uri for each in writes if "fieldManager=gitops.flux" not in each.uri] == []


def test_beside_flux_only_ownership_and_records_are_written(ours: list[Request]) -> None:
    """What a release has applied is changed by Helm or by helm-controller, never by us: only its owner is noted."""
    writes = [each for each in ours if each.is_write and "dryRun=All" not in each.uri]
    others = [each for each in writes if not each.group.endswith(FLUX) and each.resource != "secrets"]
    assert {each.verb for each in others} <= {"patch", "delete"}


def test_the_fourth_server_was_never_asked_anything(traces: Traces) -> None:
    assert traces.of("forbidden") == []
