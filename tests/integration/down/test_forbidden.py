"""Users who may not see everything: what was not seen stands in coverage, and never counts as good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.objects import applied
from tests.integration.playbook import Ansible, Health, Json
from tests.testbed.bed import Bed

CONTEXTS = "{{ {'ottawa': 'viewer-ottawa', 'robbinsdale': 'nobody-robbinsdale'}[inventory_hostname] | default(%s) }}"
WHO = {"flux_context": CONTEXTS % "'talos-stpetersburg'"}
# Sees Flux, and nothing of what tells whether Flux is alive.
FLUX_ONLY = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: flux-only}
rules:
- apiGroups: [source.toolkit.fluxcd.io, kustomize.toolkit.fluxcd.io, helm.toolkit.fluxcd.io]
  resources: ["*"]
  verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: flux-only}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: flux-only}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: flux-only}]
"""


@pytest.fixture(scope="module")
def done(ansible: Ansible, reports: Callable[[], Path], settled: Callable[[], None]) -> Health:
    settled()
    return ansible.health(reports(), extra=WHO)


def test_a_required_kind_that_is_forbidden_degrades(done: Health) -> None:
    assert done.rc == 2
    assert done.verdicts() == {"ottawa": "degraded", "robbinsdale": "degraded", "stpetersburg": "healthy"}
    assert "HelmRelease is required and could not be read: forbidden for this user" in done.cluster("ottawa")["reasons"]
    assert done.is_whole("stpetersburg")


def test_a_403_on_one_kind_leaves_the_rest(done: Health) -> None:
    entry = done.cluster("ottawa")
    forbidden = {kind for kind, row in entry["coverage"].items() if row["state"] == "forbidden"}
    assert forbidden == {"HelmRelease"}
    assert "403" in entry["coverage"]["HelmRelease"]["message"]
    assert {record["kind"] for record in entry["objects"]} >= {"GitRepository", "Kustomization", "HelmChart"}
    assert entry["cluster"]["user"]["name"] == "viewer"
    assert {row["state"] for row in entry["controllers"]} == {"ready"}


def test_the_report_says_what_was_not_seen(done: Health) -> None:
    text = done.report("ottawa")
    assert text.startswith("# Ottawa: DEGRADED")
    assert "HelmRelease: forbidden for this user" in text.partition("## Not seen")[2]


def test_one_who_may_do_nothing_is_told_so(done: Health) -> None:
    entry = done.cluster("robbinsdale")
    assert (entry["reachable"], entry["objects"], entry["root_causes"]) == (True, [], [])
    assert entry["cluster"]["uid"] is None
    states = {kind: row["state"] for kind, row in entry["coverage"].items()}
    assert {states[kind] for kind in ("Namespace", "GitRepository", "Kustomization", "HelmRelease", "Event")} == {
        "forbidden"
    }
    reasons = " ".join(entry["reasons"])
    assert all(f"{kind} is required" in reasons for kind in ("GitRepository", "Kustomization", "HelmRelease"))


def test_a_kind_that_is_not_required_is_only_noted(ansible: Ansible, reports: Callable[[], Path]) -> None:
    extra = WHO | {"health_check_required_kinds": ["GitRepository", "Kustomization"]}
    done = ansible.health(reports(), "--limit", "ottawa", extra=extra)
    assert (done.rc, done.verdicts()) == (0, {"ottawa": "healthy"})
    assert any("HelmRelease could not be read" in warning for warning in done.cluster("ottawa")["warnings"])
    assert "HelmRelease: forbidden for this user" in done.report("ottawa")


@pytest.fixture(scope="module")
def blind(bed: Bed, ansible: Ansible) -> Iterator[Json]:
    """Seen by a user who may read neither events nor logs, with a patience every source exceeds."""
    with applied(bed.cluster("ottawa"), FLUX_ONLY):
        yield ansible.info(
            context="talos-ottawa", impersonate_user="flux-only", stale_after=1, gather=["events", "logs"]
        )


def test_without_events_and_logs_staleness_is_unknown_and_never_claimed(blind: Json) -> None:
    assert {kind: blind["coverage"][kind]["state"] for kind in ("Event", "Pod")} == {
        "Event": "forbidden", "Pod": "forbidden",
    }  # fmt: skip
    assert {row["state"] for row in blind["stale_sources"]} <= {"unknown"}
    fetches = {r["name"]: r["fetch"]["state"] for r in blind["objects"] if r["kind"] == "HelmRepository" and r["fetch"]}
    assert fetches["charts"] in ("fresh", "unknown")
    assert not any("stale_source" in record["flags"] for record in blind["objects"])
    assert blind["cluster"]["user"]["name"] == "flux-only"
