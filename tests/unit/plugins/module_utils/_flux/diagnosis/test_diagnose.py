"""What a diagnosis says beside its class: group, evidence, commands, hand-off."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.gitops.flux.plugins.module_utils._flux.controllers import controllers_of, with_unwatched
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.diagnose import diagnose
from ansible_collections.gitops.flux.plugins.module_utils._flux.diagnosis.groups import host_of
from ansible_collections.gitops.flux.plugins.module_utils._flux.kinds import KINDS

from tests.unit.flux_clusters import deployment
from tests.unit.flux_objects import (
    NOW,
    Item,
    ago,
    flux,
    git_repository,
    helm_chart,
    helm_release,
    kustomization,
    ready,
    records,
)

SEEN = {name: {"state": "ok", "message": None} for name in KINDS}
REFUSED = ready("False", "GitOperationFailed", "dial tcp 10.0.0.9:443: connect: connection refused")
NO_SECRET = ready(
    "False", "AuthenticationFailed", "failed to get secret 'flux-system/token': secrets \"token\" not found"
)
CONTROLLERS = ("source-controller", "kustomize-controller", "helm-controller")


def diagnoses(*items: Item, **options: Any) -> list[dict[str, Any]]:
    controllers = options.get("controllers")
    return diagnose(records(*items, controllers=controllers), **{"coverage": SEEN, "now": NOW, **options})


def commands(*items: Item, **options: Any) -> list[str]:
    (cause,) = diagnoses(*items, **options)
    return [row["command"] for row in cause["commands"]]


def test_causes_with_one_host_are_one_group() -> None:
    found = diagnoses(
        git_repository("a", REFUSED, spec={"url": "https://git.example.internal/a.git"}),
        git_repository("b", REFUSED, spec={"url": "ssh://git@git.example.internal:22/b"}),
        git_repository("c", REFUSED, spec={"url": "https://git.example.internal/c.git"}),
    )
    assert {cause["name"]: cause["group"] for cause in found} == {
        "a": "source_network:git.example.internal",
        "b": "source_network:git.example.internal:22",
        "c": "source_network:git.example.internal",
    }


def test_causes_of_one_missing_kind_are_one_group() -> None:
    said = ready("False", "ReconciliationFailed", 'x dry-run failed: no matches for kind "A" in version "x.org/v1"')
    found = diagnoses(kustomization("a", said), kustomization("b", said), git_repository())
    assert {cause["group"] for cause in found} == {"kind_missing:A.x.org/v1"}


def test_any_other_cause_is_a_group_of_its_own() -> None:
    (cause,) = diagnoses(kustomization("a", ready("False", "BuildFailed")), git_repository())
    assert cause["group"] == "build:Kustomization/flux-system/a"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://user:word@git.example.internal:8443/a.git", "git.example.internal:8443"),
        ("ssh://git@GitHub.com/org/repo", "github.com"),
        ("git@github.com:org/repo.git", "github.com"),
        ("oci://ghcr.io/org/charts", "ghcr.io"),
        ("http://[::1]:8080/x", "[::1]:8080"),
        ("ghcr.io/org/image", "ghcr.io"),
        ('Get "http://127.0.0.1:9/index.yaml": connection refused', "127.0.0.1:9"),
        ("a sentence without any address", None),
        ("", None),
    ],
)
def test_the_host_of_a_text(text: str, host: str | None) -> None:
    assert host_of(text) == host


def test_a_missing_secret_goes_by_its_name_and_is_never_shown() -> None:
    source = git_repository("fleet", NO_SECRET, artifact=None, spec={"secretRef": {"name": "token"}})
    (cause,) = diagnoses(source, kustomization("a", ready("False", "ArtifactFailed", age=600)))
    assert (cause["kind"], cause["namespace"], cause["name"], cause["class"]) == (
        "Secret", "flux-system", "token", "source_secret",
    )  # fmt: skip
    assert cause["victims"] == ["GitRepository/flux-system/fleet", "Kustomization/flux-system/a"]
    assert cause["evidence"][0].startswith("GitRepository flux-system/fleet: failed to get secret")
    assert [(row["command"], row["writes"]) for row in cause["commands"]] == [
        ("kubectl --context talos-ottawa -n flux-system get secrets -o name", False),
        ("flux --context talos-ottawa -n flux-system reconcile source git fleet", True),
    ]


def test_a_failing_object_is_looked_at_and_then_reconciled() -> None:
    assert commands(kustomization("a", ready("False", "BuildFailed")), git_repository()) == [
        "flux --context talos-ottawa -n flux-system get kustomization a",
        "kubectl --context talos-ottawa -n flux-system describe kustomizations.kustomize.toolkit.fluxcd.io a",
        "flux --context talos-ottawa -n flux-system events --for Kustomization/a",
        "flux --context talos-ottawa -n flux-system reconcile kustomization a --with-source",
    ]


def test_a_release_out_of_retries_shows_helms_history_and_is_reset() -> None:
    item = helm_release(
        "web", ready("False", "UpgradeFailed", "failed"), spec={"targetNamespace": "prod"},
        status={"conditions": []},
    )  # fmt: skip
    item["status"]["conditions"] = [
        ready("False", "UpgradeFailed", "failed"),
        ready("True", "RetriesExceeded", "Failed to upgrade after 1 attempt(s)") | {"type": "Stalled"},
    ]
    found = commands(item, helm_chart())
    assert "helm --kube-context talos-ottawa -n apps history prod-web" in found
    assert found[-1] == "flux --context talos-ottawa -n apps reconcile helmrelease web --reset"


def test_a_health_check_shows_the_pods_where_it_waits() -> None:
    said = ready("False", "HealthCheckFailed", "timeout waiting for: [Deployment/shop/web status: 'InProgress']")
    found = commands(kustomization("a", said), git_repository())
    assert "kubectl --context talos-ottawa -n shop get pods -o wide" in found


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [(0, "scale deployment kustomize-controller --replicas 1"), (1, "rollout restart deployment/kustomize-controller")],
)
def test_a_controller_is_brought_back(replicas: int, expected: str) -> None:
    down = deployment("kustomize-controller", 0)
    down["spec"]["replicas"] = replicas
    rows = controllers_of([down, deployment("source-controller")])
    found = commands(kustomization(generation=2), git_repository(), controllers=rows)
    assert found[-1] == f"kubectl --context talos-ottawa -n flux-system {expected}"


def test_a_shard_nobody_watches_is_a_controller_that_is_missing() -> None:
    main = deployment("kustomize-controller", 1, "--watch-label-selector=!sharding.fluxcd.io/key")
    items = [kustomization("a", labels={"sharding.fluxcd.io/key": "s1"}, generation=2), git_repository()]
    rows = controllers_of([main, deployment("source-controller")])
    found = diagnose(
        records(*items, controllers=rows), with_unwatched(rows, records(*items)), SEEN, now=NOW
    )  # fmt: skip
    assert [(cause["kind"], cause["name"], cause["class"], cause["victims"]) for cause in found] == [
        ("Deployment", "kustomize-controller-s1", "controller_down", ["Kustomization/flux-system/a"])
    ]


def test_a_suspended_dependency_is_resumed_by_whoever_decides_so() -> None:
    waits = ready("False", "DependencyNotReady", "not ready", age=600)
    held = kustomization("a", ready("False", "BuildFailed"), spec={"suspend": True})
    (cause,) = diagnoses(held, kustomization("b", waits, spec={"dependsOn": [{"name": "a"}]}), git_repository())
    assert (cause["class"], cause["handoff"]) == ("dependency_suspended", None)
    assert cause["commands"][-1] == {
        "command": "flux --context talos-ottawa -n flux-system resume kustomization a", "writes": True,
    }  # fmt: skip


def test_what_waits_for_a_finalizer_is_not_forced() -> None:
    (cause,) = diagnoses(kustomization("a", deletionTimestamp=ago(700)), git_repository())
    assert cause["class"] == "terminating"
    assert not any(row["writes"] for row in cause["commands"])


@pytest.mark.parametrize(
    ("cluster", "flux", "helm"),
    [
        ({"context": "it's a name"}, "--context 'it'\"'\"'s a name'", "--kube-context 'it'\"'\"'s a name'"),
        (
            {"context": "c", "kubeconfig": "/etc/my config"},
            "--kubeconfig '/etc/my config' --context c",
            "--kubeconfig '/etc/my config' --kube-context c",
        ),
        ({"context": "c", "kubeconfig": "/a:/b"}, "--context c", "--kube-context c"),
        ({"context": None, "server": "https://10.0.0.1:6443"}, "--server https://10.0.0.1:6443", "--kube-apiserver https://10.0.0.1:6443"),
    ],
)  # fmt: skip
def test_every_command_names_its_cluster(cluster: dict[str, Any], flux: str, helm: str) -> None:
    items = [
        helm_release("web", ready("False", "UpgradeFailed", "failed")), helm_chart(), git_repository("g", REFUSED),
        kustomization("a", ready("False", "ArtifactFailed"), spec={"sourceRef": {"kind": "Bucket", "name": "no"}}),
    ]  # fmt: skip
    rows = controllers_of([deployment(name, int(name != "helm-controller")) for name in CONTROLLERS])
    found = diagnoses(*items, cluster=cluster, controllers=rows, expected=["helm-controller"])
    assert len(found) == 4
    for row in (row for cause in found for row in cause["commands"]):
        program, rest = row["command"].split(" ", 1)
        assert rest.startswith(helm if program == "helm" else flux), row


def test_hand_offs_of_ones_own_go_before_those_of_a_class() -> None:
    items = [kustomization("a", ready("False", "BuildFailed")), git_repository()]
    assert diagnoses(*items)[0]["handoff"] == "pull request: make the path build"
    assert diagnoses(*items, handoffs={"build": "pr-workflow"})[0]["handoff"] == "pr-workflow"
    both = {"build": "pr-workflow", "flux-system": "flux-debugging"}
    assert diagnoses(*items, handoffs=both)[0]["handoff"] == "flux-debugging"


def test_evidence_is_short_and_without_credentials() -> None:
    said = "unable to clone 'https://user:hunter2@git.example.internal/x': " + "connection refused " * 200
    (cause,) = diagnoses(git_repository("fleet", ready("False", "GitOperationFailed", said)))
    assert "hunter2" not in str(cause)
    assert all(len(line) <= 400 for line in cause["evidence"])


def test_an_alert_whose_provider_does_not_exist_tells_no_one() -> None:
    alert = flux("Alert", "operators", spec={"providerRef": {"name": "slack"}}, observed=None)
    (cause,) = diagnoses(alert)
    assert (cause["kind"], cause["name"], cause["class"]) == ("Provider", "slack", "notification")
    assert cause["victims"] == ["Alert/flux-system/operators"]
    assert diagnoses(alert, flux("Provider", "slack", observed=None)) == []
    assert diagnoses(alert, coverage=SEEN | {"Provider": {"state": "forbidden"}}) == []
