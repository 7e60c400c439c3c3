"""More objects than one page holds, on a namespace of their own that goes away as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.playbook import Ansible
from tests.integration.traces import Traces
from tests.testbed.bed import Bed
from tests.testbed.cluster import Cluster
from tests.testbed.readiness import wait_until

NUMBER = 620
ALERT = """\
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {{name: alert-{number}, namespace: many}}
spec: {{providerRef: {{name: none}}, eventSources: [{{kind: Kustomization, name: none}}]}}
"""


@pytest.fixture(scope="module")
def crowded(bed: Bed) -> Iterator[Cluster]:
    cluster = bed.cluster("stpetersburg")
    alerts = "---\n".join(ALERT.format(number=number) for number in range(NUMBER))
    try:
        cluster.kubectl("create", "namespace", "many")
        cluster.kubectl("create", "-f", "-", stdin=alerts)
        yield cluster
    finally:
        cluster.kubectl("delete", "namespace", "many", "--ignore-not-found", "--wait=false")
        gone = ("get", "namespace", "many", "--ignore-not-found", "-o", "name")
        wait_until(lambda: not cluster.kubectl(*gone), 60, "the end of the namespace many", every=0.5)


def test_all_pages_are_read_and_asked_for_once(crowded: Cluster, ansible: Ansible, traces: Traces) -> None:
    before = traces.marks()
    found = ansible.info(context=crowded.context, kinds=["Alert"])
    assert found["summary"] == {
        "total": NUMBER + 1,
        "by_status": {"ready": NUMBER + 1},
        "by_kind": {"Alert": {"ready": NUMBER + 1}},
        "by_flag": {},
    }
    assert found["coverage"]["Alert"]["count"] == NUMBER + 1
    asked = [parse_qs(urlsplit(each.uri).query) for each in traces.of("stpetersburg", before) if "/alerts?" in each.uri]
    assert [(query["limit"], "continue" in query) for query in asked] == [(["500"], False), (["500"], True)]
