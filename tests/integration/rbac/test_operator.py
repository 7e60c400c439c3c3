"""The modules that act: they work with the operator's role, and say in a sentence that the viewer's is not enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.objects import read
from tests.integration.playbook import Ansible, Json
from tests.integration.rbac.conftest import ACTING, OPERATOR, VIEWER, Kubeconfig
from tests.integration.rbac.rights import account
from tests.testbed.cluster import Cluster

SELECTED = {"kinds": ["Kustomization"], "namespaces": [ACTING], "names": ["crds"]}
Run = Callable[[str, str, Json], Json]


@pytest.fixture(scope="module")
def run(acting: Cluster, ansible: Ansible, kubeconfig: Kubeconfig) -> Run:
    """One module as one account."""

    def as_account(account: str, module: str, options: Json) -> Json:
        target = {"kubeconfig": str(kubeconfig(account)), "context": acting.context}
        (result,) = ansible.tasks([{f"gitops.flux.{module}": SELECTED | target | options}])
        return result

    return as_account


def test_the_operator_reconciles(run: Run, acting: Cluster) -> None:
    done = run(OPERATOR, "flux_reconcile", {})
    assert not done["failed"], done["msg"]
    rows = {row["kind"]: row["verdict"] for row in done["verdicts"]}
    assert rows == {"GitRepository": "reconciled", "Kustomization": "reconciled"}
    # The Kustomization is asked only when the source has not moved, which a commit of another test may have made it do.
    assert read(acting, "gitrepository", ACTING, "fleet")["status"]["lastHandledReconcileAt"] == done["token"]


def test_the_operator_pauses_and_resumes(run: Run, acting: Cluster) -> None:
    paused = run(OPERATOR, "flux_suspend", {"state": "suspended", "reason": "a test", "change": "CHG-1"})
    assert not paused["failed"], paused["msg"]
    assert [row["barrier"] for row in paused["objects"]] == ["reached"]
    assert read(acting, "kustomization", ACTING, "crds")["spec"]["suspend"] is True
    resumed = run(OPERATOR, "flux_suspend", {"state": "resumed", "change": "CHG-1"})
    assert (resumed["failed"], resumed["changed"]) == (False, True)
    assert "suspend" not in read(acting, "kustomization", ACTING, "crds")["spec"]


def test_the_viewer_waits(run: Run) -> None:
    done = run(VIEWER, "flux_wait", {})
    assert not done["failed"], done["msg"]
    assert {row["verdict"] for row in done["verdicts"]} == {"reconciled"}


@pytest.mark.parametrize(
    ("module", "options"),
    [("flux_reconcile", {}), ("flux_suspend", {"state": "suspended", "reason": "a test"})],
)
def test_the_viewer_is_refused_in_one_sentence(run: Run, acting: Cluster, module: str, options: Json) -> None:
    before = read(acting, "kustomization", ACTING, "crds")["metadata"]["resourceVersion"]
    done = run(VIEWER, module, options)
    assert done["failed"]
    assert "\n" not in done["msg"]
    assert f'User "{account(VIEWER)}" cannot patch resource' in done["msg"], done["msg"]
    assert read(acting, "kustomization", ACTING, "crds")["metadata"]["resourceVersion"] == before
