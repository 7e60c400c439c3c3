"""The playbooks with nothing but the role they are meant for, on one namespace of a cluster."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.integration.objects import read
from tests.integration.playbook import INVENTORY, Ansible, Finished
from tests.integration.rbac.conftest import ACTING, OPERATOR, VIEWER, Kubeconfig
from tests.integration.rbac.rights import account
from tests.integration.traces import Traces
from tests.testbed.cluster import Cluster

CHANGE = {"change": "CHG-1"}
PAUSED = CHANGE | {"reason": "a test", "kinds": ["Kustomization"], "namespaces": [ACTING]}
Play = Callable[..., Finished]


@pytest.fixture(scope="module")
def play(acting: Cluster, ansible: Ansible, kubeconfig: Kubeconfig, reports: Callable[[], Path]) -> Play:
    """Runs a playbook as one account, with the variables of its role."""

    def run(who: str, playbook: str, role: str, **variables: object) -> Finished:
        own = {f"{role}_{name}": value for name, value in {**variables, "report_dir": str(reports())}.items()}
        extra = json.dumps(own | {"flux_kubeconfig": str(kubeconfig(who))})
        where = ("-i", str(INVENTORY), "--limit", acting.name)
        return ansible.run("ansible-playbook", f"gitops.flux.{playbook}", *where, "-e", extra)

    return run


def test_reconcile_all(play: Play) -> None:
    done = play(OPERATOR, "reconcile_all", "reconcile_all", namespaces=[ACTING])
    assert done.rc == 0, done.text


def test_a_maintenance_window(play: Play, acting: Cluster) -> None:
    begun = play(OPERATOR, "maintenance_start", "maintenance_window", **PAUSED)
    assert begun.rc == 0, begun.text
    assert read(acting, "kustomization", ACTING, "crds")["spec"]["suspend"] is True
    listed = play(VIEWER, "suspensions", "suspensions")
    assert listed.rc == 0, listed.text
    assert "CHG-1" in listed.stdout
    ended = play(OPERATOR, "maintenance_end", "maintenance_window", **CHANGE)
    assert ended.rc == 0, ended.text
    assert "suspend" not in read(acting, "kustomization", ACTING, "crds")["spec"]


def test_explain(play: Play) -> None:
    done = play(VIEWER, "explain", "explain", kind="ks", namespace=ACTING, name="crds")
    assert done.rc == 0, done.text


def test_nothing_was_refused(traces: Traces) -> None:
    """Of the plays above, which come first; the modules' own refusals are those of test_operator."""
    users = {account(VIEWER), account(OPERATOR)}
    asked = [request for request in traces.of("robbinsdale") if request.user in users]
    refused = [request for request in asked if request.code == HTTPStatus.FORBIDDEN]
    assert len(asked) > 100
    assert [request.uri for request in refused if (request.user, request.verb) != (account(VIEWER), "patch")] == []
