"""What is not as it should be is said in one sentence, the worst first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.manifest import Named
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.plan import Change
from ansible_collections.gitops.flux.plugins.module_utils._flux.rollback.verification import Health, Verification

WEB, MAP = Named("apps", "Deployment", "apps", "web"), Named("", "ConfigMap", "apps", "left")
GOOD = Verification({"revision": 3, "status": "deployed"}, True, [Change(WEB, "none")], [], [Health(WEB, None)])


def test_nothing_is_wrong() -> None:
    assert GOOD.failure is None
    assert GOOD.is_exact
    assert GOOD.as_dict()["ok"] is True


@pytest.mark.parametrize(
    ("found", "exact", "said"),
    [
        (replace(GOOD, deployed=False), False, "Helm's newest revision is 3 (deployed), not the target"),
        (
            replace(GOOD, changes=[Change(WEB, "change", ("spec.replicas",))]),
            False,
            "Deployment/apps/web (spec.replicas)",
        ),
        (replace(GOOD, changes=[Change(WEB, "create")]), False, "Deployment/apps/web (it is missing)"),
        (replace(GOOD, leftovers=[MAP]), False, "of the bad revision are still there: ConfigMap/apps/left"),
        (
            replace(GOOD, workloads=[Health(WEB, "0 of 1 ready")]),
            True,
            "Rolled back, but not well: Deployment/apps/web: 0 of 1",
        ),
    ],
)
def test_what_is_wrong_is_named(found: Verification, exact: bool, said: str) -> None:
    assert found.is_exact is exact
    assert said in str(found.failure)
    assert found.as_dict()["ok"] is False
